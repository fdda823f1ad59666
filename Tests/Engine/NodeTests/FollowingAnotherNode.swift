// SPDX-License-Identifier: Apache-2.0
/// A runner follows a log that is written in another node: repeats are dropped, gaps are asked for,
/// and a log that is not the one it followed stops it.

import Kernel
import MemoryAdapter
import NodeRuntime
import Ports
import Testing

@testable import NodeEngine

/// A node with meters, and one with echoes that hears of them over a wire in the test's hands.
final class Pair {
    let source: Bench
    let target: Bench
    var publication: Publication
    static let codec = LogCodec(
        service: "meters", event: MeterEvent.self, key: MeterKey.self, keyText: { "\($0)" })

    init(partitions: Set<UInt16>? = nil) throws {
        source = try Bench(.meters)
        let remote = RemoteLog(name: Bench.meters, codec: Self.codec, partitions: partitions)
        target = try Bench(.echoesOnly, remote: [remote])
        publication = Self.publication()
    }

    static func publication() -> Publication {
        Publication(
            log: Bench.meters, codec: codec, through: 0,
            last: Array(repeating: 0, count: Int(Partitioning.standard.count)))
    }

    /// What the source logged since the last call, as a bus would carry it.
    func news() throws -> [BusMessage] {
        let frames = try source.store.frames(
            of: Bench.meters, after: publication.through, limit: .max)
        return try publication.messages(from: frames)
    }

    @discardableResult
    func hear(_ messages: [BusMessage]) -> Turn { target.turn(messages.map { .message($0) }) }

    var logSource: StoreLogSource {
        StoreLogSource(
            reader: MemoryStore(source.disk), codecs: [Bench.meters: Self.codec])
    }

    /// Answers the gaps of `turn`, and of the turns that follow from that.
    func fill(_ turn: Turn) throws {
        var gaps = turn.gaps
        for _ in 0..<100 where !gaps.isEmpty {
            let facts = try gaps.flatMap { gap in
                try logSource.facts(
                    of: gap.log, partition: gap.partition, after: gap.after, limit: 5)
            }
            gaps = hear(facts).gaps
        }
    }

    var heard: [Int64] {
        get throws { try target.events(Bench.echoes, EchoEvent.self).map(\.amount) }
    }
}

extension BusMessage {
    func changed(
        epoch: Int64? = nil, base: Int64? = nil, position: Int64? = nil, previous: Int64? = nil,
        name: String? = nil, payload: [UInt8]? = nil
    ) -> BusMessage {
        BusMessage(
            log: log, epoch: epoch ?? self.epoch, epochBase: base ?? epochBase,
            partition: partition, position: position ?? self.position,
            previous: previous ?? self.previous, key: key, name: name ?? self.name,
            payload: payload ?? self.payload,
            provenance: provenance
                ?? Provenance(at: Timestamp(milliseconds: 1), cause: .time, trace: nil))
    }
}

@Suite struct `A message from another node` {
    @Test func `says the same as text and as the fact itself`() throws {
        let pair = try Pair()
        for amount in 1...3 as ClosedRange<Int64> { _ = pair.source.ask(.add(.meter(1), amount)) }
        let messages = try pair.news()
        let texts = messages.map { $0.changed() }
        #expect(texts == messages)
        #expect(messages.allSatisfy { $0.fact != nil } && texts.allSatisfy { $0.fact == nil })
        #expect(texts != messages.map { $0.changed(payload: messages[2].payload) })
        pair.hear([messages[0], texts[1], messages[2]])
        #expect(try pair.heard == [1, 2, 3])
    }

    /// It must not be passed over: a runner makes nothing of a type that it does not know.
    @Test func `is set aside when its fact is of another log's type`() throws {
        let pair = try Pair()
        _ = pair.source.ask(.add(.meter(1), 1))
        let own = try #require(try pair.news().first)
        let foreign = BusMessage(
            log: own.log, epoch: own.epoch, epochBase: own.epochBase, partition: own.partition,
            position: own.position, previous: own.previous,
            fact: EchoEvent(meter: .meter(1), amount: 1, hops: 0), stream: [1],
            provenance: Provenance(at: Timestamp(milliseconds: 1), cause: .time, trace: nil))
        #expect(pair.hear([foreign]).gaps.isEmpty)
        #expect(try pair.parked.map(\.reason) == ["unknown-version"])
        #expect(try pair.heard == [])
    }

