// SPDX-License-Identifier: Apache-2.0
/// Blanks what is not code, so that a rule never trips over a comment or a string.

/// Overwrites comments, strings, regex literals and names in backticks with spaces or underscores.
/// Lengths and line breaks stay, and so does code interpolated into a string.
struct Blanking {
    private let bytes: [UInt8]
    private var code: [UInt8]
    private var at = 0

    static func code(of bytes: [UInt8]) -> [UInt8] {
        var blanking = Blanking(bytes: bytes, code: bytes)
        blanking.scan()
        return blanking.code
    }

    /// Reads code up to the end, or up to the parenthesis that closes an interpolation.
    private mutating func scan(untilClosed: Bool = false) {
        var depth = 0
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "/"): blankFromSlash()
            case UInt8(ascii: "\""), UInt8(ascii: "#"):
                if let delimiter = delimiter() { blankString(delimiter) } else { at += 1 }
            case UInt8(ascii: "`"): blankName()
            case UInt8(ascii: ")") where untilClosed && depth == 0: return
            case let other:
                if other == UInt8(ascii: "(") { depth += 1 }
                if other == UInt8(ascii: ")") { depth -= 1 }
                at += 1
            }
        }
    }

    /// A comment, a regex, or only an operator.
    private mutating func blankFromSlash() {
        if matches("//") {
            blank(while: { $0 != UInt8(ascii: "\n") })
        } else if matches("/*") {
            blankComment()
        } else if startsRegex() {
            blankRegex()
        } else {
            at += 1
        }
    }

    // MARK: Comments and names

    private mutating func blankComment() {
        var depth = 0
        repeat {
            if matches("/*") {
                depth += 1
                blank(2)
            } else if matches("*/") {
                depth -= 1
                blank(2)
            } else {
                blank(1)
            }
        } while depth > 0 && at < bytes.count
    }

    /// A name in backticks becomes one of underscores, because there must be a name.
    private mutating func blankName() {
        repeat {
            code[at] = UInt8(ascii: "_")
            at += 1
        } while at < bytes.count && ![UInt8(ascii: "`"), UInt8(ascii: "\n")].contains(bytes[at])
        if at < bytes.count, bytes[at] == UInt8(ascii: "`") {
            code[at] = UInt8(ascii: "_")
            at += 1
        }
    }

    // MARK: Strings

    /// How a string or an extended regex ends: by its quotes and then as many `#` as it began with.
    private struct Delimiter {
        let pounds: Int
        let quote: String
    }

    private func delimiter() -> Delimiter? {
        var pounds = 0
        while at + pounds < bytes.count, bytes[at + pounds] == UInt8(ascii: "#") { pounds += 1 }
        for quote in ["\"\"\"", "\""] where matches(quote, at: at + pounds) {
            return Delimiter(pounds: pounds, quote: quote)
        }
        let isRegex = pounds > 0 && matches("/", at: at + pounds)
        return isRegex ? Delimiter(pounds: pounds, quote: "/") : nil
    }

    private mutating func blankString(_ delimiter: Delimiter) {
        let pounds = String(repeating: "#", count: delimiter.pounds)
        let escape = "\\" + pounds
        let end = delimiter.quote + pounds
        blank(end.utf8.count)
        while at < bytes.count {
            if delimiter.quote != "/", matches(escape + "(") {
                blank(escape.utf8.count)
                at += 1
                scan(untilClosed: true)
                at = min(at + 1, bytes.count)
            } else if matches(escape) {
                blank(escape.utf8.count + 1)
            } else if matches(end) {
                return blank(end.utf8.count)
            } else if delimiter.quote == "\"", bytes[at] == UInt8(ascii: "\n") {
                return  // Not Swift; better one odd line than the rest of the file.
            } else {
                blank(1)
            }
        }
    }

    // MARK: Regex literals

    /// A slash opens a regex where an operand is due and another slash follows in the same line.
    private func startsRegex() -> Bool {
        guard bytes[at] == UInt8(ascii: "/"), at + 1 < bytes.count, !bytes[at + 1].isSpace else {
            return false
        }
        var before = at
        while before > 0, bytes[before - 1].isSpace { before -= 1 }
        guard before > 0, "(,=:[{!&|?;\n".utf8.contains(bytes[before - 1]) else { return false }
        for next in bytes[(at + 1)...] {
            if next == UInt8(ascii: "\n") { return false }
            if next == UInt8(ascii: "/") { return true }
        }
        return false
    }

    private mutating func blankRegex() {
        blank(1)
        while at < bytes.count, bytes[at] != UInt8(ascii: "\n") {
            if matches("\\") {
                blank(2)
            } else if matches("/") {
                return blank(1)
            } else {
                blank(1)
            }
        }
    }

    // MARK: Bytes

    private func matches(_ text: String, at offset: Int? = nil) -> Bool {
        let start = offset ?? at
        var index = start
        for byte in text.utf8 {
            guard index < bytes.count, bytes[index] == byte else { return false }
            index += 1
        }
        return true
    }

    private mutating func blank(_ count: Int) {
        for _ in 0..<count where at < bytes.count {
            if bytes[at] != UInt8(ascii: "\n") { code[at] = UInt8(ascii: " ") }
            at += 1
        }
    }

    private mutating func blank(while isInside: (UInt8) -> Bool) {
        while at < bytes.count, isInside(bytes[at]) { blank(1) }
    }
}
