// SPDX-License-Identifier: Apache-2.0
/// A desk whose service is known when the box is made. A protocol's witness of a generic class runs
/// unspecialised code (measured: six times the worth of a decision); closures formed where the
/// service is known call the specialised one.

public import Kernel
public import Ports

public final class DeskBox: AnyDesk {
    @usableFromInline let base: any AnyDesk
    @usableFromInline let takeSubmission: (Submission) -> Void
    @usableFromInline let takeWhatIsDue: (Timestamp, Int) -> Int
    @usableFromInline let takeReport: (SlotReport) -> Void
    @usableFromInline let seesOwed: (Timestamp) -> [OwedCalls]
    @usableFromInline let seesWork: () -> Bool
    @usableFromInline let seesUnstored: () -> Bool
    @usableFromInline let seesDue: () -> Timestamp?
    @usableFromInline let seesHead: () -> Int64
    @usableFromInline let takeFacts: ([News], LogName) -> Void
    @usableFromInline let loadRows: (any Store) throws -> Void
    @usableFromInline let decideWave: (inout Moments, any PoisonNote) throws -> Void
    @usableFromInline let renderReplies: () -> Void
    @usableFromInline let collectBatch: (inout Batch, Timestamp, any Chain, Bool) -> Void
    @usableFromInline let settleBatch: (inout Turn, Int, (any RecentRows)?, Timestamp) -> Void
    @usableFromInline let forgetBatch: (inout Turn, Problem, Timestamp) -> Void
    @usableFromInline let openLog: (StoreContents, any Store) throws -> Void
    @usableFromInline let handOver: (inout [News]) -> Void

    @inlinable
    public init<S: Service>(_ desk: Desk<S>) {
        base = desk
        takeSubmission = { desk.take($0) }
        takeWhatIsDue = { desk.takeDue(by: $0, limit: $1) }
        takeReport = { desk.take($0) }
        seesOwed = { desk.owedCalls(at: $0) }
        seesWork = { desk.hasWork }
        seesUnstored = { desk.hasUnstored }
        seesDue = { desk.nextDue }
        seesHead = { desk.head }
        takeFacts = { desk.take($0, from: $1) }
        loadRows = { try desk.load(from: $0) }
        decideWave = { try desk.decide(&$0, note: $1) }
        renderReplies = { desk.render() }
        collectBatch = { desk.collect(into: &$0, at: $1, chain: $2, isIdle: $3) }
        settleBatch = { desk.settle(&$0, desk: $1, recent: $2, now: $3) }
        forgetBatch = { desk.forget(&$0, problem: $1, now: $2) }
        openLog = { try desk.open($0, store: $1) }
        handOver = { desk.exchangeNews(&$0) }
    }

    public var log: LogName { base.log }
    public var hears: [String] { base.hears }
    public var codec: LogCodec { base.codec }
    public var head: Int64 { seesHead() }
    public var parking: Parking {
        get { base.parking }
        set { base.parking = newValue }
    }
    public var hasWork: Bool { seesWork() }
    public var nextDue: Timestamp? { seesDue() }
    public var hasUnstored: Bool { seesUnstored() }

    public func exchangeNews(_ empty: inout [News]) { handOver(&empty) }
    public func take(_ submission: Submission) { takeSubmission(submission) }
    public func take(_ report: SlotReport) { takeReport(report) }
    public func owedCalls(at now: Timestamp) -> [OwedCalls] { seesOwed(now) }

    public func take(_ facts: [News], from log: LogName) { takeFacts(facts, log) }

    public func takeDue(by now: Timestamp, limit: Int) -> Int {
        takeWhatIsDue(now, limit)
    }

    public func load(from store: any Store) throws { try loadRows(store) }

    public func decide(_ moments: inout Moments, note: any PoisonNote) throws {
        try decideWave(&moments, note)
    }

    public func render() { renderReplies() }

    public func collect(
        into batch: inout Batch, at now: Timestamp, chain: any Chain, isIdle: Bool
    ) {
        collectBatch(&batch, now, chain, isIdle)
    }

    public func settle(
        _ turn: inout Turn, desk: Int, recent: (any RecentRows)?, now: Timestamp
    ) {
        settleBatch(&turn, desk, recent, now)
    }

    public func forget(_ turn: inout Turn, problem: Problem, now: Timestamp) {
        forgetBatch(&turn, problem, now)
    }

    public func open(_ contents: StoreContents, store: any Store) throws {
        try openLog(contents, store)
    }

    public func isCommitted(in contents: StoreContents) -> Bool? {
        base.isCommitted(in: contents)
    }

    public func publishUnstored(to recent: any RecentRows) {
        base.publishUnstored(to: recent)
    }

    public func begin(epoch: Int64) { base.begin(epoch: epoch) }

    public func retime(by shift: Span, after last: Timestamp, at now: Timestamp) {
        base.retime(by: shift, after: last, at: now)
    }

    public func beginReplies(at age: Timestamp) { base.beginReplies(at: age) }
    public var greatestKeys: [[UInt8]] { base.greatestKeys }

    public func expireReplies(from store: any Store, into batch: inout Batch) throws {
        try base.expireReplies(from: store, into: &batch)
    }
}
