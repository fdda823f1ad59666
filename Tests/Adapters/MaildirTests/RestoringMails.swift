// SPDX-License-Identifier: Apache-2.0
/// What a loss of power takes from the folders comes back from the spool at the next start; what a
/// reader has taken does not.

import Foundation
import MaildirAdapter
import Ports
import Testing

@Suite struct `Restoring mails after a death` {
    private static let files = FileManager.default

    /// A maildir that died after it had answered for three mails in two batches.
    private static func died() async throws -> Mailbox {
        let mailbox = try Mailbox(isDurable: true)
        #expect(await mailbox.send(id: "msg_1") == .sent)
        let rest = [2, 3].map { number in
            Mail(
                id: "msg_\(number)", recipient: "ben@example.com", subject: "No. \(number)",
                body: "Dear Ben,\n")
        }
        #expect(await mailbox.send(rest) == [.sent, .sent])
        return mailbox
    }

    private static func restart(_ died: Mailbox) async throws -> Mailbox {
        let mailbox = try Mailbox(isDurable: true, in: died.folder)
        await mailbox.tidyUp()
        return mailbox
    }

    private static func segment(_ mailbox: Mailbox) throws -> String {
        let names = try mailbox.files(in: "spool")
        try #require(names.count == 1)
        return mailbox.path("spool/\(names[0])")
    }

    @Test(arguments: ["no file", "an empty file", "half a file", "a file of other bytes"])
    func `replaces what is not the mail`(left: String) async throws {
        let died = try await Self.died()
        let file = died.path("new/msg_2.orderhouse")
        let text = try #require(Self.files.contents(atPath: file))
        switch left {
        case "no file": try Self.files.removeItem(atPath: file)
        case "an empty file": try Data().write(to: URL(filePath: file))
        case "half a file": try text.prefix(text.count / 2).write(to: URL(filePath: file))
        default: try Data(count: text.count).write(to: URL(filePath: file))
        }
        let mailbox = try await Self.restart(died)
        #expect(try mailbox.files().count == 3)
        #expect(Self.files.contents(atPath: file) == text)
        #expect(try mailbox.files(in: "spool").isEmpty && mailbox.files(in: "tmp").isEmpty)
    }

    @Test func `delivers what was durable but not yet in place`() async throws {
        let died = try await Self.died()
        for file in try died.files() {
            try Self.files.removeItem(atPath: died.path("new/\(file)"))
        }
        let mailbox = try await Self.restart(died)
        let names = ["msg_1.orderhouse", "msg_2.orderhouse", "msg_3.orderhouse"]
        #expect(try mailbox.files() == names)
    }

    @Test func `leaves whole mails as they are`() async throws {
        let died = try await Self.died()
        let file = died.path("new/msg_1.orderhouse")
        let before = try Self.files.attributesOfItem(atPath: file)[.systemFileNumber] as? Int
        _ = try await Self.restart(died)
        let after = try Self.files.attributesOfItem(atPath: file)[.systemFileNumber] as? Int
        #expect(before == after && before != nil)
    }

    @Test(arguments: ["", ":2,", ":2,S", ":2,RS", ",S=231:2,S"])
    func `does not bring back what a reader has moved`(flags: String) async throws {
        let died = try await Self.died()
        try Self.files.moveItem(
            atPath: died.path("new/msg_2.orderhouse"),
            toPath: died.path("cur/msg_2.orderhouse\(flags)"))
        let mailbox = try await Self.restart(died)
        #expect(try mailbox.files() == ["msg_1.orderhouse", "msg_3.orderhouse"])
    }

    @Test func `brings back what a reader has moved and the loss of power emptied`() async throws {
        let died = try await Self.died()
        try Self.files.removeItem(atPath: died.path("new/msg_2.orderhouse"))
        try Data().write(to: URL(filePath: died.path("cur/msg_2.orderhouse:2,S")))
        #expect(try await Self.restart(died).files().contains("msg_2.orderhouse"))
    }

    @Test func `happens once, however many starts follow`() async throws {
        let died = try await Self.died()
        let mailbox = try await Self.restart(died)
        for file in try mailbox.files() {
            try Self.files.removeItem(atPath: mailbox.path("new/\(file)"))
        }
        #expect(try await Self.restart(mailbox).files().isEmpty)
    }

