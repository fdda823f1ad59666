// SPDX-License-Identifier: Apache-2.0
/// A caller whose request others decide on waits for them, within bounds, and whoever repeats the
/// request is told the same.

import Kernel
import Ports
import Testing

@testable import NodeEngine

@Suite struct `An answer that waits for a verdict` {
    private static let half = Span.milliseconds(500)

    /// A node, and all that its callers were told.
    private final class Ring {
        let bench: Bench
        private(set) var told: [Ticket: [Reply]] = [:]

        init(_ limits: ServiceRunnerLimits = ServiceRunnerLimits()) throws {
            bench = try Bench(.alarms, runners: limits)
        }

        @discardableResult
        func turn(_ inputs: Submission...) -> Turn {
            let turn = bench.turn(inputs.map { .submission($0) })
            for (ticket, reply) in turn.replies { told[ticket, default: []].append(reply) }
            return turn
        }

        /// Asks for a reminder after `span`, under a key.
        func remind(_ meter: UInt16, after span: Span, key: String?, body: String = "body")
            -> Submission
        {
            bench.submission(
                .remind(.meter(meter), at: bench.now.advanced(by: span)), key: key, body: body)
        }

        func pass(_ span: Span) {
            bench.pass(span)
            turn()
        }

        func answers(_ submission: Submission) -> [Reply] { told[submission.ticket ?? 0] ?? [] }

        var pending: [Row] { get throws { try bench.store.rows("pending_alarms_0") } }

        var kept: [StoredReply] {
            get throws {
                try bench.store.frames(LogName("alarms.replies")).flatMap {
                    try StoredReply.all(in: $0)
                }
            }
        }
    }

    private static let rang = Reply(
        status: 201, body: Array("meter-1 rang 1".utf8), version: 2, location: "/alarms")

    @Test func `comes with the commit that decides, and is kept`() throws {
        let ring = try Ring()
        let first = ring.remind(1, after: Self.half, key: "one")
        ring.turn(first)
        #expect(ring.answers(first).isEmpty)
        #expect(try ring.pending.count == 1)
        #expect(ring.bench.node.nextDue == ring.bench.now.advanced(by: Self.half))
        ring.pass(Self.half)
        #expect(ring.answers(first) == [Self.rang])
        #expect(try ring.pending.isEmpty)
        let again = ring.remind(1, after: Self.half, key: "one")
        ring.turn(again)
        #expect(ring.answers(again) == [Self.rang.replayed()])
        #expect(try ring.kept.map(\.reply) == [nil, Self.rang])
        #expect(try ring.bench.events(LogName("alarms"), MeterEvent.self).count == 2)
    }

    @Test func `comes at once where all is decided in one batch`() throws {
        let ring = try Ring()
        let first = ring.remind(1, after: Self.half, key: "one")
        ring.turn(first, ring.bench.submission(.close(.meter(1))))
        #expect(ring.answers(first).map(\.status) == [200])
        #expect(try ring.pending.isEmpty)
        #expect(try ring.kept.count == 1)
    }

    @Test func `is one for all who ask the same`() throws {
        let ring = try Ring()
        let first = ring.remind(1, after: Self.half, key: "one")
        let twin = ring.remind(1, after: Self.half, key: "one")
        ring.turn(first, twin)
        ring.pass(.milliseconds(100))
        let late = ring.remind(1, after: Self.half, key: "one")
        ring.turn(late)
        let other = ring.remind(1, after: Self.half, key: "one", body: "other")
        ring.turn(other)
        #expect(ring.answers(other).map(\.status) == [422])
        #expect(ring.answers(late).isEmpty)
        ring.bench.pass(Self.half)
        // In the batch that decides, too.
        let last = ring.remind(1, after: Self.half, key: "one")
        ring.turn(last)
        #expect(ring.answers(first) == [Self.rang])
        for repeated in [twin, late, last] {
            #expect(ring.answers(repeated) == [Self.rang.replayed()])
        }
        #expect(try ring.kept.count == 2)
    }

