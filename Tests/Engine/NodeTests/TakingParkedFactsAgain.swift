// SPDX-License-Identifier: Apache-2.0
/// What an operator released is taken again before anything later, in the order in which it was
/// parked, and once, whatever happens in between.

import Kernel
import MemoryAdapter
import Ports
import Testing

@testable import NodeEngine

/// A fact of an older house, which knows none of the meters' events.
private struct OlderMeterEvent: WireEvent {
    static let names = [WireName(1, "meter.seen.v1")]
    var wireName: WireName { Self.names[0] }
    var correlation: String? { nil }
    func write(to writer: inout WireWriter) {}
    static func read(
        _ name: WireName, from reader: inout WireReader
    ) throws(WireError) -> OlderMeterEvent { OlderMeterEvent() }
}

extension Pair {
    /// The target knows the source's events, or is of a time before them.
    func age(_ isOld: Bool) {
        let old = LogCodec(
            service: "meters", event: OlderMeterEvent.self, key: MeterKey.self,
            keyText: { "\($0)" })
        target.remote = [RemoteLog(name: Bench.meters, codec: isOld ? old : Self.codec)]
    }

    /// Everything that was parked is released, as `orderhouse parked retry` does it.
    @discardableResult
    func release() throws -> Int { try Parking.release(in: MemoryStore(target.disk)).facts }

    var parked: [ParkedItem] {
        get throws {
            try target.store.rows(Parking.table).map { try ParkedItem(value: $0.value) }
                .sorted { $0.number < $1.number }
        }
    }

    /// A pair whose target could not read the first `count` additions, two meters in turn.
    static func puzzled(by count: Int64) throws -> Pair {
        let pair = try Pair()
        pair.age(true)
        try pair.target.restart()
        for amount in 1...count {
            _ = pair.source.ask(.add(.meter(UInt16(amount % 2)), amount))
        }
        pair.hear(try pair.news())
        #expect(try pair.parked.map(\.position) == Array(1...count))
        #expect(try pair.heard == [])
        return pair
    }
}

extension Bench {
    /// Meters and echoes that have set aside the first addition to meter 1, and the one behind.
    static func poisoned() throws -> (bench: Bench, poison: InputID) {
        let first = try Bench(.withEchoes)
        _ = first.ask(.add(.meter(1), 1))
        let poison = try #require(first.note.begun.last)
        // The same fact once more, on a disk that has not handled it.
        let fresh = try Bench()
        _ = fresh.ask(.add(.meter(1), 1), .add(.meter(1), 2), .add(.meter(2), 3))
        let bench = try Bench(.withEchoes, disk: fresh.disk)
        for _ in 0..<3 { try bench.restart(leaving: poison) }
        bench.rest()
        #expect(try bench.echoed == [3])
        return (bench, poison)
    }

    var echoed: [Int64] {
        get throws { try events(Bench.echoes, EchoEvent.self).map(\.amount) }
    }
}

