// SPDX-License-Identifier: Apache-2.0
/// Strings: found eight bytes at a time while they are plain, checked to be UTF-8 where they are
/// not ASCII, decoded where they have escapes.

extension JSONParser {
    /// Reads a string from its opening quote to behind its closing one.
    mutating func string() throws(JSONError) -> JSONNode {
        let start = offset + 1
        offset = start
        while true {
            skipPlain()
            let byte = peek()
            if byte == UInt8(ascii: "\"") {
                offset &+= 1
                return JSONNode(.string, start, offset &- 1 &- start)
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            try skipCharacter(byte)
        }
    }

    /// The rest of a string from its first escape on. Rare, so it may gather bytes one by one.
    private mutating func escapedString(from start: Int) throws(JSONError) -> JSONNode {
        var decoded = Array(UnsafeBufferPointer(start: base + start, count: offset - start))
        while true {
            let from = offset
            skipPlain()
            let byte = peek()
            if byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { try skipCharacter(byte) }
            decoded.append(
                contentsOf: UnsafeBufferPointer(start: base + from, count: offset - from))
            if byte == UInt8(ascii: "\"") {
                offset += 1
                // An escape is longer than what it stands for.
                replaceText(at: start, with: decoded)
                return JSONNode(.string, start, decoded.count)
            }
            if byte == UInt8(ascii: "\\") { try escape(into: &decoded) }
        }
    }

    private mutating func escape(into decoded: inout [UInt8]) throws(JSONError) {
        let start = offset
        offset += 1
        let byte = peek()
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(byte)
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0c)
        case UInt8(ascii: "n"): decoded.append(0x0a)
        case UInt8(ascii: "r"): decoded.append(0x0d)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "u"):
            var value = try hexadecimal(from: start)
            if value & 0xfc00 == 0xd800 {
                guard peek() == UInt8(ascii: "\\") else { throw .malformed(offset: start) }
                offset += 1
                guard peek() == UInt8(ascii: "u") else { throw .malformed(offset: start) }
                offset += 1
                let low = try hexadecimal(from: start)
                guard low & 0xfc00 == 0xdc00 else { throw .malformed(offset: start) }
                value = 0x1_0000 + (value & 0x3ff) << 10 + low & 0x3ff
            }
            // Nil for what is left of the surrogates.
            guard let scalar = Unicode.Scalar(value) else { throw .malformed(offset: start) }
            decoded.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped)
        default: throw .malformed(offset: start)
        }
    }

    /// Four hexadecimal digits of the escape that began at `start`.
    private mutating func hexadecimal(from start: Int) throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            let byte = peek()
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
                value = value << 4 | UInt32(byte | 0x20 - UInt8(ascii: "a") + 10)
            default: throw .malformed(offset: start)
            }
            offset += 1
        }
        return value
    }

    /// Moves to the next quote, backslash, control character or non-ASCII byte, or to the end.
    @inline(__always)
    private mutating func skipPlain() {
        while offset &+ 8 <= end {
            let word = UnsafeRawPointer(base).loadUnaligned(
                fromByteOffset: offset, as: UInt64.self)
            let special = JSONText.special(UInt64(littleEndian: word))
            if special != 0 {
                offset &+= special.trailingZeroBitCount / 8
                return
            }
            offset &+= 8
        }
        while offset < end, !JSONText.isSpecial(base[offset]) { offset &+= 1 }
    }

    /// Past one character that is not ASCII. `byte` is the one at `offset`.
    private mutating func skipCharacter(_ byte: UInt8) throws(JSONError) {
        guard byte >= 0x20 else { throw .malformed(offset: offset) }
        let length: Int
        // The least and greatest second byte: RFC 3629, section 4. The others are 80 to BF.
        var seconds: ClosedRange<UInt8> = 0x80...0xbf
        switch byte {
        case 0xc2...0xdf: length = 2
        case 0xe0: (length, seconds) = (3, 0xa0...0xbf)
        case 0xed: (length, seconds) = (3, 0x80...0x9f)
        case 0xe1...0xef: length = 3
        case 0xf0: (length, seconds) = (4, 0x90...0xbf)
        case 0xf1...0xf3: length = 4
        case 0xf4: (length, seconds) = (4, 0x80...0x8f)
        default: throw .invalidUTF8(offset: offset)
        }
        guard end - offset >= length, seconds.contains(base[offset + 1]) else {
            throw .invalidUTF8(offset: offset)
        }
        for position in 2..<max(2, length) where base[offset + position] & 0xc0 != 0x80 {
            throw .invalidUTF8(offset: offset)
        }
        offset += length
    }
}
