// SPDX-License-Identifier: Apache-2.0
/// The catalog of a small shop: a tea set, and crockery that has articles of its own.

import CatalogDomain
import Contracts
import GivenWhenThen
import Kernel
import SampleFacts

typealias Product = ProductEvent.Product
typealias Variant = ProductEvent.Variant

extension Product {
    /// Pot and cup at EUR 20.00 and 5.00.
    static let set = Product.of(
        .teaSet, .of(.pot, .of("20.00")), .of(.cup, .of("5.00"), .of("4.50", .gbp)))

    /// The same with other texts or lists.
    func with(
        title: String? = nil, description: String? = nil, images: [String]? = nil,
        attributes: String? = nil, variants: [Variant]? = nil
    ) -> Product {
        Product(
            code: code, title: title ?? self.title,
            description: description ?? self.description, images: images ?? self.images,
            attributes: attributes ?? self.attributes, variants: variants ?? self.variants)
    }
}

extension Entities<CatalogDecider> {
    func variant(_ sku: SKU) -> CatalogState.Variant { self[.variant(sku)].variant }
    func product(_ code: ProductCode) -> CatalogState.Product? { self[.product(code)].product }

    /// Warehouses with what each shows.
    func stock(of sku: SKU) -> [String] {
        variant(sku).stock.map { "\($0.key.warehouse) \($0.available)" }
    }
}
