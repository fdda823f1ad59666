// SPDX-License-Identifier: Apache-2.0
/// No fact is passed over, and how far a projection is behind is measured and told.

import Kernel
import MemoryAdapter
import Ports
import Testing

@testable import NodeEngine
@testable import Projections

@Suite struct `What is committed late` {
    /// Case H8: a position whose transaction is still open, and later ones that are not.
    @Test func `is waited for, and not passed over`() throws {
        let logs = ScriptedLogs()
        let disk = MemoryViews.Disk()
        let projector = Projector(
            [Sums(), Journal()], views: MemoryViews(disk), source: logs, codecs: LogCodec.all)
        try projector.open()
        for value in 1...12 as ClosedRange<Int64> {
            if value == 5 { try projector.rest() }
            logs.append([.added(value, 1)], to: .first, at: value)
            logs.append([.added(value, 1)], to: .second, at: value)
        }
        logs.hide([9], of: .first)
        try projector.rest()
        #expect(
            try projector.status("sums").positions == [.first: 8, .second: 12])
        let rows = try MemoryViews(disk).rows(of: Journal())[0]
        #expect(rows.filter { $0[0] == .text("tallies/0") }.map { $0[1].int } == Array(1...8))
        #expect(rows.count == 20)
        logs.hide([], of: .first)
        try projector.rest()
        #expect(try projector.status("sums").positions == [.first: 12, .second: 12])
        #expect(try MemoryViews(disk).rows(of: Sums()) == filled(Sums(), logs))
    }

    /// A planted bug: the source hands on what it sees as if nothing were missing.
    @Test func `and passed over is found out by a comparison with a rebuild`() throws {
        let logs = ScriptedLogs()
        let disk = MemoryViews.Disk()
        let projector = Projector(
            [Sums()], views: MemoryViews(disk), source: Careless(logs: logs),
            codecs: LogCodec.all)
        try projector.open()
        for value in 1...12 as ClosedRange<Int64> {
            logs.append([.added(value, 1)], to: .first, at: value)
        }
        logs.hide([9], of: .first)
        try projector.rest()
        #expect(try projector.status("sums").positions[.first] == 12)
        logs.hide([], of: .first)
        try projector.rest()
        #expect(try MemoryViews(disk).rows(of: Sums()) != filled(Sums(), logs))
    }
}

private struct Careless: ProjectionSource {
    let logs: ScriptedLogs

    func frames(
        of log: LogName, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [Frame] {
        var next = position + 1
        return try logs.frames(of: log, after: position, limit: limit).map { frame in
            defer { next += Int64(frame.count) }
            return Frame(
                log: log, first: next, count: frame.count, epoch: frame.epoch, at: frame.at,
                bytes: frame.bytes, chain: frame.chain)
        }
    }

    func heads() throws(StoreFailure) -> [LogName: Int64] { try logs.heads() }
}

@Suite struct `A log that can't be read` {
    private let logs = ScriptedLogs()
    private let disk = MemoryViews.Disk()

    private func projector() throws -> Projector {
        let projector = Projector(
            [Sums(), Journal()], views: MemoryViews(disk), source: logs, codecs: LogCodec.all)
        try projector.open()
        return projector
    }

    private func at(_ second: Int64) -> Timestamp {
        ScriptedLogs.noon.advanced(by: .seconds(second))
    }

    private enum Fault: CaseIterable { case isLostWithinTheLog, isLostAtItsEnd, isSpoilt }

    private func make(_ fault: Fault) {
        switch fault {
        case .isLostWithinTheLog: logs.hide([5], of: .first)
        case .isLostAtItsEnd: logs.hide([5, 6], of: .first)
        case .isSpoilt: logs.spoil(5, of: .first)
        }
    }

    private func mend(_ fault: Fault) {
        logs.hide([], of: .first)
        if fault == .isSpoilt { logs.spoil(5, of: .first, isSpoilt: false) }
    }

