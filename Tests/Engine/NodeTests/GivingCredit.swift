// SPDX-License-Identifier: Apache-2.0
/// An attempt is recorded only for a call for which a worker has a slot; what finds none waits, in
/// its order, without an attempt, a fact or a pause.

import Kernel
import Ports
import Testing

@testable import NodeEngine

@Suite struct `Credit for calls` {
    private func calls(_ turn: Turn) -> [Meters.Call] {
        turn.effects.compactMap { $0.effect as? Meters.Call }
    }

    private func keys(_ turn: Turn) -> [UInt16] { calls(turn).map(\.key.number) }

    /// A bench whose worker has told nothing yet.
    private func bench(nodes: NodeLimits = NodeLimits()) throws -> Bench {
        var limits = ServiceRunnerLimits()
        limits.callsMax = 0
        return try Bench(runners: limits, nodes: nodes)
    }

    private func slots(
        _ limit: Int, ended: Int = 0, retries: Int = 0
    ) -> Input {
        .slots(
            SlotReport(
                runner: 0, operation: 0, ended: ended, endedRetries: retries, limit: limit,
                retryLimit: limit == 0 ? 0 : max(1, limit / 2)))
    }

    private func ask(_ bench: Bench, _ commands: MeterCommand...) -> Turn {
        bench.turn(commands.map { .submission(bench.submission($0)) })
    }

    @Test func `is needed for an attempt`() throws {
        let bench = try bench()
        #expect(calls(ask(bench, .call(.meter(1)), .call(.meter(2)), .call(.meter(3)))) == [])
        let owed = try bench.meter(.meter(1))
        #expect(owed.owes && !owed.attempts.isInFlight && owed.attempts.number == 0)
        for _ in 0..<3 {
            bench.pass(.minutes(10))
            #expect(calls(bench.turn()) == [])
        }
        #expect(try bench.meterEvents.count == 3, "no fact follows from waiting")
        #expect(bench.node.nextDue == nil, "and nothing wakes the node for it")
        let turn = bench.turn([slots(2)])
        #expect(keys(turn) == [1, 2])
        #expect(calls(turn).map(\.attempt) == [1, 1])
        #expect(turn.effects.map(\.isRetry) == [false, false])
        #expect(keys(bench.turn([slots(2, ended: 1)])) == [3])
        #expect(keys(bench.turn([slots(2, ended: 2)])) == [])
    }

    @Test func `is used at once where there is some`() throws {
        let bench = try bench()
        bench.turn([slots(2)])
        let turn = ask(bench, .call(.meter(1)), .call(.meter(2)), .call(.meter(3)))
        #expect(keys(turn) == [1, 2])
        #expect(try bench.meterEvents.count == 3)
        #expect(keys(bench.turn([slots(2, ended: 1)])) == [3])
    }

    /// Else those who wait could be overtaken for ever.
    @Test func `goes to those who wait before it goes to new calls`() throws {
        let bench = try bench()
        _ = ask(bench, .call(.meter(1)), .call(.meter(2)))
        bench.turn()
        let turn = bench.turn([slots(1), .submission(bench.submission(.call(.meter(9))))])
        #expect(keys(turn) == [1])
        bench.turn()
        #expect(keys(bench.turn([slots(1, ended: 1)])) == [2])
        #expect(keys(bench.turn([slots(1, ended: 1)])) == [9])
    }

    @Test func `comes back when a batch came to nothing`() throws {
        let bench = try bench()
        bench.turn([slots(1)])
        bench.store.moods = [.refusing(.full)]
        #expect(calls(ask(bench, .call(.meter(1)))) == [])
        #expect(keys(ask(bench, .call(.meter(2)))) == [2])
        #expect(calls(ask(bench, .call(.meter(3)))) == [])
    }

    @Test func `comes back when the call was settled before it left`() throws {
        let bench = try bench()
        bench.turn([slots(1)])
        #expect(calls(ask(bench, .call(.meter(1)), .answer(.meter(1), true))) == [])
        #expect(keys(ask(bench, .call(.meter(2)))) == [2])
    }

    /// Reports are counted once, whatever becomes of the batch that brought them.
    @Test func `is counted once when the batch is run again`() throws {
        let bench = try bench()
        bench.turn([slots(1)])
        #expect(keys(ask(bench, .call(.meter(1)))) == [1])
        _ = ask(bench, .call(.meter(2)), .call(.meter(3)))
        _ = ask(bench, .add(.pool(9), 1))
        bench.rest()
        bench.store.unreadable = [MeterKey.pool(7).bytes]
        let turn = bench.turn(
            [slots(1, ended: 1), .submission(bench.submission(.look(.pool(7))))])
        #expect(turn.failure != nil)
        bench.turn()
        bench.turn()
        #expect(bench.meterRunner.slots[0].underWay == 1)
        #expect(bench.meterRunner.owedCalls(at: bench.now).map(\.count) == [2])
    }

    @Test func `is taken back while the outside is down`() throws {
        let bench = try bench()
        bench.turn([slots(5)])
        #expect(keys(ask(bench, .call(.meter(1)), .call(.meter(2)))) == [1, 2])
        bench.turn([slots(0)])
        #expect(calls(ask(bench, .call(.meter(3)))) == [])
        bench.turn()
        #expect(calls(bench.turn([slots(0, ended: 2)])) == [])
        #expect(keys(bench.turn([slots(1)])) == [3], "a probe")
    }

