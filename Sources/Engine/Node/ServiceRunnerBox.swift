// SPDX-License-Identifier: Apache-2.0
/// A runner whose service is known when the box is made. A protocol's witness of a generic class
/// runs unspecialised code (measured: six times the worth of a decision); closures formed where the
/// service is known call the specialised one.

public import Kernel
public import Ports

extension Service {
    /// Runs the service in a node, at `place`.
    @inlinable package static func runner(at place: RunnerPlace) -> any AnyServiceRunner {
        ServiceRunnerBox(
            ServiceRunner(
                Self.self, shard: place.shard, limits: place.limits, codec: place.codec,
                ownsBucket: place.ownsBucket))
    }
}

@usableFromInline final class ServiceRunnerBox: AnyServiceRunner {
    @usableFromInline let base: any AnyServiceRunner
    @usableFromInline let takeSubmission: (Submission) -> Void
    @usableFromInline let takeWhatIsDue: (Timestamp, Int) -> Int
    @usableFromInline let takeReport: (SlotReport) -> Void
    @usableFromInline let seesOwed: (Timestamp) -> [OwedCalls]
    @usableFromInline let seesWork: () -> Bool
    @usableFromInline let seesUnstored: () -> Bool
    @usableFromInline let seesDue: () -> Timestamp?
    @usableFromInline let seesHead: () -> Int64
    @usableFromInline let takeFacts: ([LoggedFact], LogName) -> Void
    @usableFromInline let loadRows: (any Store) throws -> Void
    @usableFromInline let decideWave: (inout Moments, any PoisonNote) throws -> Void
    @usableFromInline let renderReplies: () -> Void
    @usableFromInline let collectBatch: (inout Batch, Timestamp, any Chain, Bool) -> Void
    @usableFromInline let settleBatch: (inout Turn, Int, (any RecentRows)?, Timestamp) -> Void
    @usableFromInline let forgetBatch: (inout Turn, Problem, Timestamp) -> Void
    @usableFromInline let openLog: (StoreContents, any Store) throws -> Void
    @usableFromInline let handOver: (inout [LoggedFact]) -> Void

    @inlinable
    init<S: Service>(_ runner: ServiceRunner<S>) {
        base = runner
        takeSubmission = { runner.take($0) }
        takeWhatIsDue = { runner.takeDue(by: $0, limit: $1) }
        takeReport = { runner.take($0) }
        seesOwed = { runner.owedCalls(at: $0) }
        seesWork = { runner.hasWork }
        seesUnstored = { runner.hasUnstored }
        seesDue = { runner.nextDue }
        seesHead = { runner.head }
        takeFacts = { runner.take($0, from: $1) }
        loadRows = { try runner.load(from: $0) }
        decideWave = { try runner.decide(&$0, note: $1) }
        renderReplies = { runner.render() }
        collectBatch = { runner.collect(into: &$0, at: $1, chain: $2, isIdle: $3) }
        settleBatch = { runner.settle(&$0, runner: $1, recent: $2, now: $3) }
        forgetBatch = { runner.forget(&$0, problem: $1, now: $2) }
        openLog = { try runner.open($0, store: $1) }
        handOver = { runner.exchangeNewFacts(&$0) }
    }

    @usableFromInline var log: LogName { base.log }
    @usableFromInline var subscribesTo: [String] { base.subscribesTo }
    @usableFromInline var codec: LogCodec { base.codec }
    @usableFromInline var head: Int64 { seesHead() }
    @usableFromInline var parking: Parking {
        get { base.parking }
        set { base.parking = newValue }
    }
    @usableFromInline var hasWork: Bool { seesWork() }
    @usableFromInline var nextDue: Timestamp? { seesDue() }
    @usableFromInline var hasUnstored: Bool { seesUnstored() }

    @usableFromInline func exchangeNewFacts(_ empty: inout [LoggedFact]) { handOver(&empty) }
    @usableFromInline func take(_ submission: Submission) { takeSubmission(submission) }
    @usableFromInline func take(_ report: SlotReport) { takeReport(report) }
    @usableFromInline func owedCalls(at now: Timestamp) -> [OwedCalls] { seesOwed(now) }

    @usableFromInline func take(_ facts: [LoggedFact], from log: LogName) { takeFacts(facts, log) }

    @usableFromInline func takeDue(by now: Timestamp, limit: Int) -> Int {
        takeWhatIsDue(now, limit)
    }

    @usableFromInline func load(from store: any Store) throws { try loadRows(store) }

    @usableFromInline func decide(_ moments: inout Moments, note: any PoisonNote) throws {
        try decideWave(&moments, note)
    }

    @usableFromInline func render() { renderReplies() }

    @usableFromInline func collect(
        into batch: inout Batch, at now: Timestamp, chain: any Chain, isIdle: Bool
    ) {
        collectBatch(&batch, now, chain, isIdle)
    }

    @usableFromInline func settle(
        _ turn: inout Turn, runner: Int, recent: (any RecentRows)?, now: Timestamp
    ) {
        settleBatch(&turn, runner, recent, now)
    }

    @usableFromInline func forget(_ turn: inout Turn, problem: Problem, now: Timestamp) {
        forgetBatch(&turn, problem, now)
    }

    @usableFromInline func open(_ contents: StoreContents, store: any Store) throws {
        try openLog(contents, store)
    }

    @usableFromInline func isCommitted(in contents: StoreContents) -> Bool? {
        base.isCommitted(in: contents)
    }

    @usableFromInline func publishUnstored(to recent: any RecentRows) {
        base.publishUnstored(to: recent)
    }

    @usableFromInline func begin(epoch: Int64) { base.begin(epoch: epoch) }

    @usableFromInline func retime(by shift: Span, after last: Timestamp, at now: Timestamp) {
        base.retime(by: shift, after: last, at: now)
    }

    @usableFromInline func beginReplies(at age: Timestamp) { base.beginReplies(at: age) }
    @usableFromInline var greatestKeys: [[UInt8]] { base.greatestKeys }

    @usableFromInline func expireReplies(from store: any Store, into batch: inout Batch) throws {
        try base.expireReplies(from: store, into: &batch)
    }
}
