// SPDX-License-Identifier: Apache-2.0
/// A batch that can't be decided is run again, one input at a time: what fails alone is refused,
/// and
/// the others go on.

import Kernel
import Ports
import Testing

@testable import NodeEngine

@Suite struct `A batch that fails` {
    /// A bench whose entities all stand in rows and not in memory.
    private func bench(_ commands: MeterCommand...) throws -> Bench {
        var limits = ServiceRunnerLimits()
        limits.cachedEntities = 0
        let bench = try Bench(runners: limits)
        bench.turn(commands.map { .submission(bench.submission($0)) })
        bench.rest()
        bench.turn()
        #expect(bench.meterRunner.entities.isEmpty)
        return bench
    }

    @Test func `refuses what fails alone and carries out the rest`() throws {
        let bench = try bench(.add(.meter(1), 1), .add(.meter(2), 2), .add(.meter(3), 3))
        bench.store.unreadable = [MeterKey.meter(2).bytes]
        let replies = bench.ask(
            .add(.meter(1), 10), .add(.meter(2), 10), .move(.meter(3), .meter(2), 1),
            .add(.meter(3), 10), .look(.meter(1)))
        #expect(replies.map { $0?.status } == [200, 503, 503, 200, 200])
        #expect(replies.map { $0?.text }[4] == "value 11")
        bench.store.unreadable = []
        #expect(try bench.meter(.meter(1)).value == 11)
        #expect(try bench.meter(.meter(2)).value == 2)
        #expect(try bench.meter(.meter(3)).value == 13)
    }

    @Test func `says why`() throws {
        let bench = try bench(.add(.meter(1), 1))
        bench.store.unreadable = [MeterKey.meter(1).bytes]
        let turn = bench.turn([.submission(bench.submission(.add(.meter(1), 1)))])
        #expect(turn.failure as? StoreFailure == .corrupt)
        #expect(bench.turn().failure == nil)
    }

    @Test func `keeps what nobody would repeat`() throws {
        let bench = try bench(.call(.meter(1)))
        bench.store.isUnreadable = true
        let answer = bench.submission(.answer(.meter(1), true), isAsked: false)
        let turn = bench.turn([.submission(answer)])
        #expect(turn.again.count == 1)
        bench.store.isUnreadable = false
        bench.turn(turn.again.map { .submission($0) })
        #expect(try bench.meter(.meter(1)).owes == false)
    }

    @Test func `reports a row that can't be decoded`() throws {
        let bench = try bench(.add(.meter(1), 1), .add(.meter(2), 2))
        var batch = Batch(epoch: 1)
        batch.rows = [RowChange(table: "meter_0", key: MeterKey.meter(1).bytes, value: [1, 2])]
        #expect(bench.store.commit(batch) == .committed)
        let replies = bench.ask(.add(.meter(1), 10), .add(.meter(2), 10))
        #expect(replies.map { $0?.status } == [503, 200])
        #expect(try bench.meterEvents.count == 3)
    }

    @Test func `does not forget when its entities are due`() throws {
        let at = Bench.noon.advanced(by: .seconds(10))
        let bench = try bench(.remind(.meter(1), at: at), .remind(.meter(2), at: at))
        bench.store.isUnreadable = true
        // Neither by a command that could not read them, nor by a wake that could not.
        _ = bench.ask(.add(.meter(1), 1), .add(.meter(2), 1))
        bench.now = at
        bench.turn()
        bench.store.isUnreadable = false
        bench.pass(.seconds(1))
        bench.rest()
        #expect(try bench.meter(.meter(1)).rings == 1)
        #expect(try bench.meter(.meter(2)).rings == 1)
    }

    @Test func `because of what is due does not stop the rest`() throws {
        let at = Bench.noon.advanced(by: .seconds(10))
        let bench = try bench(
            .remind(.meter(1), at: at), .remind(.meter(2), at: at), .remind(.meter(3), at: at),
            .add(.meter(4), 4))
        bench.store.unreadable = [MeterKey.meter(2).bytes]
        bench.now = at
        for _ in 0..<8 {
            #expect(bench.ask(.add(.meter(4), 1)).map { $0?.status } == [200])
            bench.pass(.seconds(1))
        }
        #expect(try bench.meter(.meter(1)).rings == 1)
        #expect(try bench.meter(.meter(3)).rings == 1)
        bench.store.unreadable = []
        bench.pass(.seconds(1))
        bench.turn()
        #expect(try bench.meter(.meter(2)).rings == 1)
    }

    @Test func `at a restart resumes the others, and the one as soon as it can`() throws {
        let bench = try bench(.call(.meter(1)), .call(.meter(2)), .call(.meter(3)))
        try bench.restart()
        bench.store.unreadable = [MeterKey.meter(2).bytes]
        var calls: [Meters.Call] = []
        func turn() {
            let submission = bench.submission(.add(.meter(9), 1))
            let turn = bench.turn([.submission(submission)])
            #expect(turn.replies.map(\.1.status) == [200])
            calls.append(contentsOf: turn.effects.compactMap { $0.effect as? Meters.Call })
            bench.pass(.milliseconds(500))
        }
        for _ in 0..<8 { turn() }
        #expect(Set(calls.map(\.key.number)) == [1, 3])
        bench.store.unreadable = []
        for _ in 0..<4 { turn() }
        // Before its ten seconds are over: as after a restart, and not only when they are.
        #expect(calls.map(\.attempt) == [2, 2, 2])
        #expect(Set(calls.map(\.key.number)) == [1, 2, 3])
    }

    @Test func `stops at a fence, and tells those who were not run`() throws {
        let bench = try bench(.add(.meter(1), 1), .add(.meter(2), 1))
        bench.store.unreadable = [MeterKey.meter(1).bytes]
        bench.store.moods = [.fenced]
        let replies = bench.ask(.add(.meter(1), 1), .add(.meter(2), 1), .add(.meter(2), 1))
        #expect(replies.map { $0?.status } == [503, 503, 503])
        #expect(replies[2] == EngineProblem.stopping.reply())
        #expect(try bench.meterEvents.count == 2)
    }
}
