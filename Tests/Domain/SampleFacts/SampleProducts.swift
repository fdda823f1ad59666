// SPDX-License-Identifier: Apache-2.0
/// Products that the tests of all contexts share, and every fact of them in every shape.

package import Contracts
package import Kernel

extension ProductCode {
    package static let teaSet: ProductCode = .of("tea-set")
    package static let crockery: ProductCode = .of("crockery_2.b")

    package static func of(_ code: String) -> ProductCode {
        guard let product = ProductCode(code) else {
            preconditionFailure("\(code) is no product code")
        }
        return product
    }
}

extension UnitPrice {
    package static func of(_ decimal: String, _ currency: Currency = .eur) -> UnitPrice {
        guard let price = UnitPrice(decimal: decimal, currency: currency) else {
            preconditionFailure("\(decimal) is no price")
        }
        return price
    }
}

extension ProductEvent.Variant {
    package static func of(
        _ sku: SKU, _ prices: UnitPrice..., options: [ProductEvent.VariantOption] = []
    ) -> Self {
        Self(sku: sku, options: options, prices: prices)
    }
}

extension ProductEvent.Product {
    package static func of(
        _ code: ProductCode, title: String = "Tea set", _ variants: ProductEvent.Variant...
    ) -> Self {
        Self(
            code: code, title: title, description: "", images: [], attributes: "{}",
            variants: variants)
    }

    /// Two variants with all that a product can have.
    package static let sample = Self(
        code: .teaSet, title: "Tea set \u{1fad6}", description: "Two \"pieces\"\nof stoneware.",
        images: ["tea-set/front.jpg", "tea-set/back.jpg"],
        attributes: #"{ "material" : "stoneware", "weight": {"grams": 1.50e3} }"#,
        variants: [
            .of(
                .pot, .of("12.50"), .of("1900", .jpy),
                options: [.init(name: "color", value: "blue"), .init(name: "size", value: "")]),
            .of(.cup, .of("0.001", .gbp)),
        ])

    /// Nothing but what it must have.
    package static let plain = Self(
        code: .crockery, title: "T", description: "", images: [], attributes: "{}",
        variants: [.of(.tea)])
}

extension StockLevel {
    package static func of(
        _ sku: SKU, _ available: Int64, _ announcement: Int64, in warehouse: Warehouse = .north
    ) -> StockLevel {
        StockLevel(StockKey(sku, warehouse), available: available, announcement: announcement)
    }
}

extension ProductEvent {
    package static let samples: [ProductEvent] = [
        .created(.sample), .created(.plain),
        .updated(.sample, removed: [.tea]), .updated(.plain, removed: []),
        .withdrawn(.teaSet, skus: [.pot, .cup]), .withdrawn(.crockery, skus: []),
        .stocked([.of(.cup, 7, 3), .of(.pot, 805_306_368, .max, in: .main)]),
        .stocked([.of(.tea, 0, 1)]),
    ]
}
