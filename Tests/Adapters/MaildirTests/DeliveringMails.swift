// SPDX-License-Identifier: Apache-2.0
/// Whole files in `new`, one for each id, and an honest answer for each mail.

import Foundation
import Kernel
import MaildirAdapter
import Ports
import Testing

@Suite struct `Delivering mails` {
    @Test(arguments: [false, true])
    func `puts each into a file of its own`(isDurable: Bool) async throws {
        let mailbox = try Mailbox(isDurable: isDurable)
        let mails = (0..<20).map { number in
            Mail(
                id: "msg_\(number)", recipient: "anna@example.com", subject: "No. \(number)",
                body: "")
        }
        #expect(await mailbox.send(mails) == Array(repeating: .sent, count: 20))
        #expect(try mailbox.files().count == 20)
        #expect(try mailbox.files(in: "tmp").isEmpty)
    }

    @Test(arguments: [false, true])
    func `again replaces the first file`(isDurable: Bool) async throws {
        let mailbox = try Mailbox(isDurable: isDurable)
        #expect(await mailbox.send("First") == .sent)
        #expect(await mailbox.send("Second") == .sent)
        #expect(try mailbox.files().count == 1)
        #expect(ReadMail(try mailbox.text()).subject == "Second")
    }

    @Test func `refuses one without harm to the others`() async throws {
        let mailbox = try Mailbox()
        let mails = ["anna@example.com", "nobody", "ben@example.com"].map { recipient in
            Mail(id: "msg_\(recipient.prefix(1))", recipient: recipient, subject: "", body: "")
        }
        #expect(await mailbox.send(mails) == [.sent, .refused(code: "bad-address"), .sent])
        #expect(try mailbox.files().count == 2)
    }

    @Test func `gives no answer when there is nothing to send`() async throws {
        let mailbox = try Mailbox()
        await mailbox.maildir.send([]) { _ in Issue.record("nothing was asked") }
    }

    @Test(arguments: [false, true])
    func `says unavailable when the folder is gone`(isDurable: Bool) async throws {
        let mailbox = try Mailbox(isDurable: isDurable)
        try FileManager.default.removeItem(atPath: "\(mailbox.folder.path)/mail")
        #expect(await mailbox.send() == .unavailable)
    }

    @Test func `says unavailable and leaves nothing when a folder is in the way`() async throws {
        let mailbox = try Mailbox()
        try FileManager.default.createDirectory(
            atPath: "\(mailbox.folder.path)/mail/new/msg_1.orderhouse",
            withIntermediateDirectories: false)
        #expect(await mailbox.send() == .unavailable)
        #expect(try mailbox.files(in: "tmp").isEmpty)
    }

    @Test func `of one id by many at once leaves one whole file`() async throws {
        let mailbox = try Mailbox()
        let body = String(repeating: "All of it.\n", count: 1_000)
        await withTaskGroup(of: MailAnswer?.self) { group in
            for _ in 0..<8 {
                group.addTask { await mailbox.send("Hello", body) }
            }
            for await answer in group { #expect(answer == .sent) }
        }
        #expect(try mailbox.files().count == 1)
        #expect(ReadMail(try mailbox.text()).body == body)
    }

    @Test func `only its owner can read it`() async throws {
        let mailbox = try Mailbox()
        #expect(await mailbox.send() == .sent)
        let file = "\(mailbox.folder.path)/mail/new/\(try mailbox.files()[0])"
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func `finds the mailbox that it made before`() async throws {
        let folder = TemporaryFolder()
        for _ in 0..<2 {
            _ = try Maildir(root: "\(folder.path)/mail", clock: StandingClock())
        }
        #expect(throws: MaildirFailure.unavailable) {
            try Maildir(root: "\(folder.path)/none/mail", clock: StandingClock())
        }
    }

    @Test(
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 +0000"), (-1, "Wed, 31 Dec 1969 23:59:59 +0000"),
            (951_782_400_000, "Tue, 29 Feb 2000 00:00:00 +0000"),
            (4_102_444_799_999, "Thu, 31 Dec 2099 23:59:59 +0000"),
        ])
    func `dates it as mail does`(milliseconds: Int64, date: String) async throws {
        let folder = TemporaryFolder()
        let clock = StandingClock(time: Timestamp(milliseconds: milliseconds))
        let maildir = try Maildir(root: folder.path, clock: clock, isDurable: false)
        let mail = Mail(id: "m", recipient: "anna@example.com", subject: "", body: "")
        await maildir.send([mail]) { _ in }
        let text = try String(contentsOfFile: "\(folder.path)/new/m.orderhouse", encoding: .utf8)
        #expect(ReadMail(text)["Date"] == date)
    }
}
