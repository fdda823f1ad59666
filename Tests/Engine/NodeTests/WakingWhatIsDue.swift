// SPDX-License-Identifier: Apache-2.0
/// Entities are woken when their moment has come: once, not too early, in memory or not, before
/// and after a restart.

import Kernel
import Ports
import Testing

@testable import NodeEngine

@Suite struct `What is due` {
    @Test func `is woken at its moment and not before`() throws {
        let bench = try Bench()
        let at = bench.now.advanced(by: .seconds(60))
        _ = bench.ask(.remind(.meter(1), at: at))
        #expect(bench.node.nextDue == at)
        for _ in 0..<3 {
            bench.turn()
            #expect(try bench.meter(.meter(1)).rings == 0)
            bench.pass(.milliseconds(19_999))
        }
        bench.turn()
        #expect(try bench.meter(.meter(1)).rings == 0)
        bench.pass(.milliseconds(3))
        bench.turn()
        #expect(try bench.meter(.meter(1)).rings == 1)
        #expect(bench.node.nextDue == nil)
    }

    @Test func `can be put off, brought forward and called off`() throws {
        let bench = try Bench()
        func at(_ seconds: Int64) -> Timestamp { Bench.noon.advanced(by: .seconds(seconds)) }
        _ = bench.ask(.remind(.meter(1), at: at(10)), .remind(.meter(2), at: at(20)))
        _ = bench.ask(.remind(.meter(1), at: at(30)))
        #expect(bench.node.nextDue == at(20))
        _ = bench.ask(.remind(.meter(1), at: at(5)), .close(.meter(2)))
        #expect(bench.node.nextDue == at(5))
        bench.now = at(100)
        bench.turn()
        #expect(try bench.meter(.meter(1)).rings == 1)
        #expect(try bench.meter(.meter(2)).rings == 0)
        #expect(bench.meterRunner.timers.count == 0)
    }

    @Test func `is woken though it left memory`() throws {
        var limits = ServiceRunnerLimits()
        limits.cachedEntities = 3
        let bench = try Bench(runners: limits)
        for number in 0..<20 as Range<UInt16> {
            let at = bench.now.advanced(by: .seconds(Int64(number)))
            _ = bench.ask(.remind(.meter(number), at: at))
        }
        bench.rest()
        bench.turn()
        #expect(bench.meterRunner.entities.count <= 3)
        #expect(bench.meterRunner.timers.count >= 17)
        bench.pass(.seconds(60))
        bench.rest()
        for number in 0..<20 as Range<UInt16> {
            #expect(try bench.meter(.meter(number)).rings == 1)
        }
    }

    @Test func `comes in batches when there is much of it`() throws {
        var limits = NodeLimits()
        limits.dueMax = 10
        let bench = try Bench(nodes: limits)
        bench.turn((0..<35).map { number in
            .submission(bench.submission(.remind(.meter(UInt16(number)), at: bench.now)))
        })
        let turns = [bench.turn(), bench.turn(), bench.turn(), bench.turn(), bench.turn()]
        #expect(turns.map(\.events) == [10, 10, 10, 5, 0])
        #expect(turns.map(\.hasMore) == [true, true, true, false, false])
    }

    /// Or two processes would wake what is due at one moment in different orders.
    @Test func `stands in the order of the log after a restart`() throws {
        let bench = try Bench()
        let at = bench.now.advanced(by: .seconds(60))
        let meters = (0..<64 as Range<UInt16>).map { MeterKey.meter($0 &* 37 % 64) }
        for meter in meters { _ = bench.ask(.remind(meter, at: at)) }
        try bench.restart()
        #expect(bench.meterRunner.timers.entries.map(\.key) == meters)
    }

    @Test func `and is set aside is not woken again before its state changes`() throws {
        let bench = try Bench()
        _ = bench.ask(.remind(.meter(1), at: bench.now), .remind(.meter(2), at: bench.now))
        bench.turn()
        let wakes = bench.note.begun
        #expect(wakes.count == 2)
        bench.meterRunner.parking.deaths[wakes[0]] = 3
        _ = bench.ask(.remind(.meter(1), at: bench.now), .remind(.meter(2), at: bench.now))
        let turn = bench.turn()
        #expect(turn.events == 1 && !turn.hasMore)
        #expect(turn.nextDue == nil)
        bench.pass(.seconds(60))
        #expect(bench.turn().events == 0)
        // As a start does after an operator released it.
        bench.meterRunner.parking.deaths = [:]
        _ = bench.ask(.remind(.meter(1), at: bench.now))
        #expect(bench.turn().events == 1)
    }

    @Test func `and does not move is woken again, but not at once`() throws {
        let bench = try Bench()
        let at = bench.now.advanced(by: .seconds(60))
        _ = bench.ask(.remind(.meter(1), at: at))
        bench.pass(.seconds(90))
        let timer = try #require(bench.meterRunner.timers.first)
        bench.meterRunner.timers.remove(timer)
        bench.meterRunner.rewake(.meter(1), now: bench.now)
        #expect(bench.node.nextDue == bench.now.advanced(by: .seconds(1)))
    }

    @Test func `after a restart is what was due before it`() throws {
        for isResting in [false, true] {
            let bench = try Bench()
            let at = bench.now.advanced(by: .seconds(60))
            _ = bench.ask(.remind(.meter(1), at: at), .remind(.pool(2), at: bench.now))
            if isResting { bench.rest() }
            try bench.restart()
            bench.turn()
            #expect(try bench.meter(.meter(1)).rings == 0)
            #expect(try bench.meter(.pool(2)).rings == 1)
            #expect(bench.node.nextDue == at)
            bench.now = at
            bench.turn()
            #expect(try bench.meter(.meter(1)).rings == 1)
        }
    }
}

@Suite struct `Timers` {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `come out in order, wherever they were moved`(_ seed: UInt64) {
        var draws = Draws(seed: seed)
        var heap = TimerHeap<MeterKey>()
        var timers: [NodeEngine.Timer<MeterKey>] = []
        for step in 0..<400 {
            let due = Timestamp(milliseconds: Int64(draws.below(50)))
            switch draws.below(4) {
            case 0 where !timers.isEmpty:
                heap.move(timers[draws.below(timers.count)], to: due)
            case 1 where !timers.isEmpty:
                let timer = timers.remove(at: draws.below(timers.count))
                heap.remove(timer)
                #expect(!timer.isScheduled)
                heap.remove(timer)
            default:
                let timer = NodeEngine.Timer(MeterKey.meter(UInt16(step)), due: due)
                timers.append(timer)
                heap.insert(timer)
            }
            #expect(heap.count == timers.count)
            #expect(heap.first?.due == timers.map(\.due).min())
            #expect(!timers.contains { !$0.isScheduled })
        }
        var last = Timestamp(milliseconds: .min)
        while let first = heap.first {
            #expect(first.due >= last)
            last = first.due
            heap.remove(first)
        }
        #expect(!timers.contains { $0.isScheduled })
    }
}
