// SPDX-License-Identifier: Apache-2.0
/// The facts of products.

extension Contract {
    static let products = Contract(
        "ProductEvent", "product",
        """
        What can happen to a product. One event may change a product and the variants that it names.
        """,
        records: [
            Record(
                "Product", "A product as the merchant describes it: whole, not what has changed.",
                [
                    .product("code"), .string("title"), .string("description"),
                    .strings("images", "Keys of files."),
                    .string("attributes", "The text of a JSON object, as it was given."),
                    .list("variants", of: "Variant"),
                ]),
            Record(
                "Variant", "What can be ordered of a product.",
                [
                    .sku("sku"), .list("options", of: "VariantOption"),
                    .list("prices", of: "UnitPrice", "At most one a currency."),
                ]),
            Record(
                "VariantOption", "What tells a variant from others: a size, a color.",
                [.string("name"), .string("value")]),
        ],
        facts: [
            .fact(1, "created", "A product is on sale.", [.inline("product", "Product")]),
            .fact(
                2, "updated",
                "It is described anew, or is on sale again: this replaces all that was known.",
                [
                    .inline("product", "Product"),
                    .skus("removed", "Articles that were variants of it before."),
                ]),
            .fact(
                3, "withdrawn", "It is no longer on sale; its articles stay its own.",
                [.product("code"), .skus("skus", "Its variants.")]),
            .fact(
                4, "stocked", "Another number of units can be had of these articles.",
                [.list("items", of: "StockLevel")]),
        ])
}
