// SPDX-License-Identifier: Apache-2.0
/// The number behind every id: a UUID of version 7 (RFC 9562, section 5.7) that carries the time of
/// its making and the bucket (the share of the key space that one node owns), so that whoever sees
/// an id knows its order in time and its home without asking anybody.

/// 128 bits: 48 of Unix milliseconds, the version 7, 12 of bucket (the RFC's `rand_a`), the
/// variant 10, 62 of entropy. Sorts by time, then bucket, then entropy.
@frozen public struct UUIDv7: Hashable, Comparable, Sendable {
    /// Time, version and bucket.
    public let high: UInt64
    /// Variant and entropy.
    public let low: UInt64

    /// The latest time that 48 bits can hold, in the year 10889.
    public static var millisecondsMax: Int64 { 0xffff_ffff_ffff }
    /// Buckets are numbered 0...4095.
    public static var bucketMax: UInt16 { 0xfff }

    /// Takes both halves as they are: for bytes that this type wrote.
    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Makes a new id from its parts. A time outside 0...`millisecondsMax` is clamped into it;
    /// of `entropy` the lower 62 bits count. A bucket above 4095 is a bug.
    @inlinable
    public init(milliseconds: Int64, bucket: UInt16, entropy: UInt64) {
        precondition(bucket <= Self.bucketMax, "a bucket has 12 bits")
        let time = UInt64(max(0, min(milliseconds, Self.millisecondsMax)))
        high = time << 16 | 0x7000 | UInt64(bucket)
        low = Self.variant | entropy & Self.entropyMask
    }

    /// Unix milliseconds, UTC.
    @inlinable
    public var milliseconds: Int64 { Int64(high >> 16) }

    /// The share of the key space where whatever has this id lives.
    @inlinable
    public var bucket: UInt16 { UInt16(truncatingIfNeeded: high & 0xfff) }

    /// A further id that follows from this one, the same on every machine and for ever, so that a
    /// repeated step names the same things again. Time, version and bucket stay, so it sorts and
    /// lives next to its origin; only the 62 bits of entropy differ, and different
    /// (`kind`, `ordinal`) pairs collide no more often than chance.
    ///
    /// The new entropy is the lower 62 bits of `mix(mix(low) ^ (key + 1) * 0x9e3779b97f4a7c15)`
    /// with `key = kind << 32 | ordinal` and `mix` the finaliser of SplitMix64. Stored history
    /// depends on it: never change it; the tests pin it.
    @inlinable
    public func derived(_ kind: UInt8, _ ordinal: UInt32 = 0) -> UUIDv7 {
        let key = (UInt64(kind) << 32 | UInt64(ordinal)) &+ 1
        let mixed = Self.mix(Self.mix(low) ^ key &* 0x9e37_79b9_7f4a_7c15)
        return UUIDv7(high: high, low: Self.variant | mixed & Self.entropyMask)
    }

    /// The entropy alone tells ids apart.
    @inlinable
    public func hash(into hasher: inout Hasher) { hasher.combine(low) }

    /// What dictionaries ask for: both halves, mixed with a secret of the process, so that nobody
    /// can choose ids that collide. SipHash costs five times as much, sixty times an order.
    @inlinable
    public func _rawHashValue(seed: Int) -> Int {
        let first = Self.mix(high ^ hashSecret ^ UInt64(bitPattern: Int64(seed)))
        return Int(truncatingIfNeeded: Self.mix(low ^ first))
    }

    @inlinable
    public static func < (left: UUIDv7, right: UUIDv7) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }

    @usableFromInline static var variant: UInt64 { 0x8000_0000_0000_0000 }
    @usableFromInline static var entropyMask: UInt64 { 0x3fff_ffff_ffff_ffff }

    /// The finaliser of SplitMix64 (Stafford's variant 13), a bijection on 64 bits:
    /// Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
    @inlinable
    static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// Drawn once by the standard library for its own hashes.
@usableFromInline let hashSecret = UInt64(bitPattern: Int64(Hasher().finalize()))

extension UUIDv7 {
    /// The 16 bytes, most significant first.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        append(to: &bytes)
        return bytes
    }

    /// Appends the 16 bytes, most significant first.
    @inlinable
    public func append(to bytes: inout [UInt8]) {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { bytes.append(contentsOf: $0) }
    }

    /// Reads back what `append(to:)` wrote. Nil unless there are exactly 16 bytes.
    @inlinable
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for byte in bytes {
            high = high << 8 | low >> 56
            low = low << 8 | UInt64(byte)
        }
        self.init(high: high, low: low)
    }
}
