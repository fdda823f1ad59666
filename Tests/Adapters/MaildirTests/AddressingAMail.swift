// SPDX-License-Identifier: Apache-2.0
/// Only plain addresses and plain ids are taken; all else is refused before a file is made.

import MaildirAdapter
import Ports
import Testing

@Suite struct `Addressing a mail` {
    @Test(
        arguments: [
            "anna@example.com", "a@b.co", "anna.karenina+orders@mail.example.co.uk",
            "o'neil@example.com", "x_1-2@ex-ample.com", "1@2.3",
            String(repeating: "a", count: 64) + "@example.com",
            "a@" + String(repeating: "b", count: 63) + ".com",
        ])
    func `a plain address is taken`(address: String) async throws {
        let mailbox = try Mailbox()
        #expect(await mailbox.send(to: address) == .sent)
        #expect(ReadMail(try mailbox.text())["To"] == address)
    }

    @Test(
        arguments: [
            "", "@", "anna", "anna@", "@example.com", "anna@example", "anna@@example.com",
            "anna@example.com\nBcc: all@example.com", "anna@example.com\r\nBcc: a@example.com",
            "anna@example.com\r", "anna@exam\u{0}ple.com", "anna@example.com, ben@example.com",
            "Anna <anna@example.com>", "\"anna\"@example.com", "anna(x)@example.com",
            "an na@example.com", "anna@example..com", ".anna@example.com", "anna.@example.com",
            "an..na@example.com", "anna@-example.com", "anna@example-.com", "anna@.com",
            "anna@example.com.", "änna@example.com", "anna@exämple.com", "anna@[127.0.0.1]",
            "anna@example.com;", "anna\\@example.com",
            String(repeating: "a", count: 65) + "@example.com",
            "a@" + String(repeating: "b", count: 64) + ".com",
            "a@" + String(repeating: "b.", count: 130) + "com",
        ])
    func `anything else is refused`(address: String) async throws {
        let mailbox = try Mailbox()
        #expect(await mailbox.send(to: address) == .refused(code: "bad-address"))
        #expect(try mailbox.files().isEmpty && mailbox.files(in: "tmp").isEmpty)
    }

    @Test(
        arguments: [
            "", ".", "..", "../escape", "a/b", "a\nb", "a b", "a>b", "<a", "a@b", "é", "a:2,S",
            ".hidden", "a.", String(repeating: "a", count: 129),
        ])
    func `an id that is no plain name is refused`(id: String) async throws {
        let mailbox = try Mailbox()
        #expect(await mailbox.send(id: id) == .refused(code: "bad-id"))
        #expect(try mailbox.files().isEmpty && mailbox.files(in: "tmp").isEmpty)
    }

    @Test(arguments: ["a", "msg_01hzzz", "A-1.b", String(repeating: "a", count: 128)])
    func `an id that is a plain name is taken`(id: String) async throws {
        let mailbox = try Mailbox()
        #expect(await mailbox.send(id: id) == .sent)
        #expect(ReadMail(try mailbox.text())["Message-ID"] == "<\(id)@orderhouse.local>")
    }

    @Test func `a sender that is no address is refused at once`() throws {
        let folder = TemporaryFolder()
        #expect(throws: MaildirFailure.badAddress) {
            try Maildir(root: folder.path, clock: StandingClock(), from: "The shop")
        }
    }
}
