// SPDX-License-Identifier: Apache-2.0
/// Keeps the house from hammering an outside service that is down: a circuit breaker, and a budget
/// for retries. Both are values; whoever holds them brings the time.

package import Kernel

/// Opens when too many of the latest calls failed; after a pause lets a few probes through.
package struct Breaker: Sendable, Equatable {
    package struct Settings: Sendable, Equatable {
        /// Calls that are looked at together.
        package var window = 100
        /// The fewest calls that say anything.
        package var callsMin = 20
        /// Opens at this share of failures, in per cent.
        package var failuresPercent = 50
        package var pause = Span.seconds(2)
        package var probes = 5

        package init() {}
    }

    package enum Phase: Sendable, Equatable {
        case closed
        case open(until: Timestamp)
        case halfOpen(probesLeft: Int)
    }

    package private(set) var phase = Phase.closed
    private let settings: Settings
    private var calls = 0
    private var failures = 0

    package init(_ settings: Settings = Settings()) { self.settings = settings }

    /// How many of `count` calls may go out now.
    package mutating func admit(_ count: Int, at now: Timestamp) -> Int {
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

    package mutating func note(succeeded: Int, failed: Int, at now: Timestamp) {
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
/// with
/// time: an outage must not multiply the load that it meets when it ends, nor leave what it
/// interrupted without a further try.
package struct RetryBudget: Sendable, Equatable {
    /// In tenths of a retry.
    private var tokens: Int
    private let tokensMax: Int
    private let tokensPerSecond: Int
    private var filled: Timestamp?

    package init(reserve: Int = 100, perSecond: Int = 10) {
        tokensMax = reserve * 10
        tokens = tokensMax
        tokensPerSecond = perSecond * 10
    }

    /// A first attempt pays for a tenth of a retry.
    package mutating func noteFirst(_ count: Int) { tokens = min(tokensMax, tokens + count) }

    /// How many of `count` retries may go out now.
    package mutating func admit(_ count: Int, at now: Timestamp) -> Int {
        fill(now)
        let admitted = min(count, tokens / 10)
        tokens -= admitted * 10
        return admitted
    }

    /// Retries that were admitted and not made after all.
    package mutating func giveBack(_ count: Int) { tokens = min(tokensMax, tokens + count * 10) }

    private mutating func fill(_ now: Timestamp) {
        let passed = now.since(filled ?? now).milliseconds
        let earned = Int(min(max(passed, 0), 3_600_000)) * tokensPerSecond / 1_000
        guard filled == nil || passed < 0 || earned > 0 else { return }
        filled = now
        tokens = min(tokensMax, tokens + earned)
    }
}