    /// Never taken for the end of the log, in the middle or at the end of it.
    @Test(arguments: Fault.allCases)
    private func `because a frame is bad is told, and others are followed`(_ fault: Fault) throws {
        for value in 1...6 as ClosedRange<Int64> { logs.append([.added(value, 1)], to: .first) }
        make(fault)
        logs.append([.added(7, 1)], to: .other)
        let projector = try projector()
        for second in 0...20 as ClosedRange<Int64> {
            logs.append([.added(8, 1)], to: .second, at: second)
            try projector.rest(at: at(second))
            projector.checkLag(at: at(second))
        }
        for name in ["sums", "journal"] {
            let status = try projector.status(name)
            #expect(status.state == .unreadable && status.unreadable == [.first: .corrupt])
            // Nobody is shown a first generation that is not whole; nor does it wait for ever.
            #expect(status.building?[.first] == 4 && status.building?[.second] == 21)
            #expect(status.lag(at: at(30)) == .seconds(30))
            #expect(!status.hasReached([.first: 5]))
        }
        #expect(
            projector.takeNotices() == [
                .unreadable(.first, .corrupt), .lagging("sums", .seconds(11)),
                .lagging("journal", .seconds(11)),
            ])
        mend(fault)
        try projector.rest(at: at(31))
        projector.checkLag(at: at(31))
        #expect(
            projector.takeNotices() == [
                .readable(.first), .caughtUp("sums"), .caughtUp("journal"),
            ])
        for name in ["sums", "journal"] {
            let status = try projector.status(name)
            #expect(status.state == .following && status.unreadable == [:])
            #expect(status.lag(at: at(31)) == .seconds(0))
        }
        #expect(try MemoryViews(disk).rows(of: Journal()) == filled(Journal(), logs))
    }

    /// What readers see already goes on with the logs that can be read.
    @Test(arguments: Fault.allCases)
    private func `is told of rows that readers see`(_ fault: Fault) throws {
        for value in 1...4 as ClosedRange<Int64> { logs.append([.added(value, 1)], to: .first) }
        let projector = try projector()
        try projector.rest(at: at(0))
        for value in 5...6 as ClosedRange<Int64> { logs.append([.added(value, 1)], to: .first) }
        make(fault)
        logs.append([.added(8, 1)], to: .second)
        // An end that is not the end is noticed when the ends are asked for.
        try projector.rest(at: at(6))
        let status = try projector.status("sums")
        #expect(status.state == .unreadable && status.positions == [.first: 4, .second: 1])
        #expect(status.lag(at: at(9)) == .seconds(3))
        mend(fault)
        try projector.rest(at: at(10))
        #expect(try projector.status("sums").state == .following)
        #expect(try MemoryViews(disk).rows(of: Sums()) == filled(Sums(), logs))
    }

    /// The ends that are known may be of before a restore.
    @Test func `is not one that was cut off`() throws {
        for value in 1...9 as ClosedRange<Int64> { logs.append([.added(value, 1)], to: .first) }
        logs.append([.added(13, 1)], to: .other, code: 77)
        var settings = Projector.Settings()
        settings.batchMax = 3
        let projector = Projector(
            [Sums()], views: MemoryViews(disk), source: logs, codecs: LogCodec.all,
            settings: settings)
        try projector.open()
        _ = try projector.step(at: at(0))
        logs.restore(.first, to: 5)
        try projector.rest(at: at(1))
        #expect(try projector.status("sums").state == .following)
        #expect(projector.takeNotices().filter { $0.level == .error } == [])
    }
}

@Suite struct `The lag of a projection` {
    private let logs = ScriptedLogs()

    private func at(_ second: Int64) -> Timestamp {
        ScriptedLogs.noon.advanced(by: .seconds(second))
    }

    @Test func `is measured from the first fact that is not shown, and raises an alarm`() throws {
        let projector = Projector(
            [Sums()], views: MemoryViews(), source: logs, codecs: LogCodec.all)
        try projector.open()
        logs.append([.added(1, 1)], to: .first, at: 0)
        try projector.rest()
        #expect(try projector.status("sums").lag(at: at(100)) == .seconds(0))
        logs.append([.added(1, 1)], to: .first, at: 50, code: 77)
        try projector.rest()
        let status = try projector.status("sums")
        #expect(status.lag(at: at(59)) == .seconds(9))
        #expect(status.positionsBehind([.first: 5, .second: 2, .other: 9]) == 6)
        _ = projector.takeNotices()
        projector.checkLag(at: at(60))
        #expect(projector.takeNotices() == [])
        projector.checkLag(at: at(61))
        projector.checkLag(at: at(62))
        #expect(projector.takeNotices() == [.lagging("sums", .seconds(11))])
    }

    @Test func `grows while the logs can't be read, and ends when they can`() throws {
        let projector = Projector(
            [Sums()], views: MemoryViews(), source: logs, codecs: LogCodec.all)
        try projector.open()
        logs.append([.added(1, 1)], to: .first)
        try projector.rest()
        logs.setUnreadable([.first])
        for second in 0...20 as ClosedRange<Int64> {
            _ = try projector.step(at: at(second))
            projector.checkLag(at: at(second))
        }
        #expect(
            projector.takeNotices() == [
                .unreadable(.first, .unavailable), .lagging("sums", .seconds(11)),
            ])
        #expect(try projector.status("sums").state == .unreadable)
        logs.setUnreadable([])
        try projector.rest(at: at(21))
        projector.checkLag(at: at(21))
        #expect(projector.takeNotices() == [.readable(.first), .caughtUp("sums")])
        #expect(try projector.status("sums").state == .following)
    }

    @Test func `is none for a position that the projection does not follow`() throws {
        let projector = Projector(
            [Sums()], views: MemoryViews(), source: logs, codecs: LogCodec.all)
        try projector.open()
        logs.append([.added(1, 1)], to: .first)
        try projector.rest()
        let status = try projector.status("sums")
        #expect(status.hasReached([.first: 1, .other: 50]))
        #expect(!status.hasReached([.first: 2]))
        #expect(!status.hasReached([.first: 1, .second: 1]))
        #expect(status.hasReached([:]))
    }
}
