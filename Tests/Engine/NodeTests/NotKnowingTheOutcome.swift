// SPDX-License-Identifier: Apache-2.0
/// When the reply of COMMIT is lost, the node opens its store again, compares, and then answers.

import Kernel
import Ports
import Testing

@testable import NodeEngine

@Suite struct `An unknown outcome` {
    @Test func `turns out to be committed`() throws {
        let bench = try Bench(.withTallies)
        _ = bench.ask(.add(.meter(1), 1))
        bench.store.moods = [.silent(isKept: true)]
        let submission = bench.submission(.call(.meter(1)), key: "one")
        let turn = bench.turn([.submission(submission)])
        #expect(turn.outcome == .committed)
        #expect(turn.replies.map(\.1.status) == [200])
        #expect(turn.effects.count == 1)
        #expect(bench.store.opened == 2)
        // It goes on under the new epoch.
        _ = bench.ask(.add(.meter(1), 2))
        #expect(bench.ask(.call(.meter(1)), key: "one")?.isReplayed == true)
        #expect(try bench.store.frames(Bench.meters).map(\.epoch) == [1, 1, 2])
        #expect(try bench.meter(.meter(1)).value == 3)
    }

    @Test func `turns out to be refused`() throws {
        let bench = try Bench(.withTallies)
        _ = bench.ask(.add(.meter(1), 1))
        bench.store.moods = [.silent(isKept: false)]
        let submission = bench.submission(.call(.meter(1)), key: "one")
        let turn = bench.turn([.submission(submission)])
        #expect(turn.outcome == .refused(.busy))
        #expect(turn.replies.map(\.1) == [EngineProblem.storageUnavailable.reply()])
        #expect(turn.effects.isEmpty)
        #expect(bench.ask(.call(.meter(1)), key: "one")?.isReplayed == false)
        #expect(try bench.store.frames(Bench.meters).map(\.epoch) == [1, 2])
    }

    @Test func `stays unknown when the store can't be opened`() throws {
        let bench = try Bench()
        _ = bench.ask(.add(.meter(1), 1))
        bench.store.moods = [.dead]
        let submission = bench.submission(.call(.meter(1)))
        let turn = bench.turn([.submission(submission)])
        #expect(turn.outcome == .unknown)
        #expect(turn.replies.map(\.1) == [EngineProblem.outcomeUnknown.reply()])
        #expect(turn.effects.isEmpty && !turn.hasMore)
    }

    /// Heads can't tell whether rows were written: nothing may be believed that isn't sure.
    @Test(arguments: [true, false])
    func `of rows alone loses no row`(_ isKept: Bool) throws {
        let bench = try Bench()
        _ = bench.ask(.add(.meter(1), 1), .close(.meter(2)), .call(.pool(3)))
        _ = bench.ask(.add(.meter(4), 1), .add(.meter(1), 1))
        bench.store.moods = [.silent(isKept: isKept)]
        bench.turn()
        #expect(bench.store.moods.isEmpty)
        _ = bench.ask(.add(.meter(1), 1))
        let witness = try Witness(Meters.self, frames: bench.store.frames(Bench.meters))
        try witness.compare(bench.meterRunner, bench.store, now: bench.now)
        try bench.restart()
        try witness.compare(bench.meterRunner, bench.store, now: bench.now)
        bench.meterRunner.toResume.removeAll()
        bench.rest()
        try witness.compareRows(bench.meterRunner, bench.store)
    }

    @Test(arguments: [true, false])
    func `of an index of answers loses no answer`(_ isKept: Bool) throws {
        let bench = try Bench()
        let first = try #require(bench.ask(.add(.meter(1), 1), key: "one"))
        bench.store.moods = [.silent(isKept: isKept)]
        bench.turn()
        #expect(bench.ask(.add(.meter(1), 1), key: "one") == first.replayed())
        try bench.restart()
        #expect(bench.ask(.add(.meter(1), 1), key: "one") == first.replayed())
    }
}