    @Test func `is news until it is taken`() throws {
        let pair = try Pair()
        for amount in 1...3 as ClosedRange<Int64> { _ = pair.source.ask(.add(.meter(1), amount)) }
        let messages = try pair.news()
        let beacon = try #require(pair.publication.beacons(epoch: 1).first)
        #expect(messages.map(pair.target.node.isNew) == [true, true, true])
        #expect(pair.target.node.isNew(beacon), "something is missing")
        pair.hear(messages)
        #expect(messages.map(pair.target.node.isNew) == [false, false, false])
        #expect(!pair.target.node.isNew(beacon))
    }

    @Test func `is handled once, however often it comes`() throws {
        let pair = try Pair()
        _ = pair.source.ask(.add(.meter(1), 1), .add(.meter(1), 2), .add(.meter(2), 3))
        let messages = try pair.news()
        #expect(messages.map(\.previous) == [0, 1, 0])
        #expect(messages.map(\.key) == ["meter-1", "meter-1", "meter-2"])
        pair.hear(messages)
        #expect(try pair.heard == [1, 2, 3])
        #expect(pair.hear(messages).events == 0)
        try pair.target.restart()
        let turn = pair.hear(messages + messages)
        #expect(turn.events == 0 && turn.gaps.isEmpty && turn.forks.isEmpty)
        #expect(try pair.heard == [1, 2, 3])
        let causes = try pair.target.records(Bench.echoes).map(\.cause)
        #expect(causes == [.fact(Bench.meters, 1), .fact(Bench.meters, 2), .fact(Bench.meters, 3)])
    }

    @Test func `that leads nowhere moves the cursor, too`() throws {
        let pair = try Pair()
        _ = pair.source.ask(.remind(.meter(1), at: pair.source.now), .add(.meter(1), 2))
        let messages = try pair.news()
        #expect(pair.hear([messages[0]]).events == 0)
        try pair.target.restart()
        #expect(pair.hear([messages[1]]).gaps.isEmpty)
        #expect(try pair.heard == [2])
    }

    @Test func `after a gap waits until the gap is filled`() throws {
        let pair = try Pair()
        for amount in 1...9 as ClosedRange<Int64> { _ = pair.source.ask(.add(.meter(1), amount)) }
        let messages = try pair.news()
        pair.hear(Array(messages[..<2]))
        let turn = pair.hear([messages[4], messages[6], messages[5]])
        #expect(turn.gaps == [Gap(log: Bench.meters, partition: 1, after: 2)])
        #expect(try pair.heard == [1, 2])
        try pair.fill(turn)
        #expect(try pair.heard == Array(1...9))
        // A beacon tells of what is missing at the end.
        for amount in 10...12 as ClosedRange<Int64> {
            _ = pair.source.ask(.add(.meter(1), amount))
        }
        _ = try pair.news()
        let beacon = pair.publication.beacons(epoch: 1).filter { $0.partition == 1 }
        let late = pair.hear(beacon)
        #expect(late.gaps == [Gap(log: Bench.meters, partition: 1, after: 9)])
        try pair.fill(late)
        #expect(try pair.heard == Array(1...12))
        #expect(pair.hear(beacon).gaps.isEmpty)
    }

    @Test func `of a partition or a log of others is not heard`() throws {
        let pair = try Pair(partitions: [1])
        _ = pair.source.ask(.add(.meter(1), 1), .add(.meter(2), 2), .add(.meter(65), 3))
        let messages = try pair.news()
        pair.hear(messages)
        #expect(try pair.heard == [1, 3])
        let stranger = BusMessage(
            log: LogName("meters", 1), epoch: 1, epochBase: 0, partition: 1, position: 1,
            previous: 0, key: "k", name: "meter.added.v1", payload: messages[0].payload,
            provenance: Provenance(at: Timestamp(milliseconds: 1), cause: .time, trace: nil))
        let absurd = BusMessage(
            log: Bench.meters, epoch: 1, epochBase: 0, partition: 999, position: 1, previous: 0,
            key: "k", name: "meter.added.v1", payload: messages[0].payload,
            provenance: Provenance(at: Timestamp(milliseconds: 1), cause: .time, trace: nil))
        let turn = pair.hear([stranger, absurd])
        #expect(turn.events == 0 && turn.gaps.isEmpty && turn.forks.isEmpty)
    }

