// SPDX-License-Identifier: Apache-2.0
/// Makes JSON documents of every shape, and breaks them in small ways, from a seed.

struct JSONMaker {
    var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// A well-formed document without names that occur twice in an object.
    mutating func document() -> [UInt8] {
        var bytes: [UInt8] = []
        blanks(into: &bytes)
        value(depth: 0, into: &bytes)
        blanks(into: &bytes)
        return bytes
    }

    /// `document` with one to three bytes or pieces changed, doubled, moved or left out.
    mutating func mutated(_ document: [UInt8]) -> [UInt8] {
        var bytes = document
        for _ in 0...random.below(3) {
            let place = random.below(bytes.count + 1)
            let length = min(random.below(5) + 1, bytes.count - place)
            switch random.below(7) {
            case 0: bytes.removeSubrange(place..<place + length)
            case 1: bytes.insert(Self.tokens[random.below(Self.tokens.count)], at: place)
            case 2 where place < bytes.count:
                bytes[place] = Self.tokens[random.below(Self.tokens.count)]
            case 3 where place < bytes.count: bytes[place] ^= 1 << UInt8(random.below(8))
            case 4: bytes.insert(contentsOf: bytes[place..<place + length], at: place)
            case 5: bytes.removeLast(length)
            default:
                let piece = Self.pieces[random.below(Self.pieces.count)]
                bytes.insert(contentsOf: piece.utf8, at: place)
            }
        }
        return bytes
    }

    private static let tokens = Array("{}[]:,\"\\/ \n\t0123456789-+.eEtfnua".utf8)
    private static let pieces = [
        "null", "true", "false", "\\u0041", "\\n", "\\", "\\u00", "1e5", "-0", "0.", ".5", "01",
        "{}",
        "[]", ",,", "\"\"", "\"a\":1,", "é", "😀", "\u{1}", "1e-3", "12345678901234567890", "//",
        "'",
    ]

    private static let escapes = [
        "\\n", "\\t", "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\r", "\\u0041", "\\u00e9", "\\u20ac",
        "\\u0007", "\\u0000", "\\ud83d\\ude00",
    ]
    private static let letters = ["é", "€", "😀", "中", "\u{7f}", "\u{2028}"]

    private mutating func value(depth: Int, into bytes: inout [UInt8]) {
        switch random.below(depth < 5 ? 10 : 7) {
        case 0: bytes += Array("null".utf8)
        case 1: bytes += Array((random.below(2) == 0 ? "true" : "false").utf8)
        case 2...4: number(into: &bytes)
        case 5, 6: string(into: &bytes)
        case 7: container("[", "]", depth: depth, into: &bytes)
        default: container("{", "}", depth: depth, into: &bytes)
        }
    }

    private mutating func container(
        _ open: String, _ close: String, depth: Int, into bytes: inout [UInt8]
    ) {
        bytes += Array(open.utf8)
        blanks(into: &bytes)
        for index in 0..<random.below(depth == 0 ? 8 : 5) {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            blanks(into: &bytes)
            if open == "{" {
                // The number keeps names apart.
                bytes += Array("\"\(index)".utf8)
                string(into: &bytes, isOpen: true)
                blanks(into: &bytes)
                bytes.append(UInt8(ascii: ":"))
                blanks(into: &bytes)
            }
            value(depth: depth + 1, into: &bytes)
            blanks(into: &bytes)
        }
        bytes += Array(close.utf8)
    }

    private mutating func number(into bytes: inout [UInt8]) {
        var text = String(random.amount())
        if random.below(4) == 0 { text = String(random.below(20) - 10) }
        if random.below(4) == 0 { text += "." + String(random.next() & 0xffff) }
        if random.below(6) == 0 {
            text += ["e", "E", "e+", "E-", "e-"][random.below(5)] + String(random.below(30))
        }
        bytes += Array(text.utf8)
    }

    private mutating func string(into bytes: inout [UInt8], isOpen: Bool = false) {
        if !isOpen { bytes.append(UInt8(ascii: "\"")) }
        for _ in 0..<random.below(14) {
            switch random.below(6) {
            case 0: bytes += Array(Self.escapes[random.below(Self.escapes.count)].utf8)
            case 1: bytes += Array(Self.letters[random.below(Self.letters.count)].utf8)
            default: bytes.append(UInt8(ascii: "a") + UInt8(random.below(26)))
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func blanks(into bytes: inout [UInt8]) {
        while random.below(5) == 0 { bytes += [[0x20, 0x0a, 0x0d, 0x09][random.below(4)]] }
    }
}
