// SPDX-License-Identifier: Apache-2.0
/// What is promised of orders.

extension Rule {
    static let orders: [Rule] = [.m7, .m8, .o1, .o6, .o8]

    package static let m7 = Rule(
        "M7", .always,
        "An order's total is the sum of its lines and adjustments, and what is asked of the "
            + "customer.")
    package static let m8 = Rule("M8", .always, "An order has one currency.")
    package static let o1 = Rule(
        "O1", .always, "Orders only go where the table of transitions leads.")
    package static let o6 = Rule("O6", .always, "What has ended stays as it ended.")
    package static let o8 = Rule(
        "O8", .always,
        "One request makes one order and has one answer, for the 7 to 14 days that answers are "
            + "kept; later it is a new request.")
}
