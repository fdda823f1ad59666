// SPDX-License-Identifier: Apache-2.0
/// Which texts the house takes from outside: a name, a street, a city. They are kept byte by byte
/// and shown again on labels, in mails and on screens, where a control character could forge a line
/// and a directional override could hide what is written.

package enum PlainText {
    /// Counted in Unicode code points, so at most 1,020 bytes of UTF-8.
    package static let codePointsMax = 255

    package enum Fault: Equatable {
        case empty, tooLong
        /// Nothing but blanks and characters that show nothing.
        case invisible
        case control(Unicode.Scalar)
        case cardNumber

        package var detail: String {
            switch self {
            case .empty, .tooLong: "Text of 1 to \(PlainText.codePointsMax) characters."
            case .invisible: "Text with at least one visible character."
            case .control(let scalar):
                "Text without control characters; it has U+\(PlainText.number(of: scalar))."
            case .cardNumber: "Text that is no card number."
            }
        }
    }

    /// What is wrong with `text`; nil when it is taken.
    package static func fault(in text: String) -> Fault? {
        if text.isEmpty { return .empty }
        var count = 0
        var isVisible = false
        for scalar in text.unicodeScalars {
            count += 1
            if isControl(scalar) { return .control(scalar) }
            isVisible = isVisible || shows(scalar)
        }
        if count > codePointsMax { return .tooLong }
        if !isVisible { return .invisible }
        return CardNumber.looksLike(text) ? .cardNumber : nil
    }

    /// C0, DEL and C1; the line and paragraph separators; the embeddings, overrides and isolates of
    /// the bidirectional algorithm, and the deprecated format characters beside them. The marks
    /// that ordinary Arabic, Hebrew, Persian or Indic text and emoji need stay: U+061C, U+200C,
    /// U+200D, U+200E and U+200F reorder nothing but what stands next to them.
    package static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00..<0x20, 0x7f..<0xa0, 0x2028...0x202e, 0x2066...0x206f: true
        default: false
        }
    }

    /// True when something of `text` shows.
    package static func shows(_ text: String) -> Bool { text.unicodeScalars.contains(where: shows) }

    private static func shows(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value > 0x20 }
        // The braille pattern without dots.
        if scalar.value == 0x2800 { return false }
        let properties = scalar.properties
        return !properties.isWhitespace && !properties.isDefaultIgnorableCodePoint
    }

    private static func number(of scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
