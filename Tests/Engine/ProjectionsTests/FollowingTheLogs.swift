// SPDX-License-Identifier: Apache-2.0
/// From facts to rows, batch by batch; and the same rows, however the batches fall.

import Kernel
import MemoryAdapter
import Ports
import Testing

@testable import NodeEngine
@testable import Projections

@Suite struct `A projection` {
    private let logs = ScriptedLogs()
    private let disk = MemoryViews.Disk()

    private func projector(
        _ projections: [any Projection] = [Sums(), Journal()], batch: Int = 7
    ) throws -> Projector {
        var settings = Projector.Settings()
        settings.batchMax = batch
        settings.fetchMax = 5
        let projector = Projector(
            projections, views: MemoryViews(disk), source: logs, codecs: LogCodec.all,
            settings: settings)
        try projector.open()
        return projector
    }

    @Test func `makes rows of the facts that it follows`() throws {
        logs.append([.added(1, 5), .named(1, "one"), .added(2, 1)], to: .first)
        logs.append([.added(1, 7), .closed(2)], to: .second)
        logs.append([.added(1, 100)], to: .other)
        try projector().rest()
        let rows = try MemoryViews(disk).rows(of: Sums())
        #expect(
            rows == [
                [
                    [.int(1), .int(12), .int(3), .text("one"), .int(0)],
                    [.int(2), .int(1), .int(2), .null, .int(1)],
                ]
            ])
    }

    @Test func `goes on where it was, also in another process`() throws {
        history(logs, count: 20)
        try projector().rest()
        history(logs, count: 20, from: 20)
        try projector().rest()
        history(logs, count: 5, from: 40)
        let last = try projector()
        try last.rest()
        #expect(try MemoryViews(disk).rows(of: Sums()) == filled(Sums(), logs))
        #expect(try MemoryViews(disk).rows(of: Journal()) == filled(Journal(), logs))
        let heads = try logs.heads()
        #expect(try last.status("journal").positions == heads)
        #expect(try last.status("sums").positions == heads.filter { $0.key != .other })
        #expect(try last.status("sums").state == .following)
    }

    @Test(arguments: [1, 2, 3, 10, 1_000])
    func `makes the same rows, however large its batches`(batch: Int) throws {
        history(logs)
        let rows = try filled(Journal(), logs)
        let facts = try logs.heads().values.reduce(0, +)
        #expect(rows[0].count == Int(facts) && !rows[1].isEmpty)
        let others = try filled(Journal(), logs) {
            $0.batchMax = batch
            $0.fetchMax = max(1, batch / 2)
        }
        #expect(others == rows)
        let sums = try filled(Sums(), logs) { $0.batchMax = batch }
        #expect(try sums == filled(Sums(), logs))
    }

    @Test func `answers with the positions that its rows stand for`() throws {
        history(logs, count: 30)
        let projector = try projector([Sums()], batch: 3)
        var totals: Set<Int64> = []
        while try projector.step(at: ScriptedLogs.noon) {
            // Nothing is published before all is there.
            #expect(throws: ViewFailure.notReady) { try MemoryViews(disk).rows(of: Sums()) }
        }
        for turn in 30..<60 {
            history(logs, count: 1, from: turn)
            try projector.rest()
            let answer = try MemoryViews(disk).answer(
                [.rows(ViewQuery(Sums.table))], of: Sums().schema)
            let facts = answer.results[0].reduce(0) { $0 + ($1[Sums.facts.index].int ?? 0) }
            #expect(answer.cursors.values.reduce(0) { $0 + $1.position } == facts)
            totals.insert(facts)
        }
        #expect(totals.count > 10)
    }

    @Test func `follows all that it names of a service, in one part or several`() throws {
        let names = TallyEvent.names
        let parts: [(follows: [FollowedFacts], types: Set<String>)] = [
            ([.only([names[0]], of: "tallies")], ["tally.added.v1"]),
            (
                [.only([names[0]], of: "tallies"), .only([names[2]], of: "tallies")],
                ["tally.added.v1", "tally.closed.v1"]
            ),
            (
                [.only([names[1]], of: "tallies"), .all(of: "tallies")],
                Set(names.map(\.text))
            ),
        ]
        history(logs)
        for (follows, types) in parts {
            let rows = try filled(Types(follows: follows), logs)[0]
            #expect(Set(rows.compactMap { $0[0].text }) == types)
        }
    }

    @Test func `of a name that is not declared any more is removed`() throws {
        history(logs, count: 5)
        try projector().rest()
        try projector([Sums()]).rest()
        #expect(throws: ViewFailure.notReady) { try MemoryViews(disk).rows(of: Journal()) }
        #expect(try MemoryViews(disk).open(isErasing: false).count == 1)
    }

    @Test func `reads each frame once for all that follow it`() throws {
        history(logs, count: 200)
        try projector([Sums(), Journal()], batch: 50).rest()
        let both = logs.reads
        _ = try filled(Journal(), logs) {
            $0.batchMax = 50
            $0.fetchMax = 5
        }
        // While they are filled, each has windows of its own.
        #expect(logs.reads - both < both)
        let projector = try projector([Sums(), Journal()], batch: 50)
        try projector.rest()
        let before = logs.reads
        history(logs, count: 4, from: 200)
        try projector.rest()
        #expect(logs.reads - before <= 12)
    }
}

