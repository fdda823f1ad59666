// SPDX-License-Identifier: Apache-2.0
/// Ids as people and programs see them: `ord_` and 26 characters of Crockford's base32
/// (https://www.crockford.com/base32.html). The type parameter keeps an order's id from being
/// taken for a payment's, at no cost at run time.

/// Something that has ids of its own.
public protocol Identified {
    /// What its ids begin with, before the `_`: short, lower-case, never changed.
    static var prefix: String { get }
    /// Where the entities are kept; `prefix` unless they say otherwise.
    static var table: String { get }
}

/// The id of an `Entity`. Sorts by time of making.
@frozen public struct ID<Entity: Identified>: Hashable, Comparable, Sendable {
    public let raw: UUIDv7

    @inlinable
    public init(_ raw: UUIDv7) { self.raw = raw }

    @inlinable
    public func _rawHashValue(seed: Int) -> Int { raw._rawHashValue(seed: seed) }

    /// Reads `prefix_` and exactly 26 characters of base32, in either case, with Crockford's
    /// aliases (O for 0, I and L for 1). The first character is at most 7, since 26 characters
    /// hold 130 bits. Nil for everything else.
    public init?(text: some StringProtocol) {
        var prefix = Entity.prefix
        let parsed = prefix.withUTF8 { prefix in
            text.utf8.withContiguousStorageIfAvailable { Self.parse($0, prefix) }
                ?? Array(text.utf8).withUnsafeBufferPointer { Self.parse($0, prefix) }
        }
        guard let parsed else { return nil }
        raw = parsed
    }

    /// The id as text, in lower case.
    public var text: String {
        let count = textCount
        return String(unsafeUninitializedCapacity: count) { buffer in
            writeText(to: buffer)
            return count
        }
    }

    /// Appends the UTF-8 of `text`.
    public func write(to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: textCount) { buffer in
            writeText(to: buffer)
            bytes.append(contentsOf: buffer)
        }
    }

    /// Bytes of `text`.
    var textCount: Int { Entity.prefix.utf8.count + 1 + Base32.count }

    /// Writes `text` to a buffer that has room for it.
    func writeText(to buffer: UnsafeMutableBufferPointer<UInt8>) {
        var end = 0
        for byte in Entity.prefix.utf8 {
            buffer[end] = byte
            end += 1
        }
        buffer[end] = UInt8(ascii: "_")
        Base32.write(raw, to: UnsafeMutableBufferPointer(rebasing: buffer[(end + 1)...]))
    }

    private static func parse(
        _ text: UnsafeBufferPointer<UInt8>, _ prefix: UnsafeBufferPointer<UInt8>
    ) -> UUIDv7? {
        guard text.count == prefix.count + 1 + Base32.count,
            text[prefix.count] == UInt8(ascii: "_")
        else { return nil }
        for position in prefix.indices where text[position] != prefix[position] { return nil }
        return Base32.read(UnsafeBufferPointer(rebasing: text[(prefix.count + 1)...]))
    }

    @inlinable
    public static func < (left: ID, right: ID) -> Bool { left.raw < right.raw }
}

extension ID: CustomStringConvertible {
    public var description: String { text }
}

/// Crockford's base32 of 128 bits, most significant first.
enum Base32 {
    /// Characters of a 128-bit number; the first one carries three bits.
    static var count: Int { 26 }

    /// 0...31, or 255 for a byte that is no digit.
    private static func value(of byte: UInt8) -> UInt8 {
        switch byte | 0x20 {
        case UInt8(ascii: "a")...UInt8(ascii: "h"): (byte | 0x20) - UInt8(ascii: "a") + 10
        case UInt8(ascii: "i"), UInt8(ascii: "l"): 1
        case UInt8(ascii: "j"), UInt8(ascii: "k"): (byte | 0x20) - UInt8(ascii: "j") + 18
        case UInt8(ascii: "m"), UInt8(ascii: "n"): (byte | 0x20) - UInt8(ascii: "m") + 20
        case UInt8(ascii: "o"): 0
        case UInt8(ascii: "p")...UInt8(ascii: "t"): (byte | 0x20) - UInt8(ascii: "p") + 22
        case UInt8(ascii: "v")...UInt8(ascii: "z"): (byte | 0x20) - UInt8(ascii: "v") + 27
        case UInt8(ascii: "0")...UInt8(ascii: "9") where byte >= UInt8(ascii: "0"):
            byte - UInt8(ascii: "0")
        default: 255
        }
    }

    /// Writes 26 digits to the front of `buffer`, which has room for them.
    static func write(_ number: UUIDv7, to buffer: UnsafeMutableBufferPointer<UInt8>) {
        // SAFETY: the alphabet has 32 ASCII characters and a five-bit index stays inside it.
        let alphabet: StaticString = "0123456789abcdefghjkmnpqrstvwxyz"
        let digits = alphabet.utf8Start
        // Two digits from 8 bits, twelve from 60, twelve from 60.
        buffer[0] = digits[Int(number.high >> 61)]
        buffer[1] = digits[Int(number.high >> 56 & 31)]
        var middle = number.high << 4 | number.low >> 60
        var low = number.low
        for position in stride(from: 13, through: 2, by: -1) {
            buffer[position] = digits[Int(middle & 31)]
            buffer[position + 12] = digits[Int(low & 31)]
            middle >>= 5
            low >>= 5
        }
    }

    /// The number that 26 digits stand for; nil if one is none, or it has more than 128 bits.
    static func read(_ digits: UnsafeBufferPointer<UInt8>) -> UUIDv7? {
        var middle: UInt64 = 0
        var low: UInt64 = 0
        var seen: UInt8 = 0
        for position in 2..<14 {
            let one = value(of: digits[position])
            let other = value(of: digits[position + 12])
            seen |= one | other
            middle = middle << 5 | UInt64(one)
            low = low << 5 | UInt64(other)
        }
        let first = value(of: digits[0])
        let second = value(of: digits[1])
        seen |= second
        guard first < 8, seen < 32 else { return nil }
        let high = UInt64(first) << 61 | UInt64(second) << 56 | middle >> 4
        return UUIDv7(high: high, low: middle << 60 | low)
    }
}
