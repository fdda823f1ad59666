// SPDX-License-Identifier: Apache-2.0
/// A mail that was answered `sent` is there, whole, after the power was cut, though only its batch
/// was flushed.

import CrashLabs
import Foundation
import Kernel
import MaildirAdapter
import Ports
import Synchronization
import TemporaryFolders
import Testing

@Suite(.timeLimit(.minutes(2))) struct `A maildir whose power is cut` {
    @Test func `has all mails that it sent`() async throws {
        try await Self.withDisk { disk in
            for round in 0..<6 {
                let sent = try await Self.sendAndCut(disk, round, isDurable: true)
                #expect(sent.count == 115)
                try await Self.start(disk, isDurable: true)
                #expect(Self.missing(sent, disk) == [], "round \(round)")
            }
        }
    }

    @Test func `has lost some if it did not flush`() async throws {
        try await Self.withDisk { disk in
            let sent = try await Self.sendAndCut(disk, 0, isDurable: false)
            try await Self.start(disk, isDurable: false)
            #expect(!Self.missing(sent, disk).isEmpty)
        }
    }

    private struct StandingClock: Ports.Clock {
        func now() -> Timestamp { Timestamp(milliseconds: 1_767_323_045_678) }
        func elapsed() -> Span { .seconds(0) }
    }

    private static func withDisk(_ body: (LoopDisk) async throws -> Void) async throws {
        guard await LoopDisk.isPossible else {
            return withKnownIssue("loop devices are not permitted on this machine") {
                Issue.record("no power was cut")
            }
        }
        let folder = try TestFolder()
        defer { folder.remove() }
        let disk = try await LoopDisk(in: folder)
        do {
            try await body(disk)
        } catch {
            try? await disk.unmount()
            throw error
        }
        try await disk.remove()
    }

    private static func maildir(_ disk: LoopDisk, isDurable: Bool) throws -> Maildir {
        try Maildir(root: "\(disk.path)/mail", clock: StandingClock(), isDurable: isDurable)
    }

    private static func body(of id: String) -> String { "For \(id): it is on its way.\n" }

    /// Batches of several sizes, in the later rounds with a checkpoint among them; then the cut.
    /// Returns the ids that were answered `sent`.
    private static func sendAndCut(
        _ disk: LoopDisk, _ round: Int, isDurable: Bool
    ) async throws -> [String] {
        let maildir = try maildir(disk, isDurable: isDurable)
        let sent = Mutex<[String]>([])
        for (number, count) in [1, 64, 1, 1, 16, 32].enumerated() {
            let mails = (0..<count).map { mail in
                let id = "msg_\(round)_\(number)_\(mail)"
                return Mail(
                    id: id, recipient: "anna@example.com", subject: "", body: body(of: id))
            }
            await maildir.send(mails) { answers in
                for (index, answer) in answers where answer == .sent {
                    sent.withLock { $0.append(mails[index].id) }
                }
            }
            if number + 1 == round { await maildir.run { throw CancellationError() } }
        }
        try disk.cut()
        return sent.withLock { $0 }
    }

    /// The power is back, and the next life has begun.
    private static func start(_ disk: LoopDisk, isDurable: Bool) async throws {
        try await disk.unmount()
        try await disk.mount()
        let maildir = try maildir(disk, isDurable: isDurable)
        await maildir.run { throw CancellationError() }
    }

    private static func missing(_ sent: [String], _ disk: LoopDisk) -> [String] {
        sent.filter { id in
            let file = "\(disk.path)/mail/new/\(id).orderhouse"
            let text = try? String(contentsOfFile: file, encoding: .utf8)
            return text?.hasSuffix("\n\n\(body(of: id))") != true
        }
    }
}