    @Test func `waits for a start that tidies up`() async throws {
        let died = try await Self.died()
        try Self.files.removeItem(atPath: died.path("new/msg_1.orderhouse"))
        for number in 4..<6 {
            let next = try Mailbox(isDurable: true, in: died.folder)
            #expect(await next.send(id: "msg_\(number)") == .sent)
        }
        #expect(try died.files(in: "spool").count == 3)
        let mailbox = try await Self.restart(died)
        #expect(try mailbox.files().count == 5 && mailbox.files(in: "spool").isEmpty)
    }

    @Test func `takes the last of several attempts`() async throws {
        let died = try Mailbox(isDurable: true)
        for subject in ["First", "Second"] { #expect(await died.send(subject) == .sent) }
        try Self.files.removeItem(atPath: died.path("new/msg_1.orderhouse"))
        #expect(ReadMail(try await Self.restart(died).text()).subject == "Second")
    }

    @Test func `keeps a segment whose mail can't be delivered, and goes on`() async throws {
        let died = try await Self.died()
        let file = died.path("new/msg_2.orderhouse")
        try Self.files.removeItem(atPath: file)
        try Self.files.createDirectory(atPath: file, withIntermediateDirectories: false)
        let mailbox = try await Self.restart(died)
        #expect(try mailbox.files(in: "spool").count == 1)
        #expect(await mailbox.send(id: "msg_4") == .sent)
        await mailbox.tidyUp()
        #expect(try mailbox.files(in: "spool").count == 1)
        try Self.files.removeItem(atPath: file)
        await mailbox.tidyUp()
        #expect(try mailbox.files(in: "spool").isEmpty && mailbox.files().count == 4)
    }

    // MARK: Damage

    /// Cuts bytes off the end of a segment, whose room ahead is cut off first.
    @Test(arguments: [1, 15, 16, 17, 300, 5_000])
    func `passes over a batch that is cut off`(missing: Int) async throws {
        let died = try await Self.died()
        let segment = try Self.segment(died)
        var bytes = try #require(Self.files.contents(atPath: segment))
        let end = try #require(bytes.lastIndex { $0 != 0 }) + 1
        bytes = bytes.prefix(max(0, end - missing))
        try bytes.write(to: URL(filePath: segment))
        let isAllGone = missing > end
        #expect(
            try await Self.lost(died) == (isAllGone ? [1, 2, 3] : [2, 3]))
    }

    @Test(
        arguments: [
            [UInt8](), [0], [1, 2, 3], Array("OHmail1\0".utf8), .init(repeating: 255, count: 99),
        ])
    func `passes over what follows the last batch`(garbage: [UInt8]) async throws {
        let died = try await Self.died()
        let segment = try Self.segment(died)
        var bytes = try #require(Self.files.contents(atPath: segment))
        let end = try #require(bytes.lastIndex { $0 != 0 }) + 1
        bytes = bytes.prefix(end) + garbage
        try bytes.write(to: URL(filePath: segment))
        #expect(try await Self.lost(died) == [])
    }

    @Test(arguments: [16, 30, 100])
    func `passes over a damaged batch, not over the one behind it`(offset: Int) async throws {
        let died = try await Self.died()
        let segment = try Self.segment(died)
        var bytes = try #require(Self.files.contents(atPath: segment))
        bytes[offset] ^= 1
        try bytes.write(to: URL(filePath: segment))
        #expect(try await Self.lost(died) == [1])
    }

    @Test func `passes over what was written to another segment`() async throws {
        let died = try await Self.died()
        try Self.files.moveItem(
            atPath: try Self.segment(died), toPath: died.path("spool/77"))
        #expect(try await Self.lost(died) == [1, 2, 3])
    }

    @Test(arguments: ["18446744073709551615", "x", "1.2", "-1", "+1", "001", "7"])
    func `is not led astray by a foreign file`(name: String) async throws {
        let died = try await Self.died()
        try Data("nothing".utf8).write(to: URL(filePath: died.path("spool/\(name)")))
        #expect(try await Self.lost(died) == [])
        #expect(await (try Mailbox(isDurable: true, in: died.folder)).send() == .sent)
    }

    @Test func `neither waits for a pipe nor reads a file that no memory holds`() async throws {
        let died = try await Self.died()
        try #require(mkfifo(died.path("spool/7"), 0o600) == 0)
        try Data().write(to: URL(filePath: died.path("spool/8")))
        try #require(truncate(died.path("spool/8"), 1 << 40) == 0)
        try Self.files.removeItem(atPath: died.path("new/msg_3.orderhouse"))
        try #require(mkfifo(died.path("new/msg_3.orderhouse"), 0o600) == 0)
        let mailbox = try await Self.restart(died)
        #expect(try mailbox.files(in: "spool") == ["7", "8"])
        let text = Self.files.contents(atPath: mailbox.path("new/msg_3.orderhouse"))
        #expect(text?.isEmpty == false)
        #expect(await mailbox.send() == .sent)
    }

