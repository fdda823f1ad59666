// SPDX-License-Identifier: Apache-2.0
/// Plain text, eight bytes at a time: what the parser skips and the writer copies.

/// What ends a run of plain text, to the parser and the writer alike.
enum JSONText {
    /// Bit 7 of the lowest byte that is a quote, a backslash or a control character; 0 if none of
    /// the eight is. Bits above the lowest one may be wrong. After "Determine if a word has a byte
    /// equal to n" of Sean Anderson's "Bit Twiddling Hacks".
    @inline(__always)
    static func escapes(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = word ^ ones &* 0x22
        let backslashes = word ^ ones &* 0x5c
        let controls = word &- ones &* 0x20
        return
            ((quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes
            | controls & ~word) & (ones &* 0x80)
    }

    /// The same with bytes that are not ASCII.
    @inline(__always)
    static func special(_ word: UInt64) -> UInt64 {
        escapes(word) | word & 0x8080_8080_8080_8080
    }

    @inline(__always)
    static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    @inline(__always)
    static func isSpecial(_ byte: UInt8) -> Bool { isEscaped(byte) || byte >= 0x80 }

    /// Copies `count` bytes, or those before the first one that needs an escape; how many. Whole
    /// words, of which the last may overlap the one before; single bytes only at an escape and in
    /// texts of less than four.
    @inline(__always)
    static func copyPlain(
        _ from: UnsafeRawPointer, count: Int, to: UnsafeMutableRawPointer
    ) -> Int {
        var offset = 0
        while count &- offset >= 8 {
            guard copyWord(from + offset, to: to + offset) else {
                return copyBytes(from, from: offset, count: count, to: to)
            }
            offset &+= 8
        }
        if offset == count { return count }
        if count > 8 {
            if copyWord(from + (count &- 8), to: to + (count &- 8)) { return count }
        } else if count >= 4 {
            let head = from.loadUnaligned(as: UInt32.self)
            let tail = from.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
            if escapes(UInt64(head) << 32 | UInt64(tail)) == 0 {
                to.storeBytes(of: head, as: UInt32.self)
                to.storeBytes(of: tail, toByteOffset: count &- 4, as: UInt32.self)
                return count
            }
        }
        return copyBytes(from, from: offset, count: count, to: to)
    }

    @inline(__always)
    private static func copyWord(
        _ from: UnsafeRawPointer, to: UnsafeMutableRawPointer
    ) -> Bool {
        let word = from.loadUnaligned(as: UInt64.self)
        guard escapes(word) == 0 else { return false }
        to.storeBytes(of: word, as: UInt64.self)
        return true
    }

    @inline(__always)
    private static func copyBytes(
        _ bytes: UnsafeRawPointer, from: Int, count: Int, to: UnsafeMutableRawPointer
    ) -> Int {
        var offset = from
        while offset < count {
            let byte = bytes.load(fromByteOffset: offset, as: UInt8.self)
            if isEscaped(byte) { break }
            to.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
            offset &+= 1
        }
        return offset
    }
}
