// SPDX-License-Identifier: Apache-2.0
/// The facts of stock.

extension Contract {
    static let stock = Contract(
        "StockEvent", "stock",
        "What can happen to stock. One event may change a hold and all the items that it names.",
        records: [
            Record(
                "Movement",
                """
                The lines of one hold, moved together. Without lines nothing moves: the fact is \
                only told again, to someone who may not have heard it.
                """,
                [
                    .id("hold", "HoldID"), .id("order", "OrderID"), .warehouse("warehouse"),
                    .list("lines", of: "StockLine", "Each article once, in ascending order."),
                ])
        ],
        facts: [
            .fact(
                1, "counted",
                """
                Someone counted, or goods arrived: there are now `onHand` units, `delta` more than \
                before.
                """,
                [.inline("key", "StockKey"), .int("onHand"), .int("delta")]),
            .fact(
                2, "held", "Every line of the order is set aside.",
                [.inline("movement", "Movement")]),
            .fact(
                3, "refused", "At least one line was short; nothing is set aside.",
                [
                    .id("hold", "HoldID"), .id("order", "OrderID"), .warehouse("warehouse"),
                    .list("short", of: "ShortLine"),
                ]),
            .fact(
                4, "committed", "Sold: what was held is now allocated to the order.",
                [.inline("movement", "Movement")]),
            .fact(
                5, "shipped", "Left the house: allocated units are no longer on hand.",
                [.inline("movement", "Movement")]),
            .fact(
                6, "released",
                "Given back: held or, if `wasAllocated`, allocated units are available again.",
                [.inline("movement", "Movement"), .bool("wasAllocated")]),
            .fact(
                7, "changed",
                """
                Noticeably more or fewer units can be had: up to 10 exactly, above that rounded \
                down to 12, 16, 24, 32, 48, 64 and so on.
                """,
                [.list("items", of: "StockLevel")]),
            .fact(
                8, "listed", "These articles are known from now on, with no units yet.",
                [.warehouse("warehouse"), .skus("skus")]),
        ])
}
