// SPDX-License-Identifier: Apache-2.0
/// What the node's loop sees of a service: a runner that takes commands and facts, decides, and
/// hands over what it has to commit.

public import Kernel
public import Ports

@usableFromInline package protocol AnyServiceRunner: AnyObject {
    var log: LogName { get }
    var subscribesTo: [String] { get }
    var codec: LogCodec { get }
    /// The last position that is taken, committed or not.
    var head: Int64 { get }
    /// Hands out the facts that this batch added since the last call, for an empty array.
    func exchangeNewFacts(_ empty: inout [LoggedFact])
    var parking: Parking { get set }

    // Taking.
    /// A batch begins; kept answers are as old as `age` says.
    func beginReplies(at age: Timestamp)
    func take(_ submission: Submission)
    /// Takes facts of another runner's log, in their order.
    func take(_ facts: [LoggedFact], from log: LogName)
    /// Takes what fell due by `now`, or what a restart left open.
    func takeDue(by now: Timestamp, limit: Int) -> Int
    var hasWork: Bool { get }

    /// Takes what a worker says of its slots.
    func take(_ report: SlotReport)
    /// What the runner's entities owe to the outside, by operation.
    func owedCalls(at now: Timestamp) -> [OwedCalls]

    // Deciding.
    func load(from store: any Store) throws
    func decide(_ moments: inout Moments, note: any PoisonNote) throws

    // Committing.
    func render()
    func collect(into batch: inout Batch, at now: Timestamp, chain: any Chain, isIdle: Bool)
    func settle(_ turn: inout Turn, runner: Int, recent: (any RecentRows)?, now: Timestamp)
    func forget(_ turn: inout Turn, problem: Problem, now: Timestamp)

    // Starting, and noticing.
    func open(_ contents: StoreContents, store: any Store) throws
    /// True when the stored heads are those of the batch that is being committed; nil when the
    /// batch adds nothing to this runner's logs, so that they can't tell.
    func isCommitted(in contents: StoreContents) -> Bool?
    /// Goes on under a new epoch, with the heads as they were after the last commit or, if
    /// `isCommitted`, after this one.
    func begin(epoch: Int64)
    /// Shows readers what the log holds and the rows do not yet.
    func publishUnstored(to recent: any RecentRows)
    var nextDue: Timestamp? { get }
    var hasUnstored: Bool { get }
    /// Moves the timers after `last` by `shift`, since the node's time is `now` from now on.
    func retime(by shift: Span, after last: Timestamp, at now: Timestamp)
    /// The greatest key of each table that the service has ever had an entity for.
    var greatestKeys: [[UInt8]] { get }
    /// Removes some of what is left of answers that are not kept any more.
    func expireReplies(from store: any Store, into batch: inout Batch) throws
}

/// A fact on its way to the other services of the node.
@usableFromInline package struct LoggedFact {
    @usableFromInline package let position: Int64
    @usableFromInline package let fact: any Fact
    @usableFromInline let trace: String?

    @inlinable init(position: Int64, fact: any Fact, trace: String?) {
        self.position = position
        self.fact = fact
        self.trace = trace
    }
}

/// The moments of one batch: one time, a fresh draw for each decision.
@usableFromInline package struct Moments {
    @usableFromInline package let at: Timestamp
    @usableFromInline var state: UInt64

    package init(at: Timestamp, seed: UInt64) {
        self.at = at
        state = seed
    }

    /// SplitMix64 (Steele, Lea, Flood 2014), begun anew for each batch.
    @inlinable mutating func next(
        for principal: Principal, credit: CallCredit, elapsed: Timestamp? = nil
    ) -> Moment {
        state &+= 0x9e37_79b9_7f4a_7c15
        var draw = state
        draw = (draw ^ (draw >> 30)) &* 0xbf58_476d_1ce4_e5b9
        draw = (draw ^ (draw >> 27)) &* 0x94d0_49bb_1331_11eb
        return Moment(
            at: at, draw: draw ^ (draw >> 31), principal: principal, credit: credit,
            elapsed: elapsed)
    }
}

/// What a turn of the node ends with.
@usableFromInline package struct Turn: Sendable {
    package var outcome: CommitOutcome = .committed
    @usableFromInline package var replies: [(Ticket, Reply)] = []
    /// Started calls by runner: elements are the service's `Effect`.
    @usableFromInline package var effects: [StartedEffect] = []
    /// Inputs of a refused batch that nobody else would repeat.
    @usableFromInline package var again: [Submission] = []
    /// Gaps in other nodes' logs that must be filled before those go on.
    package var gaps: [Gap] = []
    /// True when there is more to do right now.
    package var hasMore = false
    package var nextDue: Timestamp?
    package var events = 0
    package var inputs = 0
    /// Another history was found where ours should be: an operator must look.
    package var forks: [Gap] = []
    /// Why the inputs had to be run one by one; nil as a rule.
    package var failure: (any Error)?
    /// What operators must be told of the facts of this batch.
    @usableFromInline package var alarms: [Alarm] = []

    package init() {}
}

/// A call to the outside whose attempt is durable now.
public struct StartedEffect: Sendable {
    public let runner: Int
    /// Its place among the service's operations.
    public let operation: Int
    /// True when the outside failed at the same call before.
    public let isRetry: Bool
    /// The service's `Effect`.
    public let effect: any Sendable

    public init(runner: Int, operation: Int, isRetry: Bool, effect: any Sendable) {
        self.runner = runner
        self.operation = operation
        self.isRetry = isRetry
        self.effect = effect
    }
}

/// A hole in what a bus delivered.
package struct Gap: Hashable, Sendable {
    package let log: LogName
    package let partition: UInt16
    package let after: Int64
}
