// SPDX-License-Identifier: Apache-2.0
/// What a request expects is checked in its decision: nothing comes in between, not even another
/// command of the same batch.

import Kernel
import Ports
import Testing

@testable import NodeEngine

@Suite struct `A request that expects a version` {
    private let bench: Bench

    init() throws {
        bench = try Bench()
        _ = bench.ask(.add(.meter(1), 1))
    }

    private func submission(
        _ command: MeterCommand, _ key: String, _ expected: Precondition?, ticket: Ticket
    ) -> Submission {
        Submission(
            runner: 0, command: command, principal: .anonymous,
            request: Request(
                principal: .anonymous, key: key, about: [], expecting: expected),
            ticket: ticket)
    }

    /// One batch: the answers in the order of the submissions.
    private func ask(_ submissions: Submission...) -> [Reply?] {
        let turn = bench.turn(submissions.map { .submission($0) })
        #expect(turn.replies.count == submissions.count)
        return submissions.map { submission in
            turn.replies.first { $0.0 == submission.ticket }?.1
        }
    }

    @Test func `meets only one of two in a batch`() throws {
        let at1 = Precondition.version(among: [1])
        let replies = ask(
            submission(.add(.meter(1), 2), "a", at1, ticket: 101),
            submission(.add(.meter(1), 4), "b", at1, ticket: 102),
            submission(.add(.meter(1), 8), "c", .version(among: [2]), ticket: 103))
        #expect(replies.map { $0?.status } == [200, 412, 200])
        #expect(replies[1] == EngineProblem.preconditionFailed.reply())
        #expect(try bench.meter(.meter(1)).value == 11)
    }

    @Test func `is not told of a version that was never stored`() throws {
        bench.store.moods = [.refusing(.full)]
        let at1 = Precondition.version(among: [1])
        let replies = ask(
            submission(.add(.meter(1), 2), "a", at1, ticket: 101),
            submission(.add(.meter(1), 4), "b", at1, ticket: 102))
        #expect(replies == [EngineProblem.storageFull.reply(), EngineProblem.storageFull.reply()])
        #expect(try bench.meter(.meter(1)).value == 1)
    }

    @Test func `shares its answer with a twin that expects something else`() throws {
        let replies = ask(
            submission(.add(.meter(1), 2), "a", .version(among: [1]), ticket: 101),
            submission(.add(.meter(1), 2), "a", .version(among: [2]), ticket: 102))
        #expect(replies.map { $0?.text } == ["value 3", "value 3"])
        #expect(replies.map { $0?.isReplayed } == [false, true])
        try bench.restart()
        let late = ask(submission(.add(.meter(1), 2), "a", .version(among: [9]), ticket: 103))
        #expect(late.map { $0?.text } == ["value 3"])
        #expect(try bench.meter(.meter(1)).value == 3)
    }

    @Test func `and failed may come again under its key`() throws {
        #expect(
            ask(submission(.add(.meter(1), 2), "a", .version(among: [7]), ticket: 101))[0]?.status
                == 412)
        #expect(
            ask(submission(.add(.meter(1), 2), "a", .version(among: [1]), ticket: 102))[0]?.text
                == "value 3")
    }

    @Test func `is told of a rejection first`() throws {
        let reply = ask(
            submission(.move(.meter(1), .meter(2), 50), "a", .version(among: [7]), ticket: 101))[0]
        #expect(reply?.text.contains("short") == true)
    }

    @Test func `knows whether there is anything`() throws {
        let replies = ask(
            submission(.add(.meter(1), 2), "a", .exists, ticket: 101),
            submission(.add(.meter(2), 2), "b", .exists, ticket: 102))
        #expect(replies.map { $0?.status } == [200, 412])
    }
}
