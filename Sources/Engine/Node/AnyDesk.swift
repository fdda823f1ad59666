// SPDX-License-Identifier: Apache-2.0
/// What the node's loop sees of a service: a desk that takes commands and facts, decides, and
/// hands over what it has to commit.

package import Kernel
package import Ports

package protocol AnyDesk: AnyObject {
    var log: LogName { get }
    var hears: [String] { get }
    var codec: LogCodec { get }
    /// The last position that is taken, committed or not.
    var head: Int64 { get }
    /// Facts that this batch added and that were not handed on yet.
    var news: [News] { get set }
    var parking: Parking { get set }

    // Taking. Each returns false when there is nothing here to decide.
    func take(_ submission: Submission)
    func take(_ fact: any Fact, from log: LogName, at position: Int64, trace: String?)
    /// Takes what fell due by `now`, or what a restart left open.
    func takeDue(by now: Timestamp, limit: Int) -> Int
    var hasWork: Bool { get }

    // Deciding.
    func load(from store: any Store) throws
    func decide(_ moments: inout Moments, note: any PoisonNote)

    // Committing.
    func render()
    func collect(into batch: inout Batch, at now: Timestamp, chain: any Chain, isIdle: Bool)
    func settle(_ turn: inout Turn, desk: Int, recent: (any RecentRows)?, now: Timestamp)
    func forget(_ turn: inout Turn, problem: Problem, now: Timestamp)

    // Starting, and noticing.
    func open(_ contents: StoreContents, store: any Store) throws
    /// True when the stored heads are those of the batch that is being committed.
    func isCommitted(in contents: StoreContents) -> Bool
    /// Goes on under a new epoch, with the heads as they were after the last commit or, if
    /// `isCommitted`, after this one.
    func begin(epoch: Int64)
    var nextDue: Timestamp? { get }
    var hasUnstored: Bool { get }
    func expireReplies(
        before horizon: Timestamp, from store: any Store, into batch: inout Batch) throws
}

/// A fact on its way to the other services of the node.
package struct News {
    package let position: Int64
    package let bucket: UInt16
    package let fact: any Fact
    package let trace: String?
}

/// The moments of one batch: one time, a fresh draw for each decision.
package struct Moments {
    package let at: Timestamp
    private var state: UInt64

    package init(at: Timestamp, seed: UInt64) {
        self.at = at
        state = seed
    }

    /// SplitMix64 (Steele, Lea, Flood 2014), begun anew for each batch.
    mutating func next(for principal: Principal) -> Moment {
        state &+= 0x9e37_79b9_7f4a_7c15
        var draw = state
        draw = (draw ^ (draw >> 30)) &* 0xbf58_476d_1ce4_e5b9
        draw = (draw ^ (draw >> 27)) &* 0x94d0_49bb_1331_11eb
        return Moment(at: at, draw: draw ^ (draw >> 31), principal: principal)
    }
}

/// What a turn of the node ends with.
package struct Turn: Sendable {
    package var outcome: CommitOutcome = .committed
    package var replies: [(Ticket, Reply)] = []
    /// Started calls by desk: elements are the service's `Effect`.
    package var effects: [StartedEffect] = []
    /// Inputs of a refused batch that nobody else would repeat.
    package var again: [Submission] = []
    /// Gaps in other nodes' logs that must be filled before those go on.
    package var gaps: [Gap] = []
    /// True when there is more to do right now.
    package var hasMore = false
    package var nextDue: Timestamp?
    package var events = 0
    package var inputs = 0
    /// Another history was found where ours should be: an operator must look.
    package var forks: [Gap] = []

    package init() {}
}

/// A call to the outside whose attempt is durable now.
package struct StartedEffect: Sendable {
    package let desk: Int
    /// True when the same call was made before.
    package let isRetry: Bool
    /// The service's `Effect`.
    package let effect: any Sendable
}

/// A hole in what a bus delivered.
package struct Gap: Hashable, Sendable {
    package let log: LogName
    package let partition: UInt16
    package let after: Int64
}
