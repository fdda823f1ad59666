// SPDX-License-Identifier: Apache-2.0
/// What a turn of the node ends with.

package import Kernel
public import Ports

@usableFromInline package struct Turn: Sendable {
    package var outcome: CommitOutcome = .committed
    @usableFromInline package var replies: [(Ticket, Reply)] = []
    /// Started calls by runner: elements are the service's `Effect`.
    @usableFromInline package var effects: [StartedEffect] = []
    /// Inputs of a refused batch that nobody else would repeat.
    @usableFromInline package var again: [Submission] = []
    /// Gaps in what was delivered of other nodes' logs, to be filled from there.
    package var gaps: [Gap] = []
    /// True when there is more to do right now.
    package var hasMore = false
    package var nextDue: Timestamp?
    package var events = 0
    package var inputs = 0
    /// Forks of other nodes' logs: an operator must look.
    package var forks: [Gap] = []
    /// Why the inputs had to be run one by one; nil as a rule.
    package var failure: (any Error)?
    /// What operators must be told of the facts of this batch.
    @usableFromInline package var alarms: [Alarm] = []

    package init() {}
}

/// Facts that a bus did not deliver: those of `partition` after the position `after`.
package struct Gap: Hashable, Sendable {
    package let log: LogName
    package let partition: UInt16
    package let after: Int64
}

extension Turn {
    mutating func absorb(_ other: inout Turn) {
        replies.append(contentsOf: other.replies)
        alarms.append(contentsOf: other.alarms)
        effects.append(contentsOf: other.effects)
        again.append(contentsOf: other.again)
        gaps.append(contentsOf: other.gaps)
        forks.append(contentsOf: other.forks)
        outcome = other.outcome
        events += other.events
        inputs += other.inputs
    }
}
