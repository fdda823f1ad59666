// SPDX-License-Identifier: Apache-2.0
/// Points and spans of time as plain numbers. The kernel has no clock: a timestamp is always given.

/// A point in time: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
@frozen public struct Timestamp: Hashable, Comparable, Sendable {
    public let milliseconds: Int64

    @inlinable
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// The point `span` later. Stops at the end of the range instead of wrapping round.
    @inlinable
    public func advanced(by span: Span) -> Timestamp {
        Timestamp(milliseconds: saturatingSum(milliseconds, span.milliseconds))
    }

    /// The span from `earlier` to this point; negative if that is later. Stops at the ends.
    @inlinable
    public func since(_ earlier: Timestamp) -> Span {
        let (difference, overflows) = milliseconds.subtractingReportingOverflow(
            earlier.milliseconds)
        return Span(milliseconds: overflows ? (milliseconds < 0 ? .min : .max) : difference)
    }

    @inlinable
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }
}

/// A length of time in milliseconds; it may be negative. A day is 24 hours.
@frozen public struct Span: Hashable, Comparable, Sendable {
    public let milliseconds: Int64

    @inlinable
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    @inlinable
    public static func milliseconds(_ count: Int64) -> Span { Span(milliseconds: count) }
    /// Like all larger units, stops at the ends of the range instead of wrapping round.
    @inlinable
    public static func seconds(_ count: Int64) -> Span { Span(count, times: 1_000) }
    @inlinable
    public static func minutes(_ count: Int64) -> Span { Span(count, times: 60_000) }
    @inlinable
    public static func hours(_ count: Int64) -> Span { Span(count, times: 3_600_000) }
    @inlinable
    public static func days(_ count: Int64) -> Span { Span(count, times: 86_400_000) }

    /// How much longer this is than `other`. Stops at the ends of the range.
    @inlinable
    public func since(_ other: Span) -> Span {
        Timestamp(milliseconds: milliseconds).since(Timestamp(milliseconds: other.milliseconds))
    }

    @inlinable
    public static func < (left: Span, right: Span) -> Bool {
        left.milliseconds < right.milliseconds
    }

    @inlinable
    init(_ count: Int64, times factor: Int64) {
        let (product, overflows) = count.multipliedReportingOverflow(by: factor)
        milliseconds = overflows ? (count < 0 ? .min : .max) : product
    }
}

@inlinable
func saturatingSum(_ left: Int64, _ right: Int64) -> Int64 {
    let (sum, overflows) = left.addingReportingOverflow(right)
    return overflows ? (right < 0 ? .min : .max) : sum
}
