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
            logs.append([.added(value, 1)], to: .first, at: value)
            logs.append([.added(value, 1)], to: .second, at: value)
        }
        logs.hide([9])
        try projector.rest()
        #expect(
            try projector.status("sums").positions == [.first: 8, .second: 8])
        #expect(try MemoryViews(disk).rows(of: Sums()).first?.count == 8)
        logs.hide([])
        try projector.rest()
        #expect(try projector.status("sums").positions == [.first: 12, .second: 12])
        #expect(try MemoryViews(disk).rows(of: Sums()) == filled(Sums(), logs))
    }

    /// A planted bug: the source hands on what it sees as if nothing were missing.
    @Test func `and passed over is found out by a comparison with a fresh filling`() throws {
        let logs = ScriptedLogs()
        let disk = MemoryViews.Disk()
        let projector = Projector(
            [Sums()], views: MemoryViews(disk), source: Careless(logs: logs),
            codecs: LogCodec.all)
        try projector.open()
        for value in 1...12 as ClosedRange<Int64> {
            logs.append([.added(value, 1)], to: .first, at: value)
        }
        logs.hide([9])
        try projector.rest()
        #expect(try projector.status("sums").positions[.first] == 12)
        logs.hide([])
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
        logs.setUnreadable(true)
        for second in 0...20 as ClosedRange<Int64> {
            _ = try projector.step(at: at(second))
            projector.checkLag(at: at(second))
        }
        #expect(projector.takeNotices().map(\.message) == ["projection lag above its bound"])
        logs.setUnreadable(false)
        try projector.rest(at: at(21))
        projector.checkLag(at: at(21))
        #expect(
            projector.takeNotices().map(\.message) == ["projection lag within its bound again"])
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
