// SPDX-License-Identifier: Apache-2.0
/// A runner around another one, which does what it does not do itself.

import Kernel
import NodeEngine
import Ports

protocol DecoratedRunner: AnyServiceRunner {
    var base: any AnyServiceRunner { get }
}

extension DecoratedRunner {
    var log: LogName { base.log }
    var subscribesTo: [String] { base.subscribesTo }
    var codec: LogCodec { base.codec }
    var head: Int64 { base.head }
    var parking: Parking {
        get { base.parking }
        set { base.parking = newValue }
    }
    var hasWork: Bool { base.hasWork }
    var nextDue: Timestamp? { base.nextDue }
    var hasUnstored: Bool { base.hasUnstored }

    func exchangeNewFacts(_ empty: inout [LoggedFact]) { base.exchangeNewFacts(&empty) }
    func take(_ submission: Submission) { base.take(submission) }
    func take(_ report: SlotReport) { base.take(report) }
    func owedCalls(at now: Timestamp) -> [OwedCalls] { base.owedCalls(at: now) }
    func take(_ facts: [LoggedFact], from log: LogName) { base.take(facts, from: log) }
    func takeDue(by now: Timestamp, limit: Int) -> Int { base.takeDue(by: now, limit: limit) }
    func load(from store: any Store) throws { try base.load(from: store) }

    func decide(_ moments: inout Moments, note: any PoisonNote) throws {
        try base.decide(&moments, note: note)
    }

    func render() { base.render() }

    func collect(into batch: inout Batch, at now: Timestamp, chain: any Chain, isIdle: Bool) {
        base.collect(into: &batch, at: now, chain: chain, isIdle: isIdle)
    }

    func settle(
        _ turn: inout Turn, runner: Int, recent: (any RecentRows)?, now: Timestamp
    ) {
        base.settle(&turn, runner: runner, recent: recent, now: now)
    }

    func forget(_ turn: inout Turn, problem: Problem, now: Timestamp) {
        base.forget(&turn, problem: problem, now: now)
    }

    func open(_ contents: StoreContents, store: any Store) throws {
        try base.open(contents, store: store)
    }

    func isCommitted(in contents: StoreContents) -> Bool? { base.isCommitted(in: contents) }
    func begin(epoch: Int64) { base.begin(epoch: epoch) }
    func retime(by shift: Span, after last: Timestamp, at now: Timestamp) {
        base.retime(by: shift, after: last, at: now)
    }

    func beginReplies(at age: Timestamp) { base.beginReplies(at: age) }
    var greatestKeys: [[UInt8]] { base.greatestKeys }
    func publishUnstored(to recent: any RecentRows) { base.publishUnstored(to: recent) }

    func expireReplies(from store: any Store, into batch: inout Batch) throws {
        try base.expireReplies(from: store, into: &batch)
    }
}
