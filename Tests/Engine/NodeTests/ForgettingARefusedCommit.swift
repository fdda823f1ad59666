// SPDX-License-Identifier: Apache-2.0
/// A batch that was refused did not happen: states, positions, cursors, timers and answers are what
/// they were, and the next turn is right.

import Kernel
import Ports
import Testing

@testable import NodeEngine

@Suite struct `A refused commit` {
    @Test(arguments: [
        (CommitOutcome.Refusal.full, EngineProblem.storageFull),
        (.busy, EngineProblem.storageUnavailable), (.conflict, EngineProblem.storageUnavailable),
    ])
    func `tells every caller why`(
        _ refusal: CommitOutcome.Refusal, _ problem: Problem
    ) throws {
        let bench = try Bench()
        bench.store.moods = [.refusing(refusal)]
        let replies = bench.ask(
            .add(.meter(1), 1), .look(.meter(1)), .move(.meter(2), .meter(1), 1))
        #expect(replies == Array(repeating: problem.reply(), count: 3))
        #expect(replies[0]?.status == 503)
    }

    @Test func `tells twins in the order in which they came`() throws {
        let bench = try Bench()
        bench.store.moods = [.refusing(.full)]
        let firsts = (0..<30).map { bench.submission(.add(.meter(1), 1), key: "\($0)") }
        let twins = (0..<30).map { bench.submission(.add(.meter(1), 1), key: "\($0)") }
        let turn = bench.turn((firsts + twins).map { .submission($0) })
        #expect(turn.replies.map(\.0) == (firsts + twins).compactMap(\.ticket))
    }

    @Test func `leaves memory as it was`() throws {
        let bench = try Bench(.withTallies)
        _ = bench.ask(.add(.meter(1), 5), .call(.meter(2)), .remind(.meter(3), at: bench.now))
        let before = try states(bench)
        let due = bench.node.nextDue
        for _ in 0..<3 {
            bench.store.moods = [.refusing(.full)]
            let turn = bench.turn(
                [
                    .add(.meter(1), 1, hops: 2), .call(.meter(4)), .answer(.meter(2), true),
                    .close(.meter(1)), .add(.pool(9), 3),
                ].map { .submission(bench.submission($0)) })
            #expect(turn.outcome == .refused(.full))
            #expect(turn.effects.isEmpty)
            #expect(turn.replies.count == 5)
            #expect(try states(bench) == before)
        }
        #expect(try bench.records(Bench.meters).count == 3)
        bench.pass(.seconds(2))
        _ = bench.ask(.add(.meter(1), 1))
        #expect(try bench.meter(.meter(1)).value == 6)
        #expect(try bench.meter(.meter(3)).rings == 1)
        #expect(due != nil)
        bench.rest()
        try Witness(Meters.self, frames: bench.store.frames(Bench.meters))
            .compareRows(bench.meterRunner, bench.store)
    }

    private func states(_ bench: Bench) throws -> [String] {
        func text<S: Service>(_ service: S.Type) -> [String] {
            let runner = bench.runner(service)
            let entities = runner.entities.values.map { "\($0.key) \(StateRow.Stored($0).value)" }
                .sorted()
            return ["\(runner.head) \(runner.replies.head)"] + entities
        }
        let cursors = bench.node.localSubscriptions.map { "\($0.to) \($0.cursor)" }
        return text(Meters.self) + text(Echoes.self) + text(Tallies.self) + cursors
    }

    @Test func `gives back what nobody would repeat`() throws {
        let bench = try Bench()
        _ = bench.ask(.call(.meter(1)))
        bench.store.moods = [.refusing(.busy)]
        let inputs = [
            bench.submission(.answer(.meter(1), true), isAsked: false),
            bench.submission(.add(.meter(2), 5), isAsked: false),
            bench.submission(.look(.meter(2)), isAsked: false),
            bench.submission(.add(.meter(2), 6), key: "message-7", isAsked: false),
            bench.submission(.add(.meter(3), 7)),
        ]
        let turn = bench.turn(inputs.map { .submission($0) })
        #expect(turn.again.count == 4)
        #expect(turn.replies.count == 1)
        let next = bench.turn(turn.again.map { .submission($0) })
        #expect(next.again.isEmpty)
        #expect(try bench.meter(.meter(1)).owes == false)
        #expect(try bench.meter(.meter(2)).value == 11)
        #expect(try bench.meter(.meter(3)).value == 0)
    }

    @Test func `hands facts on again`() throws {
        let bench = try Bench(.withTallies)
        _ = bench.ask(.add(.meter(1), 1))
        bench.store.moods = [.refusing(.full)]
        _ = bench.ask(.add(.meter(1), 2, hops: 3))
        _ = bench.ask(.add(.meter(1), 3))
        bench.rest()
        #expect(try bench.events(Bench.echoes, EchoEvent.self).map(\.amount) == [1, 3])
    }

    @Test func `wakes again what it had woken, but not at once`() throws {
        let bench = try Bench()
        _ = bench.ask(.remind(.meter(1), at: bench.now.advanced(by: .seconds(5))))
        bench.pass(.seconds(5))
        bench.store.moods = [.refusing(.full)]
        #expect(bench.turn().outcome == .refused(.full))
        #expect(try bench.meter(.meter(1)).rings == 0)
        #expect(bench.node.nextDue == bench.now.advanced(by: .seconds(1)))
        bench.pass(.seconds(1))
        bench.turn()
        #expect(try bench.meter(.meter(1)).rings == 1)
    }

    /// The same position may be taken by another entity when the batch comes again.
    @Test func `does not let a stale row checkpoint hide a later one`() throws {
        let bench = try Bench()
        bench.store.moods = [.refusing(.full)]
        _ = bench.ask(.add(.meter(1), 1), .add(.meter(2), 1))
        _ = bench.ask(.add(.meter(3), 1), .add(.meter(2), 1))
        // Some row is written, and with it the checkpoint from where a restart replays.
        _ = bench.ask(.close(.meter(9)))
        let runner = bench.meterRunner
        #expect(runner.unstored.map(\.position) == [1, 2, 3])
        try bench.restart()
        #expect(try bench.meter(.meter(3)).value == 1)
        #expect(try bench.meter(.meter(2)).value == 1)
        #expect(try bench.meter(.meter(1)).value == 0)
    }

    @Test func `writes the same rows later`() throws {
        let bench = try Bench()
        _ = bench.ask(.add(.meter(1), 1), .add(.meter(2), 2), .close(.meter(3)))
        bench.store.moods = [.refusing(.full)]
        bench.turn()
        #expect(try bench.store.rows("meter_0").isEmpty)
        #expect(bench.node.hasUnstored)
        bench.rest()
        #expect(try bench.store.rows("meter_0").count == 3)
    }
}

@Suite struct `A fenced node` {
    @Test func `answers that it stops and does nothing`() throws {
        let bench = try Bench()
        _ = bench.ask(.add(.meter(1), 1))
        let other = try Bench(disk: bench.disk)
        _ = other.ask(.add(.meter(1), 10))
        let submission = bench.submission(.call(.meter(1)))
        let turn = bench.turn([.submission(submission)])
        #expect(turn.outcome == .fenced)
        #expect(turn.replies.map(\.1) == [EngineProblem.stopping.reply()])
        #expect(turn.effects.isEmpty)
        #expect(!turn.hasMore)
        #expect(try other.meterEvents.count == 2)
    }
}
