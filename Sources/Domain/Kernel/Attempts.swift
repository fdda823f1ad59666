// SPDX-License-Identifier: Apache-2.0
/// What a state knows of the call to the outside that it owes: how often it was attempted, whether
/// an attempt is under way, and when the next one is due. The same for every kind of call.

/// Which operations of a service may call the outside now: a worker has a free slot for each.
@frozen public struct CallCredit: Sendable, Equatable {
    /// One bit an operation.
    public let operations: UInt64

    @inlinable
    public init(operations: UInt64) { self.operations = operations }

    public static let none = CallCredit(operations: 0)
    public static let all = CallCredit(operations: .max)

    @inlinable public func covers(_ operation: Int) -> Bool {
        operations & (1 << UInt64(operation)) != 0
    }

    @inlinable public func adding(_ operation: Int) -> CallCredit {
        CallCredit(operations: operations | 1 << UInt64(operation))
    }
}

/// How a call comes to be owed.
@frozen public enum CallStart: Sendable, Equatable {
    /// There was credit: this fact records the first attempt, which counts as lost unless it is
    /// answered by then.
    case now(leaseUntil: Timestamp)
    /// There was none: the call is owed since then, and no attempt was made.
    case later(since: Timestamp)

    /// True when the first attempt was recorded.
    @inlinable public var isAttempted: Bool {
        if case .now = self { true } else { false }
    }

    /// Begins the call of `operation` at once if `moment` has credit for it.
    @inlinable
    public init(_ operation: Int, lease: Span, _ moment: Moment) {
        self =
            moment.credit.covers(operation)
            ? .now(leaseUntil: moment.at.advanced(by: lease)) : .later(since: moment.at)
    }
}

/// The attempts at one call.
public struct Attempts: Sendable, Equatable {
    /// The number of the latest attempt; it grows over the entity's whole life. 0 before the first.
    public private(set) var number: Int64
    /// Attempts at the present call.
    public private(set) var made: Int64
    /// Those of them that the outside failed. An attempt that a restart interrupted, or whose
    /// answer got lost in the house, is none: nothing is given up because of either.
    public private(set) var failures: Int64
    public private(set) var isInFlight: Bool
    /// True when the attempt under way, or else the next one, follows on a failure.
    public private(set) var isRetry: Bool
    /// Since when the present call is owed.
    public private(set) var since: Timestamp
    /// While an attempt is under way: when it counts as lost. Otherwise: when the next one is due;
    /// nil when none is.
    public private(set) var due: Timestamp?

    /// No attempt was made and none is owed.
    public init(since: Timestamp) {
        number = 0
        made = 0
        failures = 0
        isInFlight = false
        isRetry = false
        self.since = since
        due = nil
    }

    /// The first call of an entity.
    public init(_ start: CallStart, lease: Span) {
        self.init(since: Timestamp(milliseconds: 0))
        begin(start, lease: lease)
    }

    /// Another call is owed from now on.
    public mutating func begin(_ start: CallStart, lease: Span) {
        failures = 0
        isRetry = false
        switch start {
        case .now(let leaseUntil):
            number += 1
            made = 1
            isInFlight = true
            since = leaseUntil.advanced(by: .milliseconds(-lease.milliseconds))
            due = leaseUntil
        case .later(let since):
            made = 0
            isInFlight = false
            self.since = since
            due = since
        }
    }

    /// The attempt `number` was recorded.
    public mutating func make(_ number: Int64, leaseUntil: Timestamp) {
        isRetry = isRetryNext
        self.number = number
        made += 1
        isInFlight = true
        due = leaseUntil
    }

    /// The attempt under way came to nothing: the next one is due at `retryAt`.
    public mutating func postpone(to retryAt: Timestamp, isFailure: Bool) {
        if isFailure { failures += 1 }
        isInFlight = false
        isRetry = isFailure
        due = retryAt
    }

    /// The call is settled. `due`: when another one is wanted; nil for never.
    public mutating func rest(due: Timestamp? = nil) {
        made = 0
        failures = 0
        isInFlight = false
        isRetry = false
        if let due { since = due }
        self.due = due
    }

    /// True when the next attempt would follow on a failure of the outside.
    public var isRetryNext: Bool { !isInFlight && isRetry }

    /// Nobody will answer the attempt under way any more: its lease is over, or its process ended.
    public func isLost(_ moment: Moment, isRestart: Bool) -> Bool {
        guard isInFlight, let due else { return false }
        return isRestart || moment.reaches(due)
    }

    /// An attempt may be made now.
    public func isDue(_ moment: Moment) -> Bool { due.map { moment.reaches($0) } ?? false }

    /// The same, by the time alone.
    public func isDue(at now: Timestamp) -> Bool { due.map { $0 <= now } ?? false }

    /// When to try again after one more failure: by `backoff`, but never later than in twenty
    /// seconds or a twentieth of the time for which the call is owed, whichever is longer. So a
    /// short outage is made up for soon after its end, and a long one costs few attempts: what
    /// spares an outside that is down for all is the breaker, which lets no attempt be recorded.
    public func retryAt(_ backoff: Backoff, _ moment: Moment) -> Timestamp {
        let age = moment.at.since(since).milliseconds
        let longest = Span.milliseconds(max(20_000, age / 20))
        let bounded = Backoff(
            base: backoff.base,
            max: backoff.max.milliseconds < longest.milliseconds ? backoff.max : longest)
        return moment.at.advanced(by: bounded.pause(after: failures + 1, draw: moment.draw))
    }
}

extension CallStart {
    public func write(to writer: inout WireWriter) {
        switch self {
        case .now(let leaseUntil):
            writer.field("isAttempted", true)
            writer.field("leaseUntil", leaseUntil)
        case .later(let since):
            writer.field("isAttempted", false)
            writer.field("owedSince", since)
        }
    }

    public init(from reader: inout WireReader) throws(WireError) {
        self =
            try reader.bool("isAttempted")
            ? .now(leaseUntil: try reader.timestamp("leaseUntil"))
            : .later(since: try reader.timestamp("owedSince"))
    }
}

extension Attempts: WireCoded {
    public func write(to writer: inout WireWriter) {
        writer.field("attempt", number)
        writer.field("attemptsMade", made)
        writer.field("failures", failures)
        writer.field("isInFlight", isInFlight)
        writer.field("isRetry", isRetry)
        writer.field("owedSince", since)
        writer.field("due", due)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        number = try reader.int("attempt")
        made = try reader.int("attemptsMade")
        failures = try reader.int("failures")
        isInFlight = try reader.bool("isInFlight")
        isRetry = try reader.bool("isRetry")
        since = try reader.timestamp("owedSince")
        due = try reader.optionalTimestamp("due")
    }
}