/// Counts facts by their type.
private struct Types: Projection {
    static let table = ViewTable("types", key: [.text("type")], [.int("facts")])

    let name = "types"
    let version = 1
    let tables = [Types.table]
    let follows: [FollowedFacts]

    func project(_ envelope: Envelope, into changes: ViewChanges) throws {
        try changes.increment(
            Self.table, [.text(envelope.fact.wireName.text)], Self.table["facts"])
    }
}

@Suite struct `Changes of rows` {
    private let views = MemoryViews()

    private func changes() throws -> (ViewChanges, ViewGeneration) {
        let generation = try views.create(Sums().schema)
        return (ViewChanges(Sums().schema, in: generation, of: views), generation)
    }

    private func write(_ changes: ViewChanges, _ generation: ViewGeneration) throws {
        var batch = ViewBatch(generation)
        batch.changes = changes.collect()
        try views.commit(batch)
        changes.settle()
    }

    @Test func `name columns of their own table`() throws {
        var row = EditedRow([.int(4), .int(5), .int(0), .null, .int(0)], of: Sums.table)
        let (key, before) = (try row[Sums.table["tally"]], try row[Sums.total])
        #expect(key == .int(4) && before == .int(5))
        try row.add(1, to: Sums.total)
        let wide = ViewTable("wide", key: (0..<10).map { .int("c\($0)") })
        // One has the place of a column of this table, the other none.
        for column in [wide["c1"], wide["c9"]] {
            let failure = ChangeFailure.badColumn("wide.\(column.name)")
            let bad: [(inout EditedRow) throws -> Void] = [
                { _ = try $0[column] }, { try $0.add(1, to: column) },
                { try $0.set(column, .int(1)) },
            ]
            for body in bad {
                var spoilt = row
                do {
                    try body(&spoilt)
                    Issue.record("\(column.name) is taken")
                } catch let error as ChangeFailure {
                    #expect(error == failure)
                }
            }
        }
        #expect(row.values[1] == .int(6))
    }

    @Test func `of one row are one change`() throws {
        let (changes, generation) = try changes()
        for amount in 1...5 as ClosedRange<Int64> {
            try changes.increment(Sums.table, [.int(1)], Sums.total, by: amount)
        }
        #expect(changes.collect().map(\.rows.count) == [1])
        try write(changes, generation)
        #expect(changes.collect().isEmpty)
        try changes.increment(Sums.table, [.int(1)], Sums.total)
        let change = try #require(changes.collect().first?.rows.first)
        #expect(change.old?[1] == .int(15) && change.new?[1] == .int(16))
    }

    @Test func `see each other before they are written`() throws {
        let (changes, generation) = try changes()
        #expect(try changes.row(Sums.table, [.int(1)]) == nil)
        #expect(try !changes.update(Sums.table, [.int(1)]) { _ in })
        #expect(try !changes.delete(Sums.table, [.int(1)]))
        try changes.upsert(Sums.table, [.int(1)]) { try $0.set(Sums.name, .text("a")) }
        #expect(try changes.row(Sums.table, [.int(1)])?[3] == .text("a"))
        #expect(try changes.update(Sums.table, [.int(1)]) { try $0.set(Sums.name, .null) })
        #expect(try changes.delete(Sums.table, [.int(1)]))
        #expect(changes.collect().isEmpty)
        try changes.insert(Sums.table, [.int(1), .int(2), .int(3), .null, .int(0)])
        try write(changes, generation)
        #expect(try changes.delete(Sums.table, [.int(1)]))
        try changes.insert(Sums.table, [.int(1), .int(9), .int(3), .null, .int(0)])
        let change = try #require(changes.collect().first?.rows.first)
        #expect(change.old?[1] == .int(2) && change.new?[1] == .int(9))
    }

