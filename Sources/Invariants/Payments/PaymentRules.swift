// SPDX-License-Identifier: Apache-2.0
/// What is promised of money.

extension Rule {
    static let payments: [Rule] = [.m2, .m3, .m4, .m6, .m9, .m10, .m11]

    package static let m2 = Rule(
        "M2", .always,
        "The memo of every payment balances: only what is set aside is taken or given back, and "
            + "once.")
    package static let m3 = Rule("M3", .always, "No more is captured than was authorized.")
    package static let m4 = Rule(
        "M4", .stored, "The provider captured at most once for each payment.")
    package static let m6 = Rule(
        "M6", .stored, "Every settled payment stands in the provider's books as in ours.")
    package static let m9 = Rule(
        "M9", .always, "Nothing is captured for an order that was canceled.")
    package static let m10 = Rule(
        "M10", .stored,
        "No authorization is left open for a payment that was declined or given back.")
    package static let m11 = Rule(
        "M11", .always, "A call whose outcome is unknown is asked about before it is made again.")
}