    /// Which of the three mails do not come back when the folders have lost all.
    private static func lost(_ died: Mailbox) async throws -> [Int] {
        for file in try died.files() {
            try files.removeItem(atPath: died.path("new/\(file)"))
        }
        let left = try await restart(died).files()
        return [1, 2, 3].filter { !left.contains("msg_\($0).orderhouse") }
    }
}

@Suite struct `Removing segments of the spool` {
    let disk = CountingDisk()

    @Test func `waits for a sync, and needs one for all`() async throws {
        let mailbox = try Mailbox(isDurable: true, disk: disk)
        for number in 0..<5 { #expect(await mailbox.send(id: "msg_\(number)") == .sent) }
        #expect(try mailbox.files(in: "spool").count == 1)
        _ = disk.takeCalls()
        await mailbox.tidyUp()
        #expect(disk.takeCalls() == .init(syncs: 1))
        #expect(try mailbox.files(in: "spool").isEmpty)
        await mailbox.tidyUp()
        #expect(disk.takeCalls() == .init())
    }

    @Test func `does not follow a sync that failed`() async throws {
        let mailbox = try Mailbox(isDurable: true, disk: disk)
        #expect(await mailbox.send() == .sent)
        let text = try mailbox.text()
        disk.fail(.sync)
        await mailbox.tidyUp()
        #expect(try mailbox.files(in: "spool").count == 1)
        // What the kernel takes for written may not be: it is written once more.
        try Data().write(to: URL(filePath: mailbox.path("new/msg_1.orderhouse")))
        disk.fail(nil)
        await mailbox.tidyUp()
        #expect(try mailbox.text() == text && mailbox.files(in: "spool").isEmpty)
    }

    @Test func `brings nothing back that was read before a sync failed`() async throws {
        let mailbox = try Mailbox(isDurable: true, disk: disk)
        #expect(await mailbox.send() == .sent)
        disk.fail(.sync)
        await mailbox.tidyUp()
        try FileManager.default.removeItem(atPath: mailbox.path("new/msg_1.orderhouse"))
        disk.fail(nil)
        await mailbox.tidyUp()
        #expect(try mailbox.files().isEmpty && mailbox.files(in: "spool").isEmpty)
    }

    @Test func `is done by a batch when nobody else does it`() async throws {
        var limits = MailSpoolLimits()
        limits.segmentBytesMax = 1_000
        limits.bytesMax = 5_000
        let mailbox = try Mailbox(isDurable: true, disk: disk, limits: limits)
        _ = disk.takeCalls()
        for number in 0..<60 {
            #expect(await mailbox.send(id: "msg_\(number)") == .sent)
            #expect(try mailbox.files(in: "spool").count <= 6)
        }
        let calls = disk.takeCalls()
        #expect(calls.flushes == 60 && calls.syncs > 0 && calls.syncs < 10, "\(calls)")
        disk.fail(.sync)
        var answers: [MailAnswer?] = []
        for number in 0..<30 { answers.append(await mailbox.send(id: "msg_\(number)")) }
        #expect(answers.first == .sent && answers.last == .unavailable)
        disk.fail(nil)
        #expect(await mailbox.send() == .sent)
    }

    /// What an earlier house left and nobody can read is kept, and does not fill the spool.
    @Test func `of what can't be read stands in no batch's way`() async throws {
        var limits = MailSpoolLimits()
        limits.segmentBytesMax = 1_000
        limits.bytesMax = 5_000
        let folder = TemporaryFolder()
        let left = "\(folder.path)/mail/spool/1"
        try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
        let mailbox = try Mailbox(isDurable: true, in: folder, disk: disk, limits: limits)
        for number in 0..<60 { #expect(await mailbox.send(id: "msg_\(number)") == .sent) }
        #expect(try mailbox.files(in: "spool").count <= 7)
        #expect(FileManager.default.fileExists(atPath: left))
    }

    @Test func `goes on beside the house until it stops`() async throws {
        let mailbox = try Mailbox(isDurable: true, disk: disk)
        await withTaskGroup { group in
            group.addTask {
                await mailbox.maildir.run { try await Task.sleep(for: .milliseconds(1)) }
            }
            for number in 0..<20 { #expect(await mailbox.send(id: "msg_\(number)") == .sent) }
            group.cancelAll()
        }
        #expect(try mailbox.files(in: "spool").isEmpty && mailbox.files().count == 20)
    }
}
