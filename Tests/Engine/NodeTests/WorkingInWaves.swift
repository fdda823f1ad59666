// SPDX-License-Identifier: Apache-2.0
/// A turn runs the node's services to quiescence, commits once, and only then says anything.

import Kernel
import Ports
import Testing

@testable import NodeEngine

@Suite struct `A turn` {
    @Test func `hands facts on breadth first, in position order`() throws {
        let bench = try Bench(.withTallies)
        _ = bench.ask(.add(.meter(1), 10), .add(.meter(2), 20), .add(.pool(1), 30))
        let heard = bench.runner(Tallies.self).entities[TallyRules.key]?.state.amounts.map(\.value)
        // First what the commands said, then what followed from it.
        #expect(heard == [10, 20, 30, -10, -20, -30])
        let causes = try bench.records(Bench.echoes).map(\.cause)
        #expect(causes == [.fact(Bench.meters, 1), .fact(Bench.meters, 2), .fact(Bench.meters, 3)])
    }

    @Test func `goes on until nothing moves any more`() throws {
        let bench = try Bench(.withEchoes)
        _ = bench.ask(.add(.meter(1), 1, hops: 50))
        #expect(bench.store.batches.count == 1)
        #expect(try bench.meterEvents.count == 51)
        #expect(try bench.events(Bench.echoes, EchoEvent.self).count == 51)
        #expect(!bench.node.hasBacklog)
    }

    @Test func `commits once whatever happens in it`() throws {
        let bench = try Bench(.withTallies)
        for turn in 1...5 {
            _ = bench.ask(
                .add(.meter(1), 1, hops: 3), .call(.meter(2)), .move(.meter(1), .pool(2), 1),
                .close(.meter(UInt16(turn + 10))))
            #expect(bench.store.batches.count == turn)
        }
    }

    @Test func `commits nothing when nothing happened`() throws {
        let bench = try Bench(.withTallies)
        let replies = bench.ask(.look(.meter(1)), .move(.meter(1), .meter(2), 5))
        #expect(replies.map { $0?.status } == [200, 409])
        #expect(bench.store.batches.isEmpty)
        #expect(bench.meterRunner.entities.isEmpty)
    }

    @Test func `answers after the commit, with what followed from each command`() throws {
        let bench = try Bench(.withEchoes)
        var committed = 0
        bench.store.onCommit = { committed += 1 }
        let replies = bench.ask(
            .add(.meter(1), 1, hops: 2), .look(.meter(1)), .add(.meter(2), 10))
        #expect(committed == 1)
        // 1 three times: everybody sees where the batch ended.
        #expect(replies.map { $0?.text } == ["value 3", "value 3", "value 10"])
        #expect(replies.map { $0?.version } == [3, 3, 1])
    }

    @Test func `decides one command after the other, on what the one before left`() throws {
        let bench = try Bench()
        let replies = bench.ask(
            .add(.meter(1), 5), .move(.meter(1), .pool(1), 3), .move(.meter(1), .pool(1), 3),
            .move(.pool(1), .meter(2), 3), .close(.meter(2)), .add(.meter(2), 1))
        #expect(replies.map { $0?.status } == [200, 200, 409, 200, 200, 409])
        #expect(try bench.meter(.meter(1)).value == 2)
        #expect(try bench.meter(.pool(1)).value == 0)
        #expect(try bench.meter(.meter(2)).value == 3)
        #expect(try bench.meterEvents.count == 4)
    }

    @Test func `gives every decision a draw of its own and the same time`() throws {
        let bench = try Bench()
        var moments = Moments(at: bench.now, seed: 5)
        let draws = (0..<100).map { _ in moments.next(for: .house, credit: .all) }
        #expect(Set(draws.map(\.draw)).count == 100)
        #expect(Set(draws.map(\.at)) == [bench.now])
        var again = Moments(at: bench.now, seed: 5)
        #expect(again.next(for: .house, credit: .all) == draws[0])
    }

