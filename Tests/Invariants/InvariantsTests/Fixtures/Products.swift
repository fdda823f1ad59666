// SPDX-License-Identifier: Apache-2.0
/// A history of products beside that of an order, which keeps every promise.

import Contracts
import Kernel
import SampleFacts

extension SKU {
    static let bowl: SKU = .of("BOWL")
    static let jug: SKU = .of("JUG")
}

extension Sample {
    static func product(_ code: ProductCode, _ articles: SKU...) -> ProductEvent.Product {
        ProductEvent.Product(
            code: code, title: "T", description: "", images: [], attributes: "{}",
            variants: articles.map { .of($0, .of("1.00")) })
    }

    static func level(_ sku: SKU, _ available: Int64, _ announcement: Int64) -> StockLevel {
        .of(sku, available, announcement, in: .main)
    }
}

extension Script {
    /// An article is counted and shown; another goes from one product to another; a product is
    /// withdrawn, and put back.
    static let products = Script(
        completed.lines + [
            Line(
                fact: ProductEvent.created(Sample.product(.teaSet, .pot, .bowl)),
                because: .command(20)),
            Line(
                fact: StockEvent.listed(.main, skus: [.pot, .bowl]), because: .last(.catalog)),
            Line(fact: Sample.counted(.pot, 13), because: .command()),
            Line(fact: StockEvent.changed([Sample.level(.pot, 12, 1)]), because: .command()),
            Line(
                fact: ProductEvent.stocked([Sample.level(.pot, 12, 1)]),
                because: .last(.inventory)),
            Line(
                fact: ProductEvent.updated(Sample.product(.teaSet, .pot), removed: [.bowl]),
                because: .command(21)),
            Line(
                fact: ProductEvent.created(Sample.product(.crockery, .bowl, .jug)),
                because: .command(22)),
            Line(fact: StockEvent.listed(.main, skus: [.jug]), because: .last(.catalog)),
            Line(
                fact: ProductEvent.withdrawn(.teaSet, skus: [.pot]), because: .command(23)),
            Line(
                fact: ProductEvent.updated(Sample.product(.teaSet, .pot), removed: []),
                because: .command(24)),
        ])
}
