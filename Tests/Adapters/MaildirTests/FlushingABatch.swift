// SPDX-License-Identifier: Apache-2.0
/// One flush makes a batch durable, however many mails it has; where it can't, nothing is sent.

import Foundation
import MaildirAdapter
import Ports
import Testing

@Suite struct `Flushing a batch of mails` {
    let disk = CountingDisk()

    static func mails(_ numbers: Range<Int>, _ body: String = "Dear Anna,\n") -> [Mail] {
        numbers.map { number in
            Mail(
                id: "msg_\(number)", recipient: "anna@example.com", subject: "No. \(number)",
                body: body)
        }
    }

    @Test(arguments: [1, 16, 128])
    func `takes one flush, not one for each`(count: Int) async throws {
        let mailbox = try Mailbox(isDurable: true, disk: disk)
        // The first one makes a segment, and its name durable.
        #expect(await mailbox.send() == .sent)
        let first = disk.takeCalls()
        #expect(first.flushes == 1 && first.syncs == 0)
        for batch in 0..<3 {
            let mails = Self.mails(batch * count..<(batch + 1) * count)
            #expect(await mailbox.send(mails) == Array(repeating: .sent, count: count))
            #expect(disk.takeCalls() == .init(flushes: 1))
        }
        #expect(try mailbox.files().count == 3 * count)
    }

    @Test func `takes none when mails may be lost`() async throws {
        let mailbox = try Mailbox(isDurable: false, disk: disk)
        #expect(await mailbox.send(Self.mails(0..<9)) == Array(repeating: .sent, count: 9))
        await mailbox.tidyUp()
        #expect(disk.takeCalls() == .init())
        #expect(try mailbox.files(in: "spool").isEmpty)
    }

    @Test func `takes none when no mail of it can be sent`() async throws {
        let mailbox = try Mailbox(isDurable: true, disk: disk)
        _ = disk.takeCalls()
        #expect(await mailbox.send(to: "nobody") == .refused(code: "bad-address"))
        #expect(disk.takeCalls() == .init())
        #expect(try mailbox.files(in: "spool").isEmpty)
    }

    @Test func `sends one of more than a megabyte in parts`() async throws {
        let mailbox = try Mailbox(isDurable: true, disk: disk)
        _ = disk.takeCalls()
        let mails = Self.mails(0..<5, String(repeating: "All of it.\n", count: 50_000))
        #expect(await mailbox.send(mails) == Array(repeating: .sent, count: 5))
        #expect(disk.takeCalls().flushes == 3)
        #expect(try mailbox.files().count == 5)
    }

    // MARK: Failing

    @Test(arguments: [0, 1, 20, 300, 600])
    func `fails as a whole on a full disk, and leaves nothing of it`(room: Int) async throws {
        let mailbox = try Mailbox(isDurable: true, disk: disk)
        #expect(await mailbox.send(Self.mails(0..<2)) == [.sent, .sent])
        disk.fail(.full(after: room))
        #expect(await mailbox.send(Self.mails(2..<5)) == Array(repeating: .unavailable, count: 3))
        #expect(try mailbox.files().count == 2 && mailbox.files(in: "tmp").isEmpty)
        disk.fail(nil)
        #expect(await mailbox.send(Self.mails(5..<7)) == [.sent, .sent])
        #expect(try mailbox.files(in: "spool").count == 1)
        #expect(try await Self.restored(mailbox) == ["msg_0", "msg_1", "msg_5", "msg_6"])
    }

    @Test func `may come after all when there was room for it in the spool only`() async throws {
        let mailbox = try Mailbox(isDurable: true, disk: disk)
        disk.fail(.full(after: 1_000))
        #expect(await mailbox.send(Self.mails(2..<5)) == Array(repeating: .unavailable, count: 3))
        #expect(try mailbox.files().isEmpty && mailbox.files(in: "tmp").isEmpty)
        #expect(try await Self.restored(mailbox) == ["msg_2", "msg_3", "msg_4"])
    }

