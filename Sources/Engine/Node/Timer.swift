// SPDX-License-Identifier: Apache-2.0
/// One entity's next due moment.

public import Kernel

@usableFromInline final class Timer<Key: EntityKey> {
    @usableFromInline let key: Key
    /// When it goes off.
    @usableFromInline var due: Timestamp
    /// What the entity's state says.
    @usableFromInline var wanted: Timestamp
    /// When as much has elapsed as `wanted` asked for: the same, until the clock is set.
    @usableFromInline var deadline: Timestamp
    @usableFromInline var index = -1
    /// The call that it is about, for those who ask what is owed.
    @usableFromInline var call: TimedCall?

    @inlinable init(_ key: Key, due: Timestamp) {
        self.key = key
        self.due = due
        wanted = due
        deadline = due
    }

    @inlinable var isScheduled: Bool { index >= 0 }

    /// The state says `due`: what it said before keeps its deadline.
    @inlinable func want(_ due: Timestamp) {
        guard due != wanted else { return }
        wanted = due
        deadline = due
    }

    /// The node's time was corrected: `change` maps each moment to its new one.
    func retime(_ change: (Timestamp) -> Timestamp) {
        due = change(due)
        deadline = change(deadline)
    }
}

/// What a timer knows of its entity's call.
@usableFromInline struct TimedCall {
    @usableFromInline let operation: Int
    @usableFromInline let since: Timestamp
    /// True when an attempt is under way or has failed; otherwise the call is owed once it is due.
    @usableFromInline let isPending: Bool

    @inlinable init(_ call: OwedCall) {
        operation = call.operation
        since = call.attempts.since
        isPending = call.attempts.isInFlight || call.attempts.failures > 0
    }
}