    @Test func `never goes back in time, not even over a restart`() throws {
        let bench = try Bench()
        bench.pass(.hours(1))
        _ = bench.ask(.add(.meter(1), 1))
        let late = bench.now
        bench.now = Bench.noon
        _ = bench.ask(.add(.meter(1), 2))
        try bench.restart()
        _ = bench.ask(.add(.meter(1), 3))
        #expect(try bench.records(Bench.meters).map(\.at) == [late, late, late])
    }

    @Test func `tells who caused what, and under which trace`() throws {
        let bench = try Bench(.withEchoes)
        let request = Request(principal: .anonymous, key: "k", about: [1])
        let submission = Submission(
            runner: 0, command: MeterCommand.add(.meter(1), 1), principal: .anonymous,
            request: request, trace: "00-abc-def-01", ticket: 9)
        bench.turn([.submission(submission)])
        _ = bench.ask(.remind(.meter(2), at: bench.now))
        bench.turn()
        let records = try bench.records(Bench.meters)
        #expect(records.map(\.cause) == [
            .command(request.identity), .command(InputID(high: 0, low: 0)), .time,
        ])
        #expect(records.map(\.trace) == ["00-abc-def-01", nil, nil])
        let echo = try #require(try bench.records(Bench.echoes).first)
        #expect(echo.cause == .fact(Bench.meters, 1))
        #expect(echo.trace == "00-abc-def-01")
    }
}

@Suite struct `Rows that are written together` {
    @Test func `stand in the order of their tables and of their keys' bytes`() {
        let keys: [[UInt8]] = [
            [], [0], [0, 0], [1], [1, 0], [1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5, 6, 7, 8],
            [1, 2, 3, 4, 5, 6, 7, 8, 0], [UInt8](repeating: 9, count: 16),
            [UInt8](repeating: 9, count: 17), [255],
        ]
        for (left, right) in zip(keys, keys.dropFirst()) {
            let low = SortKey(0, left, 0)
            let high = SortKey(0, right, 1)
            // Where the first sixteen bytes do not decide, the whole keys do.
            #expect(low.rank <= high.rank)
            #expect(low.rank == high.rank || left.lexicographicallyPrecedes(right))
            #expect(SortKey(1, left, 0).rank > high.rank)
        }
        #expect(SortKey(0, [1], 0).rank == SortKey(0, [1, 0], 1).rank)
    }

    @Test func `are all found again after they left memory`() throws {
        let bench = try Bench(.meters, runners: .writeThrough)
        for number in [300, 2, 77, 65_000, 1] as [UInt16] {
            _ = bench.ask(.add(.pool(number), 1), .add(.meter(number), Int64(number)))
        }
        let wanted = bench.meterRunner.greatest
        #expect(wanted.allSatisfy { $0 == [0xfd, 0xe8] })
        try bench.restart()
        for number in [300, 2, 77, 65_000, 1] as [UInt16] {
            #expect(bench.ask(.look(.meter(number))).first??.text == "value \(number)")
        }
    }
}

@Suite struct `A log` {
    @Test(arguments: [1, 20, 60, 1_000_000])
    func `is cut into frames of so many bytes, or of one record`(_ bytesMax: Int) throws {
        var limits = ServiceRunnerLimits()
        limits.frameBytes = bytesMax
        let bench = try Bench(.meters, runners: limits)
        _ = bench.ask(.add(.meter(1), 1), .add(.meter(2), 2), .add(.meter(3), 3), .add(.pool(1), 4))
        let frames = try bench.store.frames(Bench.meters)
        #expect(frames.allSatisfy { $0.count == 1 || $0.bytes.count <= bytesMax })
        #expect(frames.reduce(0) { $0 + $1.count } == 4)
        #expect((frames.count == 4) == (bytesMax < 30))
        #expect((frames.count == 1) == (bytesMax > 1_000))
        #expect(try bench.meterEvents.count == 4)
    }

