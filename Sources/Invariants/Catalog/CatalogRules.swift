// SPDX-License-Identifier: Apache-2.0
/// What is promised of products and articles.

extension Rule {
    static let catalog: [Rule] = [.c1, .c2, .c3, .c4, .c5]

    package static let c1 = Rule(
        "C1", .always,
        "An article is a variant of one product at most, and a product that is described anew "
            + "gives up those articles that it no longer has.")
    package static let c2 = Rule(
        "C2", .always, "A product is created once; only what was created is changed or withdrawn.")
    package static let c3 = Rule(
        "C3", .always, "Of each article the catalog takes only later announcements of stock.")
    package static let c4 = Rule(
        "C4", .end,
        "What the catalog shows of an article is what stock announced last, and that is what can "
            + "be had of it, rounded down.")
    package static let c5 = Rule("C5", .end, "Stock knows every article of every product.")
}
