// SPDX-License-Identifier: Apache-2.0
/// A mail's text: headers that nobody can add to, and a body that arrives as it was written.

import Foundation
import Ports
import Testing

@Suite struct `Writing a mail` {
    private static let headerNames = [
        "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
        "Content-Transfer-Encoding",
    ]

    @Test func `gives a whole message`() async throws {
        let mailbox = try Mailbox()
        #expect(await mailbox.send(id: "msg_01h") == .sent)
        #expect(
            try mailbox.text() == """
                From: shop@orderhouse.example
                To: anna@example.com
                Subject: Hello
                Date: Fri, 02 Jan 2026 03:04:05 +0000
                Message-ID: <msg_01h@orderhouse.local>
                MIME-Version: 1.0
                Content-Type: text/plain; charset=utf-8
                Content-Transfer-Encoding: 8bit

                Dear Anna,

                """)
    }

    @Test(
        arguments: [
            "Hi\nBcc: all@example.com", "Hi\r\nBcc: all@example.com", "Hi\rBcc: all@example.com",
            "Hi\u{0}\nBcc: a@example.com", "Hi\u{85}Bcc: a@example.com",
            "Hi\u{2028}Bcc: a@example.com", "\n\nBody", "Hi\n X-Folded: 1", "\u{b}\u{c}\u{1b}[2J",
        ])
    func `takes no header from a subject`(subject: String) async throws {
        let mailbox = try Mailbox()
        #expect(await mailbox.send("\(subject)") == .sent)
        let mail = ReadMail(try mailbox.text())
        #expect(mail.headers.map(\.name) == Self.headerNames)
        #expect(mail.body == "Dear Anna,\n")
        let scalars = subject.unicodeScalars.filter { scalar in
            scalar.value >= 0x20 && scalar.value < 0x7f
        }
        #expect(mail.subject == String(String.UnicodeScalarView(scalars)))
    }

    @Test(
        arguments: [
            "Your order is on its way", "Überraschung für Jürgen: 5 € gespart",
            "ご注文ありがとうございます。商品は本日発送されました。またのご利用をお待ちしております。",
            "👩‍👩‍👧‍👦 for the whole family, and more text to make it long 👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦",
            "=?UTF-8?B?SGk=?=", "Is it here?", "",
            String(repeating: "long ", count: 60) + "end", String(repeating: "é", count: 400),
        ])
    func `lets every subject arrive`(subject: String) async throws {
        let mailbox = try Mailbox()
        #expect(await mailbox.send(subject) == .sent)
        let text = try mailbox.text()
        #expect(ReadMail(text).subject == subject)
        let head = text.split(separator: "\n\n", maxSplits: 1)[0]
        let lines = head.split(separator: "\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 85 && $0.utf8.allSatisfy { $0 < 0x7f } })
    }

    @Test(
        arguments: [
            ("one\ntwo\n", "one\ntwo\n"), ("one\r\ntwo\r\n", "one\ntwo\n"),
            ("one\rtwo", "one\ntwo\n"), ("one\n\n\ntwo", "one\n\n\ntwo\n"),
            ("one\r\n\r\ntwo", "one\n\ntwo\n"), ("", ""), ("tab\there", "tab\there\n"),
            ("bell\u{7} and nul\u{0} and del\u{7f}", "bell and nul and del\n"),
            ("Grüße aus Köln 🚚", "Grüße aus Köln 🚚\n"), ("From here on", "From here on\n"),
            ("\r", "\n"), ("\n", "\n"), ("a\r", "a\n"),
        ])
    func `keeps the body but for line ends and controls`(
        body: String, expected: String
    ) async throws {
        let mailbox = try Mailbox()
        #expect(await mailbox.send("Hello", body) == .sent)
        #expect(ReadMail(try mailbox.text()).body == expected)
    }

    @Test(arguments: ["a", "é", "語", "🚚"], [993, 994, 995, 998, 999, 5_000])
    func `breaks lines that are too long between characters`(
        letter: String, count: Int
    ) async throws {
        let mailbox = try Mailbox()
        let body = String(repeating: letter, count: count)
        #expect(await mailbox.send("Hello", body) == .sent)
        let written = ReadMail(try mailbox.text()).body
        #expect(written.split(separator: "\n").allSatisfy { $0.utf8.count <= 998 })
        #expect(written.replacing("\n", with: "") == body)
    }
}
