// SPDX-License-Identifier: Apache-2.0
/// What a node's clocks show: true time, more or less.

import Kernel
import Ports

/// A wall clock with an offset, a drift and jumps, and a count of what has elapsed, which drifts
/// with it and does not jump. True time is monotonic and common to all.
struct NodeClock: Sendable, Equatable {
    /// What the wall clock shows ahead of the truth at `since`, in nanoseconds.
    private var offset: Int64
    /// What had elapsed at `since` more than the truth.
    private var drifted: Int64 = 0
    /// Nanoseconds gained in a million.
    private(set) var drift: Int64
    private var since: Instant = 0
    /// What all clocks of a world show ahead of the truth, in nanoseconds: nobody can tell.
    private let shift: Int64

    /// The moment at which every world begins: 2026-01-01T00:00:00Z.
    static let beginning: Int64 = 1_767_225_600_000

    init(offset: Int64 = 0, drift: Int64 = 0, shift: Int64 = 0) {
        self.offset = offset
        self.drift = drift
        self.shift = shift
    }

    func reading(at now: Instant) -> ClockReading {
        let shown = Int64(now) + offset + gained(at: now) + shift
        let elapsed = Int64(now) + drifted + gained(at: now)
        return ClockReading(
            wall: Timestamp(milliseconds: Self.beginning + shown.floored(by: 1_000_000)),
            elapsed: Span(milliseconds: elapsed.floored(by: 1_000_000)))
    }

    /// The true instant at which so much more will have elapsed.
    func instant(after span: Span, from now: Instant) -> Instant {
        let (left, overflows) = span.milliseconds.multipliedReportingOverflow(by: 1_000_000)
        guard !overflows else { return span.milliseconds < 0 ? now : .max }
        guard left > 0 else { return now }
        return now + UInt64(left / (1_000_000 + drift) * 1_000_000) + 1_000_000
    }

    mutating func jump(by nanoseconds: Int64, at now: Instant) {
        restart(at: now)
        offset += nanoseconds
    }

    /// From now on it shows the truth.
    mutating func correct(at now: Instant) {
        restart(at: now)
        offset = 0
        drift = 0
    }

    private mutating func restart(at now: Instant) {
        let gained = gained(at: now)
        offset += gained
        drifted += gained
        since = now
    }

    private func gained(at now: Instant) -> Int64 {
        drift == 0 ? 0 : Int64(now - since) / 1_000_000 * drift
    }
}

extension Int64 {
    func floored(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
