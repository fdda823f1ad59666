// SPDX-License-Identifier: Apache-2.0
/// Where latencies are counted: a log-linear histogram of fixed size, after HdrHistogram
/// (G. Tene): no sample is kept, none is lost, and any two can be added.

/// Counts of nanoseconds in buckets that are at most 1/128 of their value wide.
package struct LatencyHistogram: Sendable, Equatable {
    /// 2^7 buckets for each doubling.
    private static let bits = 7
    private static let linear: UInt64 = 1 << (bits + 1)
    /// 2^47 ns, a day and a half; all above is counted as that.
    private static let largest: UInt64 = 1 << 47 - 1

    private var counts = [UInt64](repeating: 0, count: index(of: largest) + 1)
    package private(set) var count: UInt64 = 0
    /// Exact; 0 while there is none.
    package private(set) var max: UInt64 = 0
    private var total: UInt64 = 0

    package init() {}

    package mutating func record(nanoseconds: UInt64) {
        let value = Swift.min(nanoseconds, Self.largest)
        counts[Self.index(of: value)] += 1
        count += 1
        max = Swift.max(max, value)
        total &+= value
    }

    package mutating func add(_ other: LatencyHistogram) {
        for index in counts.indices { counts[index] += other.counts[index] }
        count += other.count
        max = Swift.max(max, other.max)
        total &+= other.total
    }

    package var mean: Double { count == 0 ? 0 : Double(total) / Double(count) }

    /// Nanoseconds that `share` (0...1) of all samples did not exceed: the upper end of the bucket,
    /// so never too good, and at most `max`. 0 while there is no sample.
    package func quantile(_ share: Double) -> UInt64 {
        let rank = Swift.max(1, UInt64((share * Double(count)).rounded(.up)))
        var seen: UInt64 = 0
        for (index, bucket) in counts.enumerated() {
            seen += bucket
            if seen >= rank { return Swift.min(Self.upperEnd(of: index), max) }
        }
        return max
    }

    /// In milliseconds, for reports.
    package func milliseconds(_ share: Double) -> Double { Double(quantile(share)) / 1_000_000 }

    private static func index(of value: UInt64) -> Int {
        guard value >= linear else { return Int(value) }
        let shift = UInt64.bitWidth - value.leadingZeroBitCount - bits - 1
        return shift << bits + Int(value >> UInt64(shift))
    }

    private static func upperEnd(of index: Int) -> UInt64 {
        guard index >= Int(linear) else { return UInt64(index) }
        let shift = index >> bits - 1
        let mantissa = UInt64(index - shift << bits)
        return (mantissa + 1) << UInt64(shift) - 1
    }
}
