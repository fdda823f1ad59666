// SPDX-License-Identifier: Apache-2.0
/// Which e-mail addresses the house takes: one rule for the edge, where an order names one, and for
/// every mailer, so that no order is accepted whose customer can't be written to.

/// Plain ASCII addresses without quotes and comments. What is refused here may be a lawful address
/// (RFC 5321 allows more), but none of it can become a second header.
public enum MailAddress {
    public static let bytesMax = 254
    static let localBytesMax = 64
    static let labelBytesMax = 63

    /// `local@domain`: atoms of RFC 5322 with single dots between them; a domain of two labels or
    /// more.
    public static func isValid(_ address: String) -> Bool {
        let bytes = Array(address.utf8)
        guard bytes.count <= bytesMax, let at = bytes.lastIndex(of: UInt8(ascii: "@")) else {
            return false
        }
        let atoms = bytes[..<at].split(
            separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let labels = bytes[(at + 1)...].split(
            separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return at <= localBytesMax && atoms.allSatisfy(isAtom)
            && labels.count >= 2 && labels.allSatisfy(isLabel)
    }

    private static func isAtom(_ atom: ArraySlice<UInt8>) -> Bool {
        !atom.isEmpty && atom.allSatisfy { isLetterOrDigit($0) || signs.contains($0) }
    }

    private static func isLabel(_ label: ArraySlice<UInt8>) -> Bool {
        let hyphen = UInt8(ascii: "-")
        return !label.isEmpty && label.count <= labelBytesMax
            && label.first != hyphen && label.last != hyphen
            && label.allSatisfy { isLetterOrDigit($0) || $0 == hyphen }
    }

    private static let signs = Array("!#$%&'*+/=?^_`{|}~-".utf8)

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
