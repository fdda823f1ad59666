// SPDX-License-Identifier: Apache-2.0
/// What is promised of several services together.

extension Judge {
    static let rules: [Rule] = [.o2, .o3, .o7, .g1, .g2]
}

extension Rule {
    package static let o2 = Rule(
        "O2", .always,
        "A confirmed order has its stock and its money set aside, until it is stopped.")
    package static let o3 = Rule(
        "O3", .always,
        "Only confirmed orders are shipped, only shipped ones paid; a completed order was "
            + "shipped, delivered and paid, and one that ended as an exception was shipped and "
            + "delivered, and its capture failed.")
    package static let o7 = Rule("O7", .always, "An order that was undone holds nothing.")
    package static let g1 = Rule(
        "G1", .always, "No saga is both completed and compensated.")
    package static let g2 = Rule(
        "G2", .always, "Nothing is given back before the parcel is stopped.")
}