    @Test func `is not waited for longer than a second, by whom ever`() throws {
        let ring = try Ring()
        let first = ring.remind(1, after: .seconds(3), key: "one")
        ring.turn(first)
        ring.pass(.milliseconds(999))
        #expect(ring.answers(first).isEmpty)
        ring.pass(.milliseconds(1))
        #expect(ring.answers(first).map(\.status) == [202])
        #expect(ring.answers(first).map(\.text) == ["meter-1 rang 0"])
        #expect(try ring.kept.map(\.reply) == [nil], "only a verdict is kept")
        let again = ring.remind(1, after: .seconds(3), key: "one")
        ring.turn(again)
        ring.pass(.seconds(1))
        #expect(ring.answers(again).map(\.status) == [202])
        let last = ring.remind(1, after: .seconds(3), key: "one")
        ring.turn(last)
        ring.pass(.seconds(1))
        #expect(ring.answers(last) == [Self.rang.replayed()])
        #expect(ring.answers(first).count == 1 && ring.answers(again).count == 1)
        #expect(try ring.pending.isEmpty)
        #expect(ring.bench.node.nextDue == nil)
    }

    @Test(arguments: [false, true])
    func `outlives its process, and the memory of its entity`(isWrittenThrough: Bool) throws {
        var limits = isWrittenThrough ? ServiceRunnerLimits.writeThrough : ServiceRunnerLimits()
        limits.cachedEntities = 0
        let ring = try Ring(limits)
        for meter in 1...4 as ClosedRange<UInt16> {
            ring.turn(ring.remind(meter, after: .seconds(5), key: "\(meter)"))
        }
        ring.bench.rest()
        if isWrittenThrough { ring.pass(.seconds(1)) }
        try ring.bench.restart()
        let waiting = ring.remind(1, after: .seconds(5), key: "1")
        ring.turn(waiting)
        #expect(ring.answers(waiting).isEmpty)
        ring.turn(ring.bench.submission(.close(.meter(2))))
        ring.pass(.seconds(5))
        for meter in 1...4 as ClosedRange<UInt16> {
            let again = ring.remind(meter, after: .seconds(5), key: "\(meter)")
            ring.turn(again)
            let status = meter == 2 ? 409 : 201
            #expect(ring.answers(again).map(\.status) == [status], "\(meter)")
            #expect(ring.answers(again).map(\.isReplayed) == [true])
        }
        #expect(ring.answers(waiting).map(\.status) == [201])
        #expect(try ring.pending.isEmpty)
        ring.bench.rest()
        try ring.bench.restart()
        let after = ring.remind(2, after: .seconds(5), key: "2")
        ring.turn(after)
        #expect(ring.answers(after).map(\.status) == [409])
    }

    @Test func `is not waited for when nothing was begun`() throws {
        let ring = try Ring()
        ring.bench.store.moods = [.refusing(.full)]
        let first = ring.remind(1, after: Self.half, key: "one")
        let twin = ring.remind(1, after: Self.half, key: "one")
        ring.turn(first, twin)
        #expect(ring.answers(first) == [EngineProblem.storageFull.reply()])
        #expect(ring.answers(twin) == [EngineProblem.storageFull.reply()])
        ring.pass(.seconds(2))
        #expect(ring.answers(first).count == 1)
        let again = ring.remind(1, after: Self.half, key: "one")
        ring.turn(again)
        ring.pass(Self.half)
        #expect(ring.answers(again) == [Self.rang])
    }

    @Test func `is waited for through refused commits`() throws {
        let ring = try Ring()
        let first = ring.remind(1, after: Self.half, key: "one")
        ring.turn(first)
        ring.bench.pass(Self.half)
        ring.bench.store.moods = [.refusing(.busy)]
        let late = ring.remind(1, after: Self.half, key: "one")
        #expect(ring.turn(late).outcome == .refused(.busy))
        #expect(ring.answers(late) == [EngineProblem.outcomeUnknown.reply()], "it was begun before")
        #expect(ring.answers(first).isEmpty)
        ring.pass(.seconds(1))
        #expect(ring.answers(first) == [Self.rang])
        #expect(try ring.kept.count == 2)
    }

