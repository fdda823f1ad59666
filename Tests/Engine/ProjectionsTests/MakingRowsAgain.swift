// SPDX-License-Identifier: Apache-2.0
/// Rows are a cache: they are made again beside the old ones, and the same bytes follow; also when
/// the log turns out to be another one.

import Kernel
import MemoryAdapter
import Ports
import Testing

@testable import NodeEngine
@testable import Projections

@Suite struct `A rebuild` {
    private let logs = ScriptedLogs()
    private let disk = MemoryViews.Disk()

    private func projector(
        _ projections: [any Projection] = [Sums()], batch: Int = 5
    ) throws -> Projector {
        var settings = Projector.Settings()
        settings.batchMax = batch
        let projector = Projector(
            projections, views: MemoryViews(disk), source: logs, codecs: LogCodec.all,
            settings: settings)
        try projector.open()
        return projector
    }

    private var reader: MemoryViews { MemoryViews(disk) }

    @Test func `gives the same bytes, and readers go on meanwhile`() throws {
        let projector = try projector([Sums(), Journal()])
        for turn in 0..<40 {
            history(logs, count: 1, from: turn)
            try projector.rest()
        }
        let before = [try reader.rows(of: Sums()), try reader.rows(of: Journal())]
        #expect(try projector.rebuild("sums") && projector.rebuild("journal"))
        #expect(try !projector.rebuild("nothing"))
        var steps = 0
        while try projector.step(at: ScriptedLogs.noon) {
            #expect(try [reader.rows(of: Sums()), reader.rows(of: Journal())] == before)
            if try projector.status("sums").state == .rebuilding { steps += 1 }
        }
        #expect(steps > 5)
        #expect(try [reader.rows(of: Sums()), reader.rows(of: Journal())] == before)
        #expect(try projector.status("sums").state == .following)
        let messages = projector.takeNotices().map(\.message)
        #expect(messages.filter { $0.hasPrefix("projection rebuild began") }.count == 2)
        #expect(messages.filter { $0.hasPrefix("projection rebuilt") }.count == 2)
        #expect(try reader.open(isErasing: false).count == 2)
    }

    @Test func `never shows less than was shown`() throws {
        history(logs, count: 40)
        let projector = try projector(batch: 3)
        try projector.rest()
        _ = try projector.rebuild("sums")
        var seen: [LogName: Int64] = [:]
        for turn in 40..<120 {
            history(logs, count: 1, from: turn)
            _ = try projector.step(at: ScriptedLogs.noon)
            let cursors = try reader.answer([], of: Sums().schema).cursors.mapValues(\.position)
            for (log, position) in seen { #expect(cursors[log] ?? 0 >= position) }
            seen = cursors
            // All facts up to these positions are in the rows, old or new, and no others.
            let facts = try reader.rows(of: Sums())[0].reduce(0) {
                $0 + ($1[Sums.facts.index].int ?? 0)
            }
            #expect(facts == cursors.values.reduce(0, +))
        }
        try projector.rest()
        #expect(try reader.rows(of: Sums()) == filled(Sums(), logs))
        #expect(try projector.status("sums").state == .following)
    }

    @Test func `follows a newer version, while the old rows are read`() throws {
        history(logs, count: 20)
        try projector().rest()
        let old = try reader.rows(of: Sums())
        let newer = Sums(version: 2, factor: 2)
        let next = try projector([newer])
        var steps = 0
        while try next.step(at: ScriptedLogs.noon) {
            // What readers see is all of the old rows, however far the new ones have come.
            #expect(try next.status("sums").state == .rebuilding)
            #expect(try reader.rows(of: newer) == old)
            steps += 1
        }
        #expect(steps > 4)
        let rows = try reader.rows(of: newer)
        #expect(try rows == filled(newer, logs))
        #expect(rows != old)
        // And back again: an older version is another one, too.
        try projector().rest()
        #expect(try reader.rows(of: Sums()) == old)
    }

    @Test func `for a version that is given up leaves nothing in the store`() throws {
        history(logs, count: 20)
        try projector().rest()
        let kept = try reader.open(isErasing: false).map(\.generation)
        let newer = try projector([Sums(version: 2, factor: 2)])
        _ = try newer.step(at: ScriptedLogs.noon)
        #expect(try reader.open(isErasing: false).count == 2)
        let back = try projector()
        #expect(try reader.open(isErasing: false).map(\.generation) == kept)
        #expect(try back.status("sums").state == .following)
        try back.rest()
        #expect(try reader.rows(of: Sums()) == filled(Sums(), logs))
    }

    @Test func `that was under way goes on in the next process`() throws {
        history(logs, count: 60)
        try projector().rest()
        let second = try projector()
        _ = try second.rebuild("sums")
        for _ in 0..<8 { _ = try second.step(at: ScriptedLogs.noon) }
        let reached = try #require(try second.status("sums").building?.values.reduce(0, +))
        #expect(reached > 20)
        let third = try projector()
        #expect(try third.status("sums").building?.values.reduce(0, +) == reached)
        try third.rest()
        #expect(try third.status("sums").state == .following)
        #expect(try reader.rows(of: Sums()) == filled(Sums(), logs))
    }
}

@Suite struct `A log that is not the one that was followed` {
    private let logs = ScriptedLogs()
    private let disk = MemoryViews.Disk()