    @Test func `fails as a whole on a disk that was full from the start`() async throws {
        let mailbox = try Mailbox(isDurable: true, disk: disk)
        disk.fail(.full(after: 100))
        #expect(await mailbox.send(Self.mails(0..<2)) == [.unavailable, .unavailable])
        #expect(try mailbox.files(in: "spool").isEmpty && mailbox.files().isEmpty)
        disk.fail(nil)
        #expect(await mailbox.send(Self.mails(0..<2)) == [.sent, .sent])
    }

    @Test func `fails as a whole when its flush fails, and the next goes elsewhere`() async throws {
        let mailbox = try Mailbox(isDurable: true, disk: disk)
        #expect(await mailbox.send(Self.mails(0..<2)) == [.sent, .sent])
        disk.fail(.flush)
        for _ in 0..<3 {
            let answers = await mailbox.send(Self.mails(2..<5))
            #expect(answers == Array(repeating: .unavailable, count: 3))
        }
        disk.fail(nil)
        #expect(await mailbox.send(Self.mails(5..<7)) == [.sent, .sent])
        #expect(try mailbox.files(in: "spool").count == 2)
        #expect(try await Self.restored(mailbox) == ["msg_0", "msg_1", "msg_5", "msg_6"])
    }

    @Test func `fails when the name of a segment can't be made durable`() async throws {
        let mailbox = try Mailbox(isDurable: true, disk: disk)
        disk.fail(.folderFlush)
        #expect(await mailbox.send() == .unavailable)
        #expect(try mailbox.files(in: "spool").isEmpty && mailbox.files().isEmpty)
        disk.fail(nil)
        #expect(await mailbox.send() == .sent)
    }

    @Test func `that can't be put in place fails alone`() async throws {
        let mailbox = try Mailbox(isDurable: true, disk: disk)
        try FileManager.default.createDirectory(
            atPath: mailbox.path("new/msg_1.orderhouse"), withIntermediateDirectories: false)
        let answers = await mailbox.send(Self.mails(0..<3))
        #expect(answers == [.sent, .unavailable, .sent])
        #expect(try mailbox.files(in: "tmp").isEmpty)
    }

    @Test func `of a task that was canceled gets no answers and no files`() async throws {
        let mailbox = try Mailbox(isDurable: true, disk: disk)
        _ = disk.takeCalls()
        await withTaskGroup(of: [MailAnswer?].self) { group in
            group.cancelAll()
            group.addTask { await mailbox.send(Self.mails(0..<3)) }
            for await answers in group { #expect(answers == [nil, nil, nil]) }
        }
        #expect(try mailbox.files().isEmpty)
        #expect(disk.takeCalls() == .init())
    }

    @Test func `beside others and beside checkpoints loses none`() async throws {
        let folder = TemporaryFolder()
        let mailbox = try Mailbox(isDurable: true, in: folder, disk: disk)
        await withTaskGroup(of: [MailAnswer?].self) { group in
            for task in 0..<8 {
                group.addTask {
                    var answers: [MailAnswer?] = []
                    for batch in 0..<5 {
                        let first = task * 100 + batch * 10
                        answers += await mailbox.send(Self.mails(first..<(first + 10)))
                        if task == 0 { await mailbox.tidyUp() }
                    }
                    return answers
                }
            }
            for await answers in group {
                #expect(answers == Array(repeating: .sent, count: 50))
            }
        }
        #expect(try mailbox.files().count == 400)
    }

    /// The mails that the spool brings back when everything else is gone.
    static func restored(_ mailbox: Mailbox) async throws -> [String] {
        for file in try mailbox.files() {
            try FileManager.default.removeItem(atPath: mailbox.path("new/\(file)"))
        }
        let next = try Mailbox(isDurable: true, in: mailbox.folder)
        await next.tidyUp()
        #expect(try next.files(in: "spool").isEmpty)
        return try next.files().map { String($0.dropLast(".orderhouse".count)) }
    }
}