    /// A full disk refuses every commit, for hours.
    @Test func `is not waited for longer because commits are refused`() throws {
        let ring = try Ring()
        let first = ring.remind(1, after: .seconds(30), key: "one")
        ring.turn(first)
        ring.bench.pass(.seconds(1))
        ring.bench.store.moods = [.refusing(.full)]
        let other = ring.bench.submission(.add(.meter(2), 1))
        #expect(ring.turn(other).outcome == .refused(.full))
        #expect(ring.answers(other) == [EngineProblem.storageFull.reply()])
        #expect(ring.answers(first).map(\.status) == [202])
        ring.pass(.seconds(29))
        #expect(ring.answers(first).count == 1)
        let again = ring.remind(1, after: .seconds(30), key: "one")
        ring.turn(again)
        #expect(ring.answers(again) == [Self.rang.replayed()])
    }

    @Test func `is not waited for longer because a batch fails`() throws {
        let ring = try Ring()
        let first = ring.remind(1, after: .seconds(30), key: "one")
        ring.turn(first)
        ring.bench.rest()
        ring.bench.pass(.seconds(1))
        ring.bench.store.unreadable = [MeterKey.meter(0).bytes]
        let other = ring.bench.submission(.add(.meter(0), 1))
        #expect(ring.turn(other).failure != nil)
        #expect(ring.answers(first).map(\.status) == [202])
        #expect(ring.answers(other) == [EngineProblem.storageUnavailable.reply()])
    }

    /// What can't be read is not empty, and no answer may leave it so.
    @Test func `leaves an entity alone that can't be read`() throws {
        var limits = ServiceRunnerLimits.writeThrough
        limits.cachedEntities = 0
        let ring = try Ring(limits)
        let first = ring.remind(1, after: .seconds(3), key: "one")
        ring.turn(first)
        ring.bench.rest()
        ring.bench.pass(.seconds(1))
        ring.bench.store.unreadable = [MeterKey.meter(1).bytes]
        ring.turn()
        #expect(ring.answers(first) == [EngineProblem.outcomeUnknown.reply()])
        ring.bench.store.unreadable = []
        ring.pass(.seconds(2))
        let again = ring.remind(1, after: .seconds(3), key: "one")
        ring.turn(again)
        #expect(ring.answers(again) == [Self.rang.replayed()])
        #expect(try ring.bench.events(LogName("alarms"), MeterEvent.self).count == 2)
    }

    /// Once a pending key is forgotten, it may stand for another request.
    @Test func `does not take a key back that was given up`() throws {
        var limits = ServiceRunnerLimits()
        limits.replyGeneration = .seconds(10)
        let ring = try Ring(limits)
        ring.turn(ring.remind(1, after: .seconds(25), key: "one"))
        for _ in 0..<2 as Range<Int> {
            ring.pass(.seconds(11))
            ring.turn(ring.bench.submission(.add(.meter(9), 1), key: "\(ring.bench.now)"))
        }
        let other = ring.remind(2, after: .milliseconds(100), key: "one", body: "other")
        ring.turn(other)
        ring.pass(.milliseconds(100))
        #expect(ring.answers(other).map(\.text) == ["meter-2 rang 1"])
        ring.pass(.seconds(3))
        #expect(try ring.pending.isEmpty, "the first one is decided, too")
        let again = ring.remind(2, after: .milliseconds(100), key: "one", body: "other")
        ring.turn(again)
        #expect(ring.answers(again) == ring.answers(other).map { $0.replayed() })
    }

    @Test func `is waited for as long by a clock that is set`() throws {
        let ring = try Ring()
        let first = ring.remind(1, after: .seconds(30), key: "one")
        ring.turn(first)
        ring.bench.now = ring.bench.now.advanced(by: .milliseconds(-3_600_000))
        ring.bench.node.setTime(by: .milliseconds(-3_600_000), to: ring.bench.now)
        ring.pass(.milliseconds(999))
        #expect(ring.answers(first).isEmpty)
        ring.pass(.milliseconds(1))
        #expect(ring.answers(first).map(\.status) == [202])
    }

    @Test func `needs no key`() throws {
        let ring = try Ring()
        let first = ring.remind(1, after: Self.half, key: nil)
        ring.turn(first)
        #expect(ring.answers(first).isEmpty)
        #expect(try ring.pending.isEmpty)
        ring.pass(Self.half)
        #expect(ring.answers(first) == [Self.rang])
        #expect(try ring.kept.isEmpty)
    }
}
