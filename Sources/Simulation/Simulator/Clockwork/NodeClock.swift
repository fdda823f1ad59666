// SPDX-License-Identifier: Apache-2.0
/// What a node's clock shows: true time, more or less.

import Kernel

/// A wall clock with an offset, a drift and jumps. True time is monotonic and common to all.
struct NodeClock: Sendable, Equatable {
    /// What the clock shows ahead of the truth at `since`, in nanoseconds.
    private var offset: Int64
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

    func wall(at now: Instant) -> Timestamp {
        let shown = Int64(now) + ahead(at: now) + shift
        return Timestamp(milliseconds: Self.beginning + shown.floored(by: 1_000_000))
    }

    /// The true instant at which the clock will show `moment`, if nobody touches it.
    func instant(of moment: Timestamp, after now: Instant) -> Instant {
        let (wanted, overflows) = (moment.milliseconds &- Self.beginning)
            .multipliedReportingOverflow(by: 1_000_000)
        guard !overflows else { return moment.milliseconds < Self.beginning ? now : .max }
        let left = wanted &- Int64(now) &- ahead(at: now) &- shift
        guard left > 0 else { return now }
        let scaled = left / 1_000_000 * 1_000_000 / (1_000_000 + drift) * 1_000_000
        return now + UInt64(max(scaled, 0)) + 1_000_000
    }

    mutating func jump(by nanoseconds: Int64, at now: Instant) {
        offset = ahead(at: now) + nanoseconds
        since = now
    }

    /// From now on it shows the truth.
    mutating func correct() { self = NodeClock(shift: shift) }

    private func ahead(at now: Instant) -> Int64 {
        guard drift != 0 else { return offset }
        return offset + Int64(now - since) / 1_000_000 * drift
    }
}

extension Int64 {
    func floored(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
