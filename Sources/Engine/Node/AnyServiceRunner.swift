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
