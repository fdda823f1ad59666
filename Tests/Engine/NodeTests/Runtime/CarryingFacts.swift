// SPDX-License-Identifier: Apache-2.0
/// From one node to another, over a bus that loses, repeats and reorders: every fact arrives once
/// and in order, because the log decides.

import FaultyPorts
import Kernel
import MemoryAdapter
import NodeRuntime
import Ports
import Testing

@testable import NodeEngine

@Suite struct `Published facts` {
    @Test func `name the epoch they were written in, and where it began`() throws {
        let pair = try Pair()
        for epoch in 1...4 as ClosedRange<Int64> {
            for amount in 0..<epoch { _ = pair.source.ask(.add(.meter(1), amount)) }
            if epoch < 4 { try pair.source.restart() }
        }
        // 1; 2, 3; 4 ... 6; 7 ... 10.
        let epochs: [Int64] = [1, 2, 2, 3, 3, 3, 4, 4, 4, 4]
        let bases: [Int64] = [0, 1, 1, 3, 3, 3, 6, 6, 6, 6]
        let all = try pair.news()
        #expect(all.map(\.epoch) == epochs)
        #expect(all.map(\.epochBase) == bases)
        #expect(all.map(\.previous) == Array(0...9))
        for after in 0...9 as ClosedRange<Int64> {
            let rest = try pair.logSource.facts(
                of: Bench.meters, partition: 1, after: after, limit: 1)
            #expect(rest == Array(all[Int(after)...]), "after \(after)")
        }
        #expect(pair.publication.beacons(epoch: 4).map(\.epochBase) == [6])
        #expect(pair.publication.beacons(epoch: 5).map(\.epochBase) == [10])
        #expect(pair.publication.beacons(epoch: 5).map(\.position) == [10])
    }

    /// A log of which not all is published yet, and a consumer that has filled a gap beyond that.
    @Test func `do not speak for an epoch of which they know nothing`() throws {
        let pair = try Pair()
        for amount in 1...6 as ClosedRange<Int64> { _ = pair.source.ask(.add(.meter(1), amount)) }
        let reader = MemoryStore(pair.source.disk)
        let portion = try #require(try Pair.publication().next(from: reader, limit: 2))
        let all = try pair.news()
        #expect(portion.after.through < 6 && all.count == 6)
        #expect(pair.hear(all).forks.isEmpty)
        try pair.source.restart()
        let beacons = portion.after.beacons(epoch: nil)
        #expect(beacons.map(\.epoch) == [1] && beacons.map(\.epochBase) == [0])
        #expect(pair.hear(beacons).forks.isEmpty)
        #expect(pair.hear(pair.publication.beacons(epoch: 2)).forks.isEmpty)
        // Said of the whole log, the same would be another history.
        #expect(!pair.hear(portion.after.beacons(epoch: 2)).forks.isEmpty)
    }

    @Test func `come in portions, and again until the bus has taken them`() throws {
        let pair = try Pair()
        for amount in 1...10 as ClosedRange<Int64> { _ = pair.source.ask(.add(.meter(1), amount)) }
        let reader = MemoryStore(pair.source.disk)
        var publication = Pair.publication()
        var positions: [[Int64]] = []
        while let portion = try publication.next(from: reader, limit: 4) {
            // Not taken: the same comes again.
            let again = try #require(try publication.next(from: reader, limit: 4))
            #expect(again.messages == portion.messages)
            positions.append(portion.messages.map(\.position))
            publication = portion.after
        }
        #expect(positions == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10]])
        #expect(publication.through == 10)
    }

    @Test func `go on after a restart where the checkpoint in the store stands`() throws {
        let pair = try Pair()
        for amount in 1...3 as ClosedRange<Int64> { _ = pair.source.ask(.add(.meter(1), amount)) }
        let reader = MemoryStore(pair.source.disk)
        func resumed() throws -> Publication {
            try Publication(resuming: Bench.meters, codec: Pair.codec, from: reader)
        }
        let portion = try #require(try resumed().next(from: reader, limit: 2))
        #expect(portion.messages.map(\.position) == [1, 2])
        #expect(try resumed().through == 0)
        pair.source.turn([.published(Bench.meters, portion.after.checkpoint)])
        try pair.source.restart()
        _ = pair.source.ask(.add(.meter(1), 4))
        let rest = try #require(try resumed().next(from: reader, limit: 9))
        #expect(rest.messages.map(\.position) == [3, 4])
        #expect(rest.messages.map(\.previous) == [2, 3])
        #expect(rest.messages.map(\.epoch) == [1, 2])
        #expect(rest.messages.map(\.epochBase) == [0, 3])
    }

