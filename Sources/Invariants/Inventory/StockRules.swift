// SPDX-License-Identifier: Apache-2.0
/// What is promised of stock.

extension Rule {
    static let stock: [Rule] = [.s1, .s2, .s3, .s4, .s5, .s6, .s7, .o9]

    package static let s1 = Rule(
        "S1", .always,
        "Units are conserved: what was counted is available, held, allocated or shipped.")
    package static let s2 = Rule("S2", .always, "No balance of units is ever negative.")
    package static let s3 = Rule(
        "S3", .always, "Never more units promised than there are, at any moment of history.")
    package static let s4 = Rule(
        "S4", .always, "Held and allocated units are exactly those of open holds.")
    package static let s5 = Rule("S5", .always, "A hold ends at most once.")
    package static let s6 = Rule("S6", .always, "What is shipped was committed before.")
    package static let s7 = Rule("S7", .always, "No movement of a hold is booked twice.")
    package static let o9 = Rule(
        "O9", .always, "Rejections are honest: at that moment there was less than was wanted.")
}