    @Test func `is a chain of hashes over its bytes`() throws {
        var limits = ServiceRunnerLimits()
        limits.frameRecords = 3
        let bench = try Bench(.withEchoes, runners: limits)
        for turn in 0..<6 as Range<Int64> {
            _ = bench.ask(.add(.meter(1), turn, hops: turn), .add(.pool(2), turn))
            if turn == 3 { try bench.restart() }
        }
        for log in [Bench.meters, Bench.echoes] {
            var chain: [UInt8] = []
            var next: Int64 = 1
            for frame in try bench.store.frames(log) {
                #expect(frame.first == next)
                #expect((1...3).contains(frame.count))
                chain = MurmurChain().link(chain, frame.bytes)
                #expect(frame.chain == chain)
                next = frame.last + 1
            }
            #expect(next > 9)
        }
    }

    @Test func `says for each event which one of its entity came before`() throws {
        let bench = try Bench()
        _ = bench.ask(.add(.meter(1), 1), .add(.meter(2), 1), .add(.meter(1), 1))
        bench.rest()
        try bench.restart()
        _ = bench.ask(.move(.meter(2), .meter(1), 1), .add(.meter(1), 1))
        let records = try bench.records(Bench.meters)
        #expect(records.map(\.version) == [1, 1, 2, 2, 3])
        // A move is kept in the stream of the meter that gives; the other's stays as it was.
        #expect(records.map(\.previous) == [0, 0, 1, 2, 3])
    }
}

@Suite struct `A full batch` {
    @Test(arguments: [1, 2, 5, 17] as [Int64])
    func `leaves facts behind the cursor and loses none`(_ eventsMax: Int64) throws {
        var limits = NodeLimits()
        limits.eventsMax = eventsMax
        let bench = try Bench(.withTallies, nodes: limits)
        _ = bench.ask(.add(.meter(1), 1, hops: 20), .add(.meter(2), 2), .add(.meter(3), 3))
        #expect(bench.node.hasBacklog)
        var turns = 1
        while bench.node.hasBacklog {
            let turn = bench.turn()
            #expect(turn.hasMore == bench.node.hasBacklog)
            turns += 1
            // Deaths in between change nothing.
            if turns % 3 == 0 { try bench.restart() }
            #expect(turns < 1_000)
        }
        #expect(turns > 2)
        #expect(try bench.meterEvents.count == 23)
        let echoes = try bench.events(Bench.echoes, EchoEvent.self).map(\.amount)
        let added = try bench.meterEvents.compactMap { event -> Int64? in
            if case .added(_, let amount, _) = event { amount } else { nil }
        }
        #expect(echoes == added)
        bench.rest()
        let tally = try Witness(Tallies.self, frames: bench.store.frames(Bench.tallies))
        #expect(tally.entities[TallyRules.key]?.version == 46)
    }

    @Test func `still answers its callers`() throws {
        var limits = NodeLimits()
        limits.eventsMax = 1
        let bench = try Bench(.withEchoes, nodes: limits)
        let replies = bench.ask(.add(.meter(1), 1), .add(.meter(1), 2), .add(.meter(1), 3))
        #expect(replies.map { $0?.status } == [200, 200, 200])
        #expect(bench.node.hasBacklog)
    }

    @Test func `takes up a long backlog in pieces`() throws {
        let bench = try Bench(.withEchoes)
        // Ten thousand facts that nobody handed on: the node that logged them hosts no echoes.
        let alone = try Bench(.meters)
        for start in stride(from: 0, to: 10_000, by: 1_000) as StrideTo<Int64> {
            alone.turn((start..<start + 1_000).map { amount in
                .submission(alone.submission(.add(.meter(UInt16(amount % 50)), amount)))
            })
        }
        let both = try Bench(.withEchoes, disk: alone.disk)
        #expect(both.node.hasBacklog)
        _ = both.ask(.add(.meter(1), 10_000))
        both.rest()
        let echoes = try both.events(Bench.echoes, EchoEvent.self).map(\.amount)
        #expect(echoes == Array(0...10_000))
        #expect(!bench.node.hasBacklog)
    }
}