    @Test func `of one partition are found among those of others`() throws {
        let pair = try Pair()
        for number in 0..<100 as Range<UInt16> { _ = pair.source.ask(.add(.meter(number), 1)) }
        let all = try pair.news()
        for partition in 0..<Partitioning.standard.count {
            let own = all.filter { $0.partition == partition }
            #expect(own.count == (partition < 36 ? 2 : 1))
            let read = try pair.logSource.facts(
                of: Bench.meters, partition: partition, after: 0, limit: 1_000)
            #expect(read == own)
            #expect(own.map(\.previous) == [0] + own.dropLast().map(\.position))
        }
        let none = try pair.logSource.facts(of: Bench.echoes, partition: 1, after: 0, limit: 9)
        #expect(none.isEmpty)
    }

    @Test func `tell a fork to whoever followed another history`() throws {
        let pair = try Pair()
        for amount in 1...5 as ClosedRange<Int64> { _ = pair.source.ask(.add(.meter(1), amount)) }
        pair.hear(try pair.news())
        // The source is restored to where it had three facts, and goes on in another way.
        let disk = MemoryStore.Disk()
        let old = MemoryStore(disk)
        var batch = Batch(epoch: try old.open().epoch)
        batch.frames = Array(try pair.source.store.frames(Bench.meters).prefix(3))
        #expect(old.commit(batch) == .committed)
        let restored = try Bench(.meters, disk: disk)
        for number in [2, 2, 1, 1, 1] as [UInt16] { _ = restored.ask(.add(.meter(number), 9)) }
        // However late it is heard of.
        try restored.restart()
        _ = restored.ask(.add(.meter(1), 10))
        let source = StoreLogSource(
            reader: MemoryStore(disk), codecs: [Bench.meters: Pair.codec])
        let facts = try source.facts(of: Bench.meters, partition: 1, after: 5, limit: 100)
        #expect(facts.map(\.position) == [6, 7, 8, 9])
        let turn = pair.hear(facts)
        #expect(turn.forks.count >= 1)
        #expect(try pair.heard == [1, 2, 3, 4, 5])
    }
}

/// Two nodes and what lies between them.
private final class Line: Sendable {
    let source: Hosted
    let target: Hosted
    let bus: any Bus
    let publisher: OutboxPublisher
    let filler: GapFiller

    init(_ bus: any Bus, source: Hosted, target: Hosted) {
        self.bus = bus
        self.source = source
        self.target = target
        let reader = MemoryStore(source.disk)
        var settings = OutboxPublisher.Settings()
        settings.interval = .milliseconds(10)
        settings.batchMax = 7
        let codecs = [Bench.meters: Pair.codec]
        publisher = OutboxPublisher(
            settings: settings, reader: reader, bus: bus, codecs: codecs, host: source.host)
        filler = GapFiller(
            source: StoreLogSource(reader: reader, codecs: codecs), host: target.host)
        source.host.connect { [publisher] in $0.committed = { publisher.wake() } }
        target.host.connect { [filler] in $0.gaps = { filler.fill($0) } }
    }

    static func target() -> Hosted {
        Hosted(.echoesOnly, remote: [RemoteLog(name: Bench.meters, codec: Pair.codec)])
    }

    func run(_ body: @Sendable @escaping () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [publisher] in try await publisher.run() }
            group.addTask { [filler] in try await filler.run() }
            defer { group.cancelAll() }
            try await body()
        }
    }

    var heard: [Int64] {
        get throws { try target.events(Bench.echoes, EchoEvent.self).map(\.amount) }
    }
}

@Suite struct `A publisher` {
    @Test(arguments: 0...3 as ClosedRange<UInt64>)
    func `brings every fact once, over any bus`(_ seed: UInt64) async throws {
        let good = InProcessBus()
        let bus: any Bus = seed == 0 ? good : FaultyBus(good, faults: .wild, seed: seed)
        let target = Line.target()
        bus.subscribe(Bench.meters, partitions: nil) { [host = target.host] messages in
            host.post(messages.map { .message($0) })
        }
        let disk = MemoryStore.Disk()
        try await target.run {
            // The source stops and begins again, with another epoch and another publisher.
            for round in 0..<3 as Range<Int64> {
                let source = Hosted(disk: disk)
                let line = Line(bus, source: source, target: target)
                try await source.run {
                    try await line.run {
                        for number in 0..<60 as Range<Int64> {
                            let amount = round * 60 + number
                            _ = await source.ask(.add(.meter(UInt16(amount % 23)), amount))
                        }
                        guard round == 2 else { return }
                        try await eventually("all is heard") { try line.heard.count >= 180 }
                        try await eventually("all is sent") {
                            line.publisher.views.map(\.ready) == [0]
                        }
                        #expect(line.publisher.views.map(\.sent) == [180])
                    }
                }
            }
        }
        let heard = try target.events(Bench.echoes, EchoEvent.self).map(\.amount)
        #expect(heard.sorted() == Array(0..<180))
        for meter in 0..<23 as Range<Int64> {
            let own = heard.filter { $0 % 23 == meter }
            #expect(own == own.sorted())
        }
        #expect(target.host.snapshot.failure == nil)
    }

