// SPDX-License-Identifier: Apache-2.0
/// Credit for calls to the outside: a node records an attempt only when the worker that makes the
/// call has a slot free for it. What finds none stays due, in its order, without an attempt.

public import Kernel

/// The slots of one operation, as a node knows them.
///
/// Retries get at most half of them: keys that fail again and again never hold up the others.
@usableFromInline struct CallSlots {
    @usableFromInline var limit: Int
    @usableFromInline var retryLimit: Int
    @usableFromInline var underWay = 0
    @usableFromInline var retriesUnderWay = 0
    /// Taken by attempts of the batch that is being decided.
    @usableFromInline var claimed = 0
    @usableFromInline var claimedRetries = 0

    @inlinable init(limit: Int) {
        self.limit = limit
        retryLimit = limit / 2
    }

    @inlinable var free: Int { max(0, limit - underWay - claimed) }

    @inlinable var freeForRetries: Int {
        min(free, max(0, retryLimit - retriesUnderWay - claimedRetries))
    }

    @inlinable mutating func claim(isRetry: Bool) {
        claimed += 1
        if isRetry { claimedRetries += 1 }
    }

    /// A call of the batch that is durable now was started.
    @inlinable mutating func start(isRetry: Bool) {
        underWay += 1
        if isRetry { retriesUnderWay += 1 }
    }

    @inlinable mutating func endBatch() {
        claimed = 0
        claimedRetries = 0
    }

    @inlinable mutating func take(_ report: SlotReport) {
        limit = report.limit
        retryLimit = report.retryLimit
        underWay = max(0, underWay - report.ended)
        retriesUnderWay = max(0, retriesUnderWay - report.endedRetries)
    }
}

/// An entity whose call is due and waits for credit.
@usableFromInline struct CreditWaiter<Key: EntityKey> {
    @usableFromInline let key: Key
    @usableFromInline let wait: CreditWait
    @usableFromInline let since: Timestamp

    @inlinable init(key: Key, wait: CreditWait, since: Timestamp) {
        self.key = key
        self.wait = wait
        self.since = since
    }
}

/// What an entity waits for.
@usableFromInline struct CreditWait: Equatable, Sendable {
    @usableFromInline let operation: Int
    /// What the state says to be due: it has come, also where a clock that was set back shows less.
    @usableFromInline let due: Timestamp?

    @inlinable init(operation: Int, due: Timestamp?) {
        self.operation = operation
        self.due = due
    }
}
