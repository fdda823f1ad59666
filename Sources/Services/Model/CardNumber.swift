// SPDX-License-Identifier: Apache-2.0
/// Card numbers are refused wherever they turn up: the house must never hold one.

package enum CardNumber {
    /// 13 to 19 digits, blanks and dashes aside, with a right check digit (ISO/IEC 7812-1, Luhn).
    package static func looksLike(_ text: String) -> Bool {
        var digits: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits.append(byte - UInt8(ascii: "0"))
            case UInt8(ascii: " "), UInt8(ascii: "-"): continue
            default: return false
            }
        }
        guard (13...19).contains(digits.count) else { return false }
        var sum = 0
        for (index, digit) in digits.reversed().enumerated() {
            let value = index.isMultiple(of: 2) ? Int(digit) : Int(digit) * 2
            sum += value > 9 ? value - 9 : value
        }
        return sum.isMultiple(of: 10)
    }
}
