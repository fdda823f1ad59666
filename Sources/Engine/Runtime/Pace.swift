// SPDX-License-Identifier: Apache-2.0
/// How time catches up with a clock without going back, standing still or leaping.

package import Kernel

/// Time that follows a clock: it runs at three quarters of the speed while it is ahead of the
/// clock, and at five quarters while it is behind. A retry's backoff varies by more.
package struct Pace: Sendable, Equatable {
    /// In quarters of a millisecond, so that nothing is lost between two looks.
    private var quarters: Int64
    /// What had elapsed when it was looked at last.
    package private(set) var elapsed: Span

    package init(at moment: Timestamp, elapsed: Span) {
        quarters = Self.quarters(moment)
        self.elapsed = elapsed
    }

    /// The time as it was told last.
    package var moment: Timestamp { Timestamp(milliseconds: quarters >> 2) }

    /// `elapsed` has elapsed, and the clock shows `target`. Unless it `isBounded`, time that is
    /// behind catches up at once.
    @discardableResult
    package mutating func follow(
        _ target: Timestamp, elapsed now: Span, isBounded: Bool = true
    ) -> Timestamp {
        let passed = max(0, min(now.milliseconds &- elapsed.milliseconds, Self.spanMax))
        elapsed = max(elapsed, now)
        let wanted = max(Self.quarters(target) - quarters, 3 * passed)
        quarters = min(quarters + (isBounded ? min(wanted, 5 * passed) : wanted), Self.latest)
        return moment
    }

    /// Not before `floor` from now on.
    package mutating func raise(to floor: Timestamp) {
        quarters = max(quarters, Self.quarters(floor))
    }

    private static var latest: Int64 { 4 * UUIDv7.millisecondsMax }
    /// More cannot pass between two looks.
    private static var spanMax: Int64 { UUIDv7.millisecondsMax }

    /// From 1970 to the latest time that an id can carry: what lies beyond is no time.
    private static func quarters(_ moment: Timestamp) -> Int64 {
        4 * max(0, min(moment.milliseconds, UUIDv7.millisecondsMax))
    }
}
