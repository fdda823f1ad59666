// SPDX-License-Identifier: Apache-2.0
/// MurmurHash3 (Austin Appleby, public domain): fixed for ever and the same on every machine,
/// which Swift's `Hasher` is not. It places keys in buckets; it does not resist attackers.

/// Both variants in use: `x86_32` and `x64_128`.
public enum Murmur3 {
    /// The bucket, 0...4095, of a key that is not an id.
    @inlinable
    public static func bucket(_ bytes: [UInt8]) -> UInt16 {
        UInt16(truncatingIfNeeded: hash32(bytes, seed: 0) & 0xfff)
    }

    /// MurmurHash3_x86_32.
    @inlinable
    public static func hash32(_ bytes: some Sequence<UInt8>, seed: UInt32) -> UInt32 {
        bytes.withContiguousStorageIfAvailable {
            hash32(UnsafeRawBufferPointer($0), seed: seed)
        } ?? Array(bytes).withUnsafeBytes { hash32($0, seed: seed) }
    }

    /// MurmurHash3_x64_128, both halves in the order of the reference code. A seed below 2^32 gives
    /// what the reference code gives; wider ones fill both halves of the state, as Guava does.
    public static func hash128(_ bytes: [UInt8], seed: UInt64) -> (UInt64, UInt64) {
        bytes.withUnsafeBytes { hash128($0, seed: seed) }
    }

    @usableFromInline
    static func hash32(_ bytes: UnsafeRawBufferPointer, seed: UInt32) -> UInt32 {
        var hash = seed
        let tail = bytes.count & ~3
        for offset in stride(from: 0, to: tail, by: 4) {
            let block = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
            hash ^= scrambled(UInt32(littleEndian: block))
            hash = rotated(hash, 13) &* 5 &+ 0xe654_6b64
        }
        var rest: UInt32 = 0
        for offset in stride(from: bytes.count - 1, through: tail, by: -1) {
            rest = rest << 8 | UInt32(bytes[offset])
        }
        hash ^= scrambled(rest)
        hash ^= UInt32(truncatingIfNeeded: bytes.count)
        hash = (hash ^ (hash >> 16)) &* 0x85eb_ca6b
        hash = (hash ^ (hash >> 13)) &* 0xc2b2_ae35
        return hash ^ (hash >> 16)
    }

    private static func scrambled(_ block: UInt32) -> UInt32 {
        rotated(block &* 0xcc9e_2d51, 15) &* 0x1b87_3593
    }

    private static func hash128(
        _ bytes: UnsafeRawBufferPointer, seed: UInt64
    ) -> (UInt64, UInt64) {
        var first = seed
        var second = seed
        let tail = bytes.count & ~15
        for offset in stride(from: 0, to: tail, by: 16) {
            let low = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let high = bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
            first ^= scrambledFirst(UInt64(littleEndian: low))
            first = (rotated(first, 27) &+ second) &* 5 &+ 0x52dc_e729
            second ^= scrambledSecond(UInt64(littleEndian: high))
            second = (rotated(second, 31) &+ first) &* 5 &+ 0x3849_5ab5
        }
        var low: UInt64 = 0
        var high: UInt64 = 0
        for offset in stride(from: bytes.count - 1, through: tail, by: -1) {
            if offset - tail >= 8 {
                high = high << 8 | UInt64(bytes[offset])
            } else {
                low = low << 8 | UInt64(bytes[offset])
            }
        }
        second ^= scrambledSecond(high)
        first ^= scrambledFirst(low)
        first ^= UInt64(bytes.count)
        second ^= UInt64(bytes.count)
        first &+= second
        second &+= first
        first = finished(first)
        second = finished(second)
        first &+= second
        second &+= first
        return (first, second)
    }

    private static func scrambledFirst(_ block: UInt64) -> UInt64 {
        rotated(block &* 0x87c3_7b91_1142_53d5, 31) &* 0x4cf5_ad43_2745_937f
    }

    private static func scrambledSecond(_ block: UInt64) -> UInt64 {
        rotated(block &* 0x4cf5_ad43_2745_937f, 33) &* 0x87c3_7b91_1142_53d5
    }

    private static func finished(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 33)) &* 0xff51_afd7_ed55_8ccd
        mixed = (mixed ^ (mixed >> 33)) &* 0xc4ce_b9fe_1a85_ec53
        return mixed ^ (mixed >> 33)
    }

    private static func rotated<Word: FixedWidthInteger & UnsignedInteger>(
        _ word: Word, _ count: Int
    ) -> Word {
        word &<< Word(truncatingIfNeeded: count)
            | word &>> Word(truncatingIfNeeded: Word.bitWidth - count)
    }
}