    private func projector() throws -> Projector {
        let projector = Projector(
            [Sums(), Journal()], views: MemoryViews(disk), source: logs, codecs: LogCodec.all)
        try projector.open()
        return projector
    }

    private var rows: [[[ViewRow]]] {
        get throws {
            let reader = MemoryViews(disk)
            return [try reader.rows(of: Sums()), try reader.rows(of: Journal())]
        }
    }

    private var fresh: [[[ViewRow]]] {
        get throws { [try filled(Sums(), logs), try filled(Journal(), logs)] }
    }

    init() {
        for value in 1...10 as ClosedRange<Int64> {
            logs.append([.added(value, value)], to: .first, at: value)
        }
    }

    private func forks(_ projector: Projector) -> Int {
        projector.takeNotices().filter { $0.message.contains("fork") && $0.level == .error }.count
    }

    @Test func `and ends before the cursor is noticed at the next start`() throws {
        try projector().rest()
        logs.restore(.first, to: 6)
        let next = try projector()
        try next.rest()
        #expect(try rows == fresh)
        #expect(forks(next) == 2)
    }

    @Test func `and ends before the cursor is noticed within seconds`() throws {
        let projector = try projector()
        try projector.rest()
        logs.restore(.first, to: 6)
        try projector.rest(at: ScriptedLogs.noon.advanced(by: .seconds(4)))
        #expect(try projector.status("sums").positions[.first] == 10)
        try projector.rest(at: ScriptedLogs.noon.advanced(by: .seconds(6)))
        #expect(try projector.status("sums").positions[.first] == 6)
        #expect(try rows == fresh)
        #expect(forks(projector) == 2)
    }

    /// The epoch begins below the cursor.
    @Test(arguments: [1, 4, 9])
    func `and has grown beyond the cursor in a new epoch is noticed`(more: Int64) throws {
        let projector = try projector()
        try projector.rest()
        logs.restore(.first, to: 6)
        for value in 1...more + 4 { logs.append([.added(99, value)], to: .first, epoch: 2, at: 20) }
        try projector.rest(at: ScriptedLogs.noon.advanced(by: .seconds(1)))
        #expect(try rows == fresh)
        #expect(forks(projector) == 2)
    }

    /// A frame of the other history reaches over the cursor.
    @Test func `and does not end a frame at the cursor is noticed`() throws {
        let projector = try projector()
        try projector.rest()
        logs.restore(.first, to: 9)
        logs.append([.added(98, 1), .added(99, 1)], to: .first, epoch: 2, at: 20)
        try projector.rest(at: ScriptedLogs.noon.advanced(by: .seconds(1)))
        #expect(try rows == fresh)
        #expect(forks(projector) == 2)
    }

    /// A backup that knew nothing of an epoch uses its number once more.
    @Test func `though its epoch has the same number is noticed at the next start`() throws {
        try projector().rest()
        logs.restore(.first, to: 6)
        for value in 1...9 as ClosedRange<Int64> {
            logs.append([.added(99, value)], to: .first, epoch: 1, at: 20)
        }
        let next = try projector()
        try next.rest()
        #expect(try rows == fresh)
        #expect(forks(next) == 2)
    }

    @Test func `is followed on when a new epoch began behind the cursor`() throws {
        let projector = try projector()
        try projector.rest()
        logs.append([.added(99, 1)], to: .first, epoch: 2, at: 20)
        try projector.rest()
        logs.append([.added(99, 1)], to: .first, epoch: 5, at: 20)
        try projector.rest()
        try self.projector().rest()
        #expect(try rows == fresh)
        #expect(forks(projector) == 0)
    }

    @Test func `is followed by the old rows until the new ones are there`() throws {
        try projector().rest()
        let before = try rows
        logs.restore(.first, to: 6)
        var settings = Projector.Settings()
        settings.batchMax = 2
        let next = Projector(
            [Sums(), Journal()], views: MemoryViews(disk), source: logs, codecs: LogCodec.all,
            settings: settings)
        try next.open()
        _ = try next.step(at: ScriptedLogs.noon)
        #expect(try rows == before)
        // They are of another history: nobody who waits for a position is shown them.
        let status = try next.status("sums")
        #expect(status.state == .rebuilding && status.positions[.first] == 10)
        #expect(!status.hasReached([.first: 3]))
        logs.setUnreadable([.first])
        try next.rest()
        #expect(try next.status("sums").unreadable == [.first: .unavailable])
        #expect(try rows == before)
        logs.setUnreadable([])
        try next.rest()
        #expect(try next.status("sums").unreadable == [:])
        #expect(try next.status("sums").hasReached([.first: 6]))
        #expect(try rows != before)
        #expect(try rows == fresh)
    }
}