    @Test func `that insert rows are seen by the first question about one`() throws {
        let (changes, generation) = try changes()
        func row(_ tally: Int64) -> ViewRow { [.int(tally), .int(tally), .int(0), .null, .int(0)] }
        for tally in 1...3 as ClosedRange<Int64> { try changes.insert(Sums.table, row(tally)) }
        try write(changes, generation)
        for tally in 4...5 as ClosedRange<Int64> { try changes.insert(Sums.table, row(tally)) }
        #expect(try changes.row(Sums.table, [.int(5)]) == row(5))
        #expect(try changes.row(Sums.table, [.int(2)]) == row(2))
        try changes.insert(Sums.table, row(6))
        #expect(throws: ChangeFailure.rowExists("sums")) {
            try changes.insert(Sums.table, row(4))
        }
        #expect(changes.collect().flatMap(\.rows).compactMap(\.new) == [row(4), row(5), row(6)])
        try write(changes, generation)
        #expect(changes.collect().isEmpty)
        #expect(try changes.row(Sums.table, [.int(6)]) == row(6))
    }

    /// No question was asked, so that the store finds it out.
    @Test func `that insert a row twice are refused, also before the first question`() throws {
        let row: ViewRow = [.int(1), .int(1), .int(0), .null, .int(0)]
        let (changes, generation) = try changes()
        try changes.insert(Sums.table, row)
        try changes.insert(Sums.table, row)
        #expect(throws: ViewFailure.constraint) { try write(changes, generation) }
        #expect(throws: ChangeFailure.rowExists("sums")) {
            try changes.row(Sums.table, [.int(2)])
        }
        changes.forget()
        #expect(changes.collect().isEmpty)
    }

    @Test func `that are forgotten leave what is stored`() throws {
        let (changes, generation) = try changes()
        try changes.increment(Sums.table, [.int(1)], Sums.total, by: 4)
        try write(changes, generation)
        try changes.increment(Sums.table, [.int(1)], Sums.total, by: 4)
        changes.forget()
        #expect(changes.collect().isEmpty)
        #expect(try changes.row(Sums.table, [.int(1)])?[1] == .int(4))
    }

    @Test func `that do not fit are refused`() throws {
        let (changes, _) = try changes()
        let key: ViewKey = [.int(1)]
        try changes.insert(Sums.table, [.int(1), .int(.max), .int(0), .null, .int(0)])
        #expect(try changes.row(Sums.table, key)?[1] == .int(.max))
        let bad: [() throws -> Void] = [
            { try changes.insert(Sums.table, [.int(1), .int(1), .int(0), .null, .int(0)]) },
            { try changes.insert(Sums.table, [.int(2), .int(1)]) },
            { try changes.insert(Sums.table, [.int(2), .null, .int(0), .null, .int(0)]) },
            { try changes.upsert(Sums.table, [.text("1")]) { _ in } },
            { try changes.upsert(Sums.table, [.int(1), .int(1)]) { _ in } },
            { try changes.upsert(Sums.table, key) { try $0.set(Sums.total, .text("1")) } },
            { try changes.upsert(Sums.table, key) { try $0.set(Sums.table["tally"], .int(2)) } },
            { try changes.upsert(Sums.table, key) { try $0.set(Journal.facts["type"], .int(2)) } },
            { try changes.increment(Sums.table, key, Sums.total) },
            { try changes.insert(Journal.open, [.int(1)]) },
        ]
        for (index, body) in bad.enumerated() {
            #expect(throws: ChangeFailure.self, "\(index)") { try body() }
        }
        #expect(try changes.row(Sums.table, key)?[1] == .int(.max))
    }

    @Test func `of many rows keep few of them in memory, and lose none`() throws {
        let (changes, generation) = try changes()
        for round in 0..<3 as Range<Int64> {
            for start in stride(from: Int64(0), to: 25_000, by: 5_000) {
                for tally in start..<start + 5_000 {
                    try changes.increment(Sums.table, [.int(tally)], Sums.total, by: round + 1)
                }
                try write(changes, generation)
            }
        }
        for tally in [0, 1, 12_345, 24_999] as [Int64] {
            #expect(try views.row([.int(tally)], in: Sums.table, of: generation)?[1] == .int(6))
        }
    }
}
