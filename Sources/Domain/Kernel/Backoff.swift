// SPDX-License-Identifier: Apache-2.0
/// When to try again: exponential, capped, and spread out so that many do not come back at once.

/// Capped exponential backoff with full jitter above a floor (after M. Brooker, "Exponential
/// Backoff And Jitter", AWS Architecture Blog, 2015).
@frozen public struct Backoff: Sendable, Equatable {
    public let base: Span
    public let max: Span

    @inlinable
    public init(base: Span, max: Span) {
        self.base = base
        self.max = max
    }

    /// The pause before attempt `attempt + 1`: between half of and the whole of
    /// base × 2^(attempt − 1), at most `max`. `draw` is 64 random bits.
    public func pause(after attempt: Int64, draw: UInt64) -> Span {
        let doublings = Swift.max(0, Swift.min(attempt - 1, 40))
        let grown = base.milliseconds.multipliedReportingOverflow(by: 1 << doublings)
        let whole =
            grown.overflow ? max.milliseconds : Swift.min(grown.partialValue, max.milliseconds)
        let half = whole / 2
        let spread = UInt64(whole - half + 1)
        return .milliseconds(half + Int64(draw % spread))
    }
}