@Suite struct `A parked fact` {
    @Test func `is taken again after an upgrade that can read it`() throws {
        let pair = try Pair.puzzled(by: 4)
        #expect(
            try pair.parked.map(\.reason) == [
                "unknown-version", "unknown-version", "behind-parked", "behind-parked",
            ])
        pair.age(false)
        try pair.target.restart()
        pair.target.rest()
        #expect(try pair.heard == [], "nobody released it")
        #expect(try pair.release() == 4)
        try pair.target.restart()
        #expect(pair.target.runner(Echoes.self).parking.count == 4)
        #expect(pair.target.node.hasBacklog)
        pair.target.rest()
        #expect(try pair.heard == [1, 2, 3, 4])
        #expect(try pair.parked.isEmpty)
        #expect(pair.target.runner(Echoes.self).parking.count == 0)
        #expect(pair.target.runner(Echoes.self).parking.keys.isEmpty)
        let causes = try pair.target.records(Bench.echoes).map(\.cause)
        #expect(causes == (1...4).map { .fact(Bench.meters, $0) })
        try pair.target.restart()
        pair.target.rest()
        #expect(try pair.heard == [1, 2, 3, 4])
    }

    @Test func `comes before the facts that are heard meanwhile`() throws {
        let pair = try Pair.puzzled(by: 4)
        pair.age(false)
        pair.target.nodeLimits.dueMax = 3
        try pair.release()
        try pair.target.restart()
        _ = pair.source.ask(.add(.meter(1), 5), .add(.meter(9), 6))
        let news = try pair.news()
        // While something is released, what is new has to come again.
        let first = pair.hear(news)
        #expect(try pair.heard == [1, 2, 3])
        #expect(first.hasMore && first.gaps.count == 2)
        let second = pair.hear(news)
        #expect(try pair.heard == [1, 2, 3, 4])
        try pair.fill(second)
        #expect(try pair.heard == [1, 2, 3, 4, 5, 6])
    }

    @Test func `that still can't be read stays, with all that is behind it`() throws {
        let pair = try Pair.puzzled(by: 4)
        try pair.release()
        try pair.target.restart()
        pair.target.rest()
        #expect(try pair.heard == [])
        #expect(
            try pair.parked.map(\.reason) == [
                "unknown-version", "unknown-version", "behind-parked", "behind-parked",
            ])
        #expect(try pair.parked.map(\.position) == [1, 2, 3, 4])
        #expect(pair.target.runner(Echoes.self).parking.count == 4)
        // The next facts of these meters wait, too; those of others do not.
        pair.age(false)
        try pair.target.restart()
        _ = pair.source.ask(.add(.meter(1), 5), .add(.meter(9), 6))
        pair.hear(try pair.news())
        #expect(try pair.heard == [6])
        #expect(try pair.release() == 5)
        try pair.target.restart()
        pair.target.rest()
        #expect(try pair.heard == [6, 1, 2, 3, 4, 5])
    }

    @Test func `in a commit that fails is still there, and comes once`() throws {
        for mood in [
            MoodyStore.Mood.refusing(.full), .silent(isKept: true), .silent(isKept: false),
        ] {
            let pair = try Pair.puzzled(by: 4)
            pair.age(false)
            try pair.release()
            try pair.target.restart()
            pair.target.store.moods = [mood]
            pair.target.turn()
            let isKept = mood == .silent(isKept: true)
            #expect(try pair.heard == (isKept ? [1, 2, 3, 4] : []))
            #expect(pair.target.runner(Echoes.self).parking.count == (isKept ? 0 : 4))
            pair.target.rest()
            #expect(try pair.heard == [1, 2, 3, 4])
            #expect(try pair.parked.isEmpty)
        }
    }

    @Test func `parked again by a commit that nobody answered keeps its place`() throws {
        let pair = try Pair.puzzled(by: 4)
        try pair.release()
        try pair.target.restart()
        pair.target.store.moods = [.silent(isKept: true)]
        pair.target.turn()
        pair.target.rest()
        _ = pair.source.ask(.add(.meter(1), 5))
        pair.hear(try pair.news())
        #expect(try pair.parked.map(\.position) == [1, 2, 3, 4, 5])
        #expect(try pair.parked.map(\.reason).last == "behind-parked")
        pair.age(false)
        try pair.release()
        try pair.target.restart()
        pair.target.rest()
        #expect(try pair.heard == [1, 2, 3, 4, 5])
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `comes once and in order through any deaths and refusals`(_ seed: UInt64) throws {
        var draws = Draws(seed: seed)
        let pair = try Pair.puzzled(by: 12)
        try pair.release()
        for step in 0..<60 {
            // An upgrade comes at some time, and with it another release.
            if step == 15 { pair.age(false) }
            let isReleased = step == 15 || draws.hits(8)
            if isReleased { try pair.release() }
            pair.target.nodeLimits.dueMax = 1 + draws.below(4)
            if isReleased || draws.hits(30) { try pair.target.restart() }
            if draws.hits(30) { pair.target.store.moods = [.refusing(.busy)] }
            if draws.hits(20) { pair.target.store.moods = [.silent(isKept: draws.hits(50))] }
            pair.target.turn()
            pair.target.store.moods = []
        }
        try pair.release()
        try pair.target.restart()
        pair.target.rest()
        let heard = try pair.heard
        #expect(heard.sorted() == Array(1...12))
        #expect(heard.filter { $0 % 2 == 1 } == [1, 3, 5, 7, 9, 11])
        #expect(heard.filter { $0 % 2 == 0 } == [2, 4, 6, 8, 10, 12])
        #expect(try pair.parked.isEmpty)
    }

    @Test func `that ended the process is tried again, and parked again if it still does`() throws {
        let (bench, poison) = try Bench.poisoned()
        for _ in 0..<2 {
            #expect(try Parking.release(in: MemoryStore(bench.disk)) == (2, 1))
            for _ in 0..<3 { try bench.restart(leaving: poison) }
            bench.rest()
            #expect(try bench.echoed == [3])
            let parked = try bench.store.rows(Parking.table)
                .map { try ParkedItem(value: $0.value) }
            #expect(parked.map(\.reason) == ["poison", "behind-parked"])
        }
        _ = try Parking.release(in: MemoryStore(bench.disk))
        // Two deaths are not too many.
        for _ in 0..<2 { try bench.restart(leaving: poison) }
        _ = bench.ask(.add(.meter(1), 4))
        bench.rest()
        #expect(try bench.echoed == [3, 1, 2, 4])
    }

    @Test func `comes before the facts of its own node, too`() throws {
        let (bench, _) = try Bench.poisoned()
        _ = try Parking.release(in: MemoryStore(bench.disk))
        bench.nodeLimits.dueMax = 1
        try bench.restart()
        // Commands are answered all the while.
        #expect(bench.ask(.add(.meter(1), 4)).first??.text == "value 7")
        #expect(try bench.echoed == [3, 1])
        #expect(bench.ask(.add(.meter(1), 5)).first??.text == "value 12")
        #expect(try bench.echoed == [3, 1, 2])
        bench.rest()
        #expect(try bench.echoed == [3, 1, 2, 4, 5])
    }

    @Test func `that fails for want of a row holds up no command`() throws {
        let (bench, _) = try Bench.poisoned()
        bench.rest()
        // The echo of the second meter has a row; now a fact of it is parked and can't be loaded.
        try bench.restart()
        let row = try #require(try bench.store.rows("echo_0").first)
        var item = try ParkedItem(value: try #require(bench.store.rows(Parking.table).first).value)
        item = ParkedItem(
            consumer: item.consumer, source: item.source, position: 3, name: item.name,
            payload: Array(#"{"table":0,"number":2,"amount":9,"hops":0}"#.utf8),
            provenance: item.provenance, reason: "poison", entity: RowKey("echo_0", row.key))
        var batch = Batch(epoch: bench.node.epoch)
        batch.rows.append(RowChange(table: Parking.table, key: item.rowKey, value: item.value))
        #expect(bench.store.commit(batch) == .committed)
        _ = try Parking.release(in: MemoryStore(bench.disk))
        try bench.restart()
        bench.store.unreadable = [row.key]
        for amount in 4...6 as ClosedRange<Int64> {
            let turn = bench.turn([.submission(bench.submission(.add(.meter(9), amount)))])
            #expect(turn.failure != nil)
            #expect(turn.replies.map(\.1.status) == [200])
        }
        #expect(try bench.echoed == [3])
        bench.store.unreadable = []
        bench.rest()
        #expect(try bench.echoed.sorted() == [1, 2, 3, 4, 5, 6, 9])
        #expect(try bench.store.rows(Parking.table).isEmpty)
    }

    @Test func `of a source that nobody knows any more stays parked`() throws {
        let pair = try Pair.puzzled(by: 1)
        pair.target.remote = []
        try pair.release()
        try pair.target.restart()
        pair.target.rest()
        #expect(try pair.parked.map(\.reason) == ["unknown-source"])
    }
}

@Suite struct `A poison command that is released` {
    @Test func `runs when it is sent again`() throws {
        let bench = try Bench()
        let bad = bench.submission(.add(.meter(1), 1), key: "bad").request?.identity
        for _ in 0..<3 { try bench.restart(leaving: bad) }
        #expect(bench.ask(.add(.meter(1), 1), key: "bad") == EngineProblem.parked.reply())
        #expect(try Parking.release(in: MemoryStore(bench.disk)) == (0, 1))
        try bench.restart()
        #expect(bench.ask(.add(.meter(1), 1), key: "bad")?.status == 200)
        #expect(try Parking.release(in: MemoryStore(bench.disk)) == (0, 0))
    }
}
