// SPDX-License-Identifier: Apache-2.0
/// How buckets map to partitions: each has a range of its own, so that shards, which own ranges of
/// partitions, own ranges of buckets.

/// Fixed when a house is founded, and the same for all its logs.
public struct Partitioning: Hashable, Sendable {
    /// How many buckets there are: twelve bits, as ids carry them.
    public static let buckets = 4_096

    public let count: UInt16
    @usableFromInline let shift: UInt16

    /// 64 partitions.
    public static let standard: Partitioning = {
        guard let standard = Partitioning(count: 64) else {
            preconditionFailure("64 is a power of two")
        }
        return standard
    }()

    /// Nil unless `count` is a power of two from 1 to 4,096.
    public init?(count: Int) {
        guard (1...Self.buckets).contains(count), count & (count - 1) == 0 else { return nil }
        self.count = UInt16(count)
        shift = UInt16((Self.buckets / count).trailingZeroBitCount)
    }

    /// The partition of `bucket`, of which only the lower twelve bits count.
    @inlinable
    public func of(bucket: UInt16) -> UInt16 { (bucket & 0xfff) >> shift }
}
