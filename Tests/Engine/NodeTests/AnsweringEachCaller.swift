// SPDX-License-Identifier: Apache-2.0
/// Several callers of one batch ask for the same entity: each is told what its own command left,
/// now and whenever the request is repeated.

import Kernel
import Ports
import Testing

@testable import NodeEngine

@Suite struct `Callers of one batch` {
    private func texts(_ replies: [Reply?]) -> [String?] { replies.map { $0?.text } }

    @Test func `are each told what their own command left`() throws {
        let bench = try Bench()
        let replies = bench.ask(
            .add(.meter(1), 7), .add(.meter(2), 1), .add(.meter(1), 100), .add(.meter(1), 1_000))
        #expect(texts(replies) == ["value 7", "value 1", "value 107", "value 1107"])
        #expect(replies.map { $0?.version } == [1, 1, 2, 3])
    }

    @Test func `who changed nothing are told what they met`() throws {
        let bench = try Bench()
        let replies = bench.ask(
            .look(.meter(1)), .look(.meter(1)), .add(.meter(1), 7), .look(.meter(1)),
            .add(.meter(1), 1), .look(.meter(1)))
        #expect(
            texts(replies) == ["value 0", "value 0", "value 7", "value 7", "value 8", "value 8"])
        #expect(replies.map { $0?.version } == [0, 0, 1, 1, 2, 2])
    }

    @Test func `are told what followed from their command`() throws {
        let bench = try Bench(.withEchoes)
        let replies = bench.ask(.add(.meter(1), 7, hops: 1), .look(.meter(1)))
        #expect(texts(replies) == ["value 14", "value 14"])
        #expect(replies.map { $0?.version } == [2, 2])
    }

    @Test func `are not told what followed after a later command`() throws {
        let bench = try Bench(.withEchoes)
        let replies = bench.ask(.add(.meter(1), 7, hops: 1), .add(.meter(1), 100))
        #expect(texts(replies) == ["value 7", "value 114"])
        #expect(replies.map { $0?.version } == [1, 3])
    }

    @Test func `are not told what a command about another entity changed`() throws {
        let bench = try Bench()
        let replies = bench.ask(
            .add(.meter(1), 5), .add(.meter(2), 1), .move(.meter(1), .meter(2), 3),
            .look(.meter(2)))
        #expect(texts(replies) == ["value 5", "value 1", "value 2", "value 4"])
    }

    @Test func `are told all when a later command changes nothing`() throws {
        let bench = try Bench(.withEchoes)
        let expecting = Submission(
            runner: 0, command: MeterCommand.add(.meter(1), 100), principal: .anonymous,
            request: Request(
                principal: .anonymous, key: "k", about: [], expecting: .version(among: [7])),
            ticket: 1_000)
        let inputs = [
            bench.submission(.add(.meter(1), 7, hops: 1)), bench.submission(.look(.meter(1))),
            bench.submission(.move(.meter(1), .meter(2), 50)), expecting,
        ]
        let replies = bench.turn(inputs.map { .submission($0) }).replies
        let told = inputs.map { input in replies.first { $0.0 == input.ticket }?.1 }
        #expect(texts(Array(told.prefix(2))) == ["value 14", "value 14"])
        #expect(told.map { $0?.status } == [200, 200, 409, 412])
    }

    @Test func `are not told what a command did that nobody waits for`() throws {
        let bench = try Bench()
        let inputs = [
            bench.submission(.add(.meter(1), 7)),
            bench.submission(.add(.meter(1), 100), isAsked: false),
        ]
        let turn = bench.turn(inputs.map { .submission($0) })
        #expect(turn.replies.map(\.1.text) == ["value 7"])
        #expect(try bench.meter(.meter(1)).value == 107)
    }

    @Test func `get the same bytes again`() throws {
        let bench = try Bench(.withEchoes)
        let commands: [(key: String, command: MeterCommand)] = [
            ("a", .add(.meter(1), 7, hops: 1)), ("b", .look(.meter(1))),
            ("c", .add(.meter(1), 100)), ("a", .add(.meter(1), 7, hops: 1)),
            ("d", .add(.meter(1), 1_000)),
        ]
        let inputs = commands.map { bench.submission($0.command, key: $0.key) }
        let replies = bench.turn(inputs.map { .submission($0) }).replies
        let told = inputs.compactMap { input in replies.first { $0.0 == input.ticket }?.1 }
        #expect(told.map(\.text) == ["value 7", "value 7", "value 107", "value 7", "value 1114"])
        #expect(told[3] == told[0].replayed())
        for isRestarted in [false, true] {
            if isRestarted { try bench.restart() }
            for (index, asked) in commands.enumerated() {
                let again = bench.ask(asked.command, key: asked.key)
                #expect(again == told[index].replayed(), "\(asked.key)")
            }
        }
    }

    @Test(arguments: [CommitOutcome.Refusal.full, .conflict])
    func `leave nothing behind when their batch is refused`(
        _ refusal: CommitOutcome.Refusal
    ) throws {
        let bench = try Bench(.withEchoes)
        bench.store.moods = [.refusing(refusal)]
        let refused = bench.ask(
            .add(.meter(1), 7), .add(.meter(1), 100), .look(.meter(1)), .add(.meter(1), 1))
        #expect(refused.allSatisfy { $0?.status == 503 })
        // The first of the next batch has the place of the first of the refused one.
        let replies = bench.ask(.add(.meter(2), 2), .add(.meter(1), 3, hops: 1))
        #expect(texts(replies) == ["value 2", "value 6"])
        #expect(texts(bench.ask(.look(.meter(1)))) == ["value 6"])
    }

    @Test func `leave nothing behind for the next batch`() throws {
        let bench = try Bench()
        _ = bench.ask(.add(.meter(1), 7), .add(.meter(1), 100))
        let replies = bench.ask(.add(.meter(1), 1), .look(.meter(1)))
        #expect(texts(replies) == ["value 108", "value 108"])
    }

    /// Run one by one, as after a failure, commands are answered as in a batch.
    @Test func `are told the same when their batch fails`() throws {
        let bench = try Bench()
        _ = bench.ask(.close(.meter(9)))
        bench.rest()
        try bench.restart()
        bench.store.unreadable = [MeterKey.meter(9).bytes]
        let replies = bench.ask(
            .add(.meter(1), 7), .add(.meter(1), 100), .look(.meter(9)), .add(.meter(1), 1))
        #expect(replies.map { $0?.status } == [200, 200, 503, 200])
        #expect(
            [0, 1, 3].map { replies[$0]?.text } == ["value 7", "value 107", "value 108"])
    }

    @Test func `may be many`() throws {
        let bench = try Bench()
        let inputs = (1...2_000).map { number in
            bench.submission(number % 2 == 0 ? .look(.meter(1)) : .add(.meter(1), 1))
        }
        let replies = bench.turn(inputs.map { .submission($0) }).replies
        #expect(replies.map(\.1.text) == (1...2_000).map { "value \(($0 + 1) / 2)" })
    }
}
