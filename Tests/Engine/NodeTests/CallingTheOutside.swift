// SPDX-License-Identifier: Apache-2.0
/// A call to the outside starts only for an attempt that a commit has recorded, and once for each.

import Kernel
import Ports
import Testing

@testable import NodeEngine

@Suite struct `A call to the outside` {
    private func calls(_ turn: Turn) -> [Meters.Call] {
        turn.effects.compactMap { $0.effect as? Meters.Call }
    }

    @Test func `starts after its commit`() throws {
        let bench = try Bench()
        let turn = bench.turn([.submission(bench.submission(.call(.meter(1))))])
        #expect(calls(turn) == [Meters.Call(key: .meter(1), attempt: 1)])
        #expect(turn.effects.map(\.runner) == [0])
        #expect(turn.effects.map(\.isRetry) == [false])
        #expect(calls(bench.turn()) == [])
    }

    @Test func `never starts for a commit that was refused, and then once`() throws {
        let bench = try Bench()
        bench.store.moods = [.refusing(.full), .refusing(.busy)]
        for _ in 0..<2 {
            #expect(calls(bench.turn([.submission(bench.submission(.call(.meter(1))))])) == [])
        }
        let turn = bench.turn([.submission(bench.submission(.call(.meter(1))))])
        #expect(calls(turn) == [Meters.Call(key: .meter(1), attempt: 1)])
    }

    @Test func `is not made when it was settled in the same batch`() throws {
        let bench = try Bench()
        let turn = bench.turn(
            [.call(.meter(1)), .answer(.meter(1), true), .call(.meter(2)), .close(.meter(2))]
                .map { .submission(bench.submission($0)) })
        #expect(calls(turn) == [])
    }

    @Test func `is tried again as another attempt when its time is up`() throws {
        let bench = try Bench()
        _ = bench.ask(.call(.meter(1)))
        for attempt in 2...4 as ClosedRange<Int64> {
            bench.pass(.seconds(9))
            #expect(calls(bench.turn()) == [])
            bench.pass(.seconds(1))
            let turn = bench.turn()
            #expect(calls(turn) == [Meters.Call(key: .meter(1), attempt: attempt)])
            // Nobody has failed: whoever was to hear the answer did not.
            #expect(turn.effects.map(\.isRetry) == [false])
        }
        _ = bench.ask(.answer(.meter(1), true))
        bench.pass(.hours(1))
        #expect(calls(bench.turn()) == [])
    }

    @Test(arguments: [false, true])
    func `in flight at a death is resumed as a new attempt, once`(_ isResting: Bool) throws {
        let bench = try Bench()
        _ = bench.ask(.call(.meter(1)), .call(.pool(2)), .remind(.meter(3), at: bench.now))
        _ = bench.ask(.call(.meter(4)), .answer(.meter(4), true))
        if isResting { bench.rest() }
        try bench.restart()
        let turn = bench.turn()
        #expect(Set(calls(turn).map { "\($0.key) \($0.attempt)" }) == ["meter-1 2", "pool-2 2"])
        for _ in 0..<3 { #expect(calls(bench.turn()) == []) }
        // Another death, another attempt.
        try bench.restart()
        #expect(calls(bench.turn()).map(\.attempt) == [3, 3])
    }

    @Test func `is resumed once though it also fell due meanwhile`() throws {
        let bench = try Bench()
        _ = bench.ask(.call(.meter(1)))
        bench.pass(.minutes(5))
        try bench.restart()
        #expect(calls(bench.turn()).map(\.attempt) == [2])
        #expect(calls(bench.turn()) == [])
        #expect(try bench.meterEvents.count == 2)
    }

    @Test func `is resumed in batches, before anything else`() throws {
        var limits = NodeLimits()
        limits.dueMax = 4
        let bench = try Bench(nodes: limits)
        bench.turn((0..<10).map { number in
            .submission(bench.submission(.call(.meter(UInt16(number)))))
        })
        try bench.restart()
        var attempts = 0
        for expected in [4, 4, 2, 0] {
            #expect(bench.node.nextDue.map { $0 <= bench.now } == (attempts < 10))
            let turn = bench.turn()
            #expect(calls(turn).count == expected)
            attempts += expected
        }
        #expect(try bench.meterEvents.count == 20)
    }

    @Test func `is resumed later when its commit is refused`() throws {
        let bench = try Bench()
        _ = bench.ask(.call(.meter(1)), .call(.meter(2)))
        try bench.restart()
        bench.store.moods = [.refusing(.full)]
        #expect(calls(bench.turn()) == [])
        // An answer that came in the meantime ends it.
        _ = bench.ask(.answer(.meter(2), true))
        bench.pass(.seconds(2))
        #expect(calls(bench.turn()) == [Meters.Call(key: .meter(1), attempt: 2)])
        #expect(calls(bench.turn()) == [])
    }

    @Test func `survives that the caller's entity leaves memory`() throws {
        var limits = ServiceRunnerLimits()
        limits.cachedEntities = 2
        let bench = try Bench(runners: limits)
        _ = bench.ask(.call(.meter(1)))
        for number in 10..<20 as Range<UInt16> {
            _ = bench.ask(.add(.meter(number), 1))
            bench.rest()
        }
        #expect(bench.meterRunner.entities[.meter(1)] == nil)
        // It is looked at again, and nothing is started for it again.
        #expect(calls(bench.turn([.submission(bench.submission(.look(.meter(1))))])) == [])
        #expect(calls(bench.turn([.submission(bench.submission(.add(.meter(1), 1)))])) == [])
        bench.pass(.seconds(10))
        #expect(calls(bench.turn()) == [Meters.Call(key: .meter(1), attempt: 2)])
    }
}
