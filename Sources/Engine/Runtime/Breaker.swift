// SPDX-License-Identifier: Apache-2.0
/// Keeps the house from hammering an outside service that is down: a circuit breaker, and a budget
/// for retries. Both are values; whoever holds them brings the time.

public import Kernel

/// Opens when too many of the latest calls failed; after a pause lets a few probes through.
public struct Breaker: Sendable, Equatable {
    public struct Settings: Sendable, Equatable {
        /// Calls that are looked at together.
        public var window = 100
        /// The fewest calls that say anything.
        public var callsMin = 20
        /// Opens at this share of failures, in per cent.
        public var failuresPercent = 50
        public var pause = Span.seconds(2)
        public var probes = 5

        public init() {}
    }

    public enum Phase: Sendable, Equatable {
        case closed
        case open(until: Timestamp)
        case halfOpen(probesLeft: Int)
    }

    public private(set) var phase = Phase.closed
    private let settings: Settings
    private var calls = 0
    private var failures = 0

    public init(_ settings: Settings = Settings()) { self.settings = settings }

    /// How many of `count` calls may go out now.
    public mutating func admit(_ count: Int, at now: Timestamp) -> Int {
        if case .open(let until) = phase, now >= until {
            phase = .halfOpen(probesLeft: settings.probes)
        }
        switch phase {
        case .closed: return count
        case .open: return 0
        case .halfOpen(let left):
            let admitted = min(count, left)
            phase = .halfOpen(probesLeft: left - admitted)
            return admitted
        }
    }

    public mutating func note(succeeded: Int, failed: Int, at now: Timestamp) {
        switch phase {
        case .open: break
        case .halfOpen:
            if failed > 0 {
                trip(now)
            } else if succeeded > 0 {
                phase = .closed
                (calls, failures) = (0, 0)
            }
        case .closed:
            calls += succeeded + failed
            failures += failed
            if calls >= settings.callsMin && failures * 100 >= calls * settings.failuresPercent {
                trip(now)
            } else if calls > settings.window {
                calls /= 2
                failures /= 2
            }
        }
    }

    private mutating func trip(_ now: Timestamp) {
        phase = .open(until: now.advanced(by: settings.pause))
        (calls, failures) = (0, 0)
    }
}

/// Retries may be at most a share of first attempts, beyond a small reserve that fills up again
/// with time: an outage must not multiply the load that it meets when it ends, nor leave what it
/// interrupted without a further try.
public struct RetryBudget: Sendable, Equatable {
    /// In tenths of a retry.
    private var tokens: Int
    private let tokensMax: Int
    private let tokensPerSecond: Int
    private var filled: Timestamp?

    public init(reserve: Int = 100, perSecond: Int = 10) {
        tokensMax = reserve * 10
        tokens = tokensMax
        tokensPerSecond = perSecond * 10
    }

    /// A first attempt pays for a tenth of a retry.
    public mutating func noteFirst(_ count: Int) { tokens = min(tokensMax, tokens + count) }

    /// How many of `count` retries may go out now.
    public mutating func admit(_ count: Int, at now: Timestamp) -> Int {
        fill(now)
        let admitted = min(count, tokens / 10)
        tokens -= admitted * 10
        return admitted
    }

    /// Retries that were admitted and not made after all.
    public mutating func giveBack(_ count: Int) { tokens = min(tokensMax, tokens + count * 10) }

    private mutating func fill(_ now: Timestamp) {
        let passed = now.since(filled ?? now).milliseconds
        let earned = Int(min(max(passed, 0), 3_600_000)) * tokensPerSecond / 1_000
        guard let filled, passed >= 0, tokens + earned < tokensMax else {
            self.filled = now
            tokens = min(tokensMax, tokens + earned)
            return
        }
        guard earned > 0 else { return }
        // What is left of the time that passed counts the next time.
        self.filled = filled.advanced(by: .milliseconds(Int64(earned * 1_000 / tokensPerSecond)))
        tokens += earned
    }
}

/// What stands at the entrance of a lane: the budget asks whether a retry may go out at all, the
/// breaker whether anything may. A value, so that a lane and a simulated one decide alike.
public struct LaneGate: Sendable, Equatable {
    public var breaker: Breaker
    public var budget = RetryBudget()

    public init(_ settings: Breaker.Settings = Breaker.Settings()) {
        breaker = Breaker(settings)
    }

    /// The breaker is asked last: what it admits must go out, since it may be the probe whose
    /// outcome it waits for.
    public mutating func admits(isRetry: Bool, at now: Timestamp) -> Bool {
        if isRetry && budget.admit(1, at: now) == 0 { return false }
        guard breaker.admit(1, at: now) == 1 else {
            if isRetry { budget.giveBack(1) }
            return false
        }
        if !isRetry { budget.noteFirst(1) }
        return true
    }
}