    @Test func `of a refused commit is heard again`() throws {
        let pair = try Pair()
        _ = pair.source.ask(.add(.meter(1), 1), .add(.meter(1), 2))
        let messages = try pair.news()
        pair.target.store.moods = [.refusing(.full)]
        pair.hear(messages)
        #expect(try pair.heard == [])
        let late = pair.hear([messages[1]])
        #expect(late.gaps == [Gap(log: Bench.meters, partition: 1, after: 0)])
        try pair.fill(late)
        #expect(try pair.heard == [1, 2])
    }
}

@Suite struct `Another history` {
    private func pair() throws -> (Pair, [BusMessage]) {
        let pair = try Pair()
        for amount in 1...6 as ClosedRange<Int64> { _ = pair.source.ask(.add(.meter(1), amount)) }
        let messages = try pair.news()
        pair.hear(Array(messages[..<4]))
        return (pair, messages)
    }

    @Test func `shows in an epoch that begins below what was heard`() throws {
        let (pair, messages) = try pair()
        // Restored from a backup that held three: the fourth was heard, and is another now.
        let restored = messages[3].changed(epoch: 9, base: 3, previous: 3)
        #expect(pair.hear([restored]).forks == [Gap(log: Bench.meters, partition: 1, after: 4)])
        let beacon = BusMessage(
            beaconOf: Bench.meters, epoch: 9, epochBase: 3, partition: 1, position: 1)
        #expect(pair.hear([beacon]).forks.count == 1)
        // An epoch that begins at what was heard, or beyond, is the same history.
        let next = messages[4].changed(epoch: 9, base: 4)
        #expect(pair.hear([next]).forks.isEmpty)
        #expect(try pair.heard == [1, 2, 3, 4, 5])
    }

    @Test func `shows in a fact that follows on an older one`() throws {
        let (pair, messages) = try pair()
        let turn = pair.hear([messages[4].changed(previous: 3)])
        #expect(turn.forks == [Gap(log: Bench.meters, partition: 1, after: 4)])
        #expect(try pair.heard == [1, 2, 3, 4])
    }

    @Test func `that has ended says nothing new`() throws {
        let (pair, messages) = try pair()
        pair.hear([messages[4].changed(epoch: 9, base: 4)])
        // Late from before the restore: it would fit, and must not be heard.
        let turn = pair.hear([messages[5]])
        #expect(turn.events == 0 && turn.gaps.isEmpty && turn.forks.isEmpty)
        pair.hear([messages[5].changed(epoch: 9, base: 4)])
        #expect(try pair.heard == [1, 2, 3, 4, 5, 6])
    }
}

@Suite struct `A bus that does its worst` {
    @Test(arguments: 1...15 as ClosedRange<UInt64>)
    func `changes nothing in the end`(_ seed: UInt64) throws {
        let pair = try Pair()
        var draws = Draws(seed: seed)
        var amounts: [UInt16: [Int64]] = [:]
        var wire: [BusMessage] = []
        for amount in 1...200 as ClosedRange<Int64> {
            let meter = UInt16(draws.below(20))
            amounts[meter, default: []].append(amount)
            _ = pair.source.ask(.add(.meter(meter), amount))
            if draws.hits(5) { try pair.source.restart() }
            wire.append(contentsOf: try pair.news())
            // Some messages get lost, some come twice, some come in another order.
            wire.removeAll { _ in draws.hits(10) }
            if draws.hits(20), let some = wire.last { wire.append(some) }
            if wire.count > 1, draws.hits(30) { wire.swapAt(0, draws.below(wire.count)) }
            guard draws.hits(40) else { continue }
            if draws.hits(10) { pair.target.store.moods = [.refusing(.busy)] }
            if draws.hits(10) { try pair.target.restart() }
            let turn = pair.hear(wire)
            #expect(turn.forks.isEmpty)
            wire.removeAll { _ in draws.hits(70) }
            if draws.hits(50) { try pair.fill(turn) }
        }
        pair.target.store.moods = []
        try pair.fill(pair.hear(pair.publication.beacons(epoch: 99)))
        let heard = try pair.heard
        #expect(heard.count == 200)
        for (_, expected) in amounts { #expect(heard.filter(expected.contains) == expected) }
    }
}