    /// Keys that fail again and again never hold up the others.
    @Test func `is never more than half for retries`() throws {
        let bench = try bench()
        bench.turn([slots(8)])
        bench.turn((0..<8).map { .submission(bench.submission(.call(.meter($0)))) })
        bench.turn(
            (0..<8).map {
                .submission(bench.submission(.answer(.meter($0), false), isAsked: false))
            })
        bench.pass(.seconds(10))
        let again = bench.turn([slots(8, ended: 8)])
        #expect(again.effects.map(\.isRetry) == Array(repeating: true, count: 4))
        #expect(keys(bench.turn([.submission(bench.submission(.call(.meter(50))))])) == [50])
        bench.turn([slots(8, ended: 1)])
        #expect(calls(bench.turn()) == [])
        #expect(calls(bench.turn([slots(8, ended: 4, retries: 4)])).count == 4)
    }

    @Test func `waits over a restart, and what was under way is resumed as no retry`() throws {
        let bench = try bench()
        bench.turn([slots(1)])
        #expect(keys(ask(bench, .call(.meter(1)), .call(.meter(2)), .call(.meter(3)))) == [1])
        try bench.restart()
        #expect(calls(bench.turn()) == [])
        let turn = bench.turn([slots(8)])
        #expect(Set(keys(turn)) == [1, 2, 3])
        #expect(turn.effects.allSatisfy { !$0.isRetry })
        #expect(try bench.meter(.meter(2)).attempts.number == 1)
        #expect(try bench.meter(.meter(1)).attempts.failures == 0)
    }

    @Test func `is waited for though the entity leaves memory`() throws {
        let bench = try bench()
        _ = ask(bench, .call(.meter(1)))
        bench.turn()
        bench.rest()
        bench.meterRunner.entities[.meter(1)].map { bench.meterRunner.drop($0) }
        #expect(keys(bench.turn([slots(1)])) == [1])
    }

    /// Else nothing would ever wake it again.
    @Test(arguments: [false, true])
    func `is waited for again when the entity could not be loaded`(isRestart: Bool) throws {
        let bench = try bench()
        _ = ask(bench, .call(.meter(1)))
        bench.turn()
        bench.rest()
        if isRestart {
            try bench.restart()
            bench.turn()
        }
        bench.meterRunner.entities[.meter(1)].map { bench.meterRunner.drop($0) }
        bench.store.unreadable = [MeterKey.meter(1).bytes]
        #expect(bench.turn([slots(1)]).failure != nil)
        bench.store.unreadable = []
        bench.pass(.seconds(1))
        #expect(keys(bench.turn()) == [1])
    }

    @Test(arguments: [Span.hours(-1), .days(-1_095), .hours(1)], [0, 1])
    func `is used at once though the time was set meanwhile`(shift: Span, failures: Int) throws {
        let bench = try bench()
        if failures > 0 { bench.turn([slots(1)]) }
        _ = ask(bench, .call(.meter(1)))
        if failures > 0 {
            _ = bench.turn([
                slots(0, ended: 1),
                .submission(bench.submission(.answer(.meter(1), false), isAsked: false)),
            ])
            bench.pass(.minutes(1))
        }
        bench.turn()
        bench.pass(shift)
        bench.node.setTime(by: shift, to: bench.now)
        #expect(bench.meterRunner.owedCalls(at: bench.now).map(\.count) == [1])
        bench.store.moods = [.refusing(.full)]
        #expect(calls(bench.turn([slots(1)])) == [])
        bench.pass(.seconds(1))
        #expect(keys(bench.turn()) == [1])
        #expect(try bench.meter(.meter(1)).attempts.number == Int64(failures + 1))
    }

    @Test func `does not resume what has moved on since the restart`() throws {
        let bench = try bench()
        bench.turn([slots(1)])
        #expect(keys(ask(bench, .call(.meter(1)))) == [1])
        try bench.restart()
        bench.turn()
        #expect(bench.meterRunner.toResumeLater == [.meter(1)])
        _ = ask(bench, .answer(.meter(1), true))
        #expect(bench.meterRunner.toResumeLater == [])
        #expect(calls(bench.turn([slots(1)])) == [])
    }

    @Test func `is spent in batches`() throws {
        var limits = NodeLimits()
        limits.dueMax = 3
        let bench = try bench(nodes: limits)
        bench.turn((0..<10).map { .submission(bench.submission(.call(.meter($0)))) })
        for _ in 0..<4 { bench.turn() }
        var turn = bench.turn([slots(100)])
        var made = keys(turn)
        while turn.hasMore {
            turn = bench.turn()
            made += keys(turn)
            #expect(keys(turn).count <= 3)
        }
        #expect(made == Array(0..<10))
    }

    @Test func `shows what is owed, and since when`() throws {
        let bench = try bench()
        _ = ask(bench, .call(.meter(1)))
        let first = bench.now
        bench.pass(.seconds(5))
        _ = ask(bench, .call(.meter(2)), .remind(.meter(3), at: bench.now))
        bench.turn()
        var owed = try #require(bench.meterRunner.owedCalls(at: bench.now).first)
        #expect((owed.operation, owed.count, owed.oldest) == ("call", 2, first))
        bench.turn([slots(1)])
        owed = try #require(bench.meterRunner.owedCalls(at: bench.now).first)
        #expect((owed.count, owed.oldest) == (2, first), "under way is owed, too")
        _ = ask(bench, .answer(.meter(1), true))
        owed = try #require(bench.meterRunner.owedCalls(at: bench.now).first)
        #expect((owed.count, owed.oldest) == (1, first.advanced(by: .seconds(5))))
        try bench.restart()
        owed = try #require(bench.meterRunner.owedCalls(at: bench.now).first)
        #expect((owed.count, owed.oldest) == (1, first.advanced(by: .seconds(5))))
    }
}