    @Test func `moves its checkpoint only when the bus has taken the facts`() async throws {
        var faults = FaultyBus.Faults()
        faults.refuse = 1_000
        let bus = FaultyBus(InProcessBus(), faults: faults, seed: 1)
        let source = Hosted()
        let line = Line(bus, source: source, target: Line.target())
        try await source.run {
            try await line.run {
                _ = await source.ask(.add(.meter(1), 1))
                try await eventually("tries") { (line.publisher.views.first?.attempts ?? 0) >= 3 }
                let view = try #require(line.publisher.views.first)
                #expect(view.sent == 0 && view.ready == 1)
                let key = OutboxCheckpoint.key(Bench.meters)
                #expect(try MemoryStore(source.disk).row(key) == nil)
                bus.heal()
                try await eventually("the mark") {
                    try MemoryStore(source.disk).row(key).map { try OutboxCheckpoint($0).through }
                        == 1
                }
                #expect(line.publisher.views.first?.attempts == 0)
            }
        }
    }

    @Test func `leaves a gap open that the source can't fill, and fills it later`() async throws {
        let target = Line.target()
        let pair = try Pair()
        for amount in 1...4 as ClosedRange<Int64> { _ = pair.source.ask(.add(.meter(1), amount)) }
        let news = try pair.news()
        let gaps = Box<Gap>()
        target.host.connect { $0.gaps = { gaps.add($0) } }
        try await target.run {
            target.host.post([.message(news[3])])
            try await eventually("the gap") { gaps.count == 1 }
            target.host.post([.message(news[3])])
            try await eventually("the same gap") { gaps.count == 2 }
            target.host.post(news.map { .message($0) })
            try await eventually("the facts") {
                try target.events(Bench.echoes, EchoEvent.self).count == 4
            }
        }
        #expect(Set(gaps.all) == [Gap(log: Bench.meters, partition: 1, after: 0)])
    }

    @Test func `does not fetch again what the node has still to take`() async throws {
        let pair = try Pair()
        for amount in 1...9 as ClosedRange<Int64> { _ = pair.source.ask(.add(.meter(1), amount)) }
        let source = CountedSource(pair.logSource)
        let target = Line.target()
        let filler = GapFiller(source: source, host: target.host)
        let gap = { @Sendable in Gap(log: Bench.meters, partition: 1, after: $0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await filler.run() }
            defer { group.cancelAll() }
            // Nobody takes anything yet, and the bus goes on showing that something is missing.
            filler.fill([gap(0)])
            try await eventually("the first fetch") { source.asked == [1] }
            filler.fill([gap(0), gap(3)])
            filler.fill([Gap(log: Bench.meters, partition: 2, after: 0)])
            try await eventually("another partition's") { source.asked.last == 2 }
            #expect(source.asked == [1, 2])
            try await target.run {
                try await eventually("the facts") {
                    try target.events(Bench.echoes, EchoEvent.self).count == 9
                }
                filler.fill([gap(9)])
                try await eventually("the next fetch") { source.asked == [1, 2, 1] }
            }
        }
    }

    @Test func `a fork stops the node that hears it`() async throws {
        let target = Line.target()
        let pair = try Pair()
        for amount in 1...3 as ClosedRange<Int64> { _ = pair.source.ask(.add(.meter(1), amount)) }
        let news = try pair.news()
        let failure = try await target.run {
            target.host.post([.message(news[0]), .message(news[1])])
            target.host.post([.message(news[2].changed(epoch: 7, base: 1))])
            try await eventually("it stops") { target.host.snapshot.failure != nil }
        }
        #expect(failure is NodeStopped)
    }
}

/// Knows which partitions it was asked for.
private final class CountedSource: LogSource {
    private let base: StoreLogSource
    private let partitions = Box<UInt16>()

    init(_ base: StoreLogSource) { self.base = base }

    var asked: [UInt16] { partitions.all }

    func facts(
        of log: LogName, partition: UInt16, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [BusMessage] {
        partitions.add(partition)
        return try base.facts(of: log, partition: partition, after: position, limit: limit)
    }
}
