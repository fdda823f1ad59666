// SPDX-License-Identifier: Apache-2.0
/// What is promised of read models, reports and the feed.

extension Rule {
    static let reading: [Rule] = [.q8, .q9, .q10]

    package static let q8 = Rule(
        "Q8", .end,
        "A read model is, byte for byte, what a fold of its logs from their beginning makes, "
            + "whatever became of processes and commits.")
    package static let q9 = Rule(
        "Q9", .end,
        "Reports add up to what the orders say, by the days of any place's clocks: the parts "
            + "make the whole.")
    package static let q10 = Rule(
        "Q10", [.step, .end],
        "A reader of the feed sees every fact once, in the order of its log, whatever its pages.")
}
