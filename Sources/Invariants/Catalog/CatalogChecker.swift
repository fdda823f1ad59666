// SPDX-License-Identifier: Apache-2.0
/// What checks the catalog: which product has which articles, and what was announced of them.

import CatalogDomain
package import CatalogService
package import Contracts
import InventoryService
package import Kernel
import Ports

package final class CatalogChecker: EventTaker<ProductEvent>, ServiceChecker {
    package typealias Checked = Catalog

    package static let rules = Rule.catalog
    package static let noun: String? = "products and articles"

    /// Nothing here belongs to an order.
    package static func subject(
        of event: ProductEvent
    ) -> (order: OrderID, entity: UUIDv7)? { nil }

    struct ProductEntry {
        fileprivate(set) var stream = StreamNumbers()
        fileprivate(set) var articles: [SKU] = []
        fileprivate(set) var isWithdrawn = false
    }

    struct ArticleEntry {
        fileprivate(set) var stream = StreamNumbers()
        fileprivate(set) var product: ProductCode?
        /// What was taken last of each warehouse.
        fileprivate(set) var levels: [Warehouse: StockLevel] = [:]
    }

    private(set) var products: [ProductCode: ProductEntry] = [:]
    private(set) var articles: [SKU: ArticleEntry] = [:]
    private let settings: CheckerSettings

    package init(_ settings: CheckerSettings) { self.settings = settings }

    package override func note(
        _ event: ProductEvent, at place: Place, answering heard: Heard,
        _ context: inout CheckContext
    ) {
        if heard.isFact, settings.subscription(to: heard.service) == nil {
            context.findings.note(.e5) {
                "catalog/\(place.position): answers what it does not hear"
            }
        }
        switch event {
        case .created(let product):
            context.findings.demand(
                products[product.code] == nil, .c2, "\(product.code): created again")
            describe(product, at: place, &context.findings)
        case .updated(let product, let removed):
            demand(product.code, "updated", &context.findings)
            let kept = Set(product.variants.map(\.sku))
            let lost = products[product.code]?.articles.filter { !kept.contains($0) } ?? []
            context.findings.demand(
                Set(lost) == Set(removed), .c1,
                "\(product.code): gives up \(removed.count) articles, and no longer has "
                    + "\(lost.count)")
            for sku in removed where articles[sku]?.product == product.code {
                articles[sku]?.product = nil
            }
            describe(product, at: place, &context.findings)
        case .withdrawn(let code, let skus):
            demand(code, "withdrawn", &context.findings)
            context.findings.demand(
                Set(skus) == Set(products[code]?.articles ?? []), .c2,
                "\(code): withdrawn with other articles than it has")
            let isOnSale = products[code]?.isWithdrawn != true
            context.findings.demand(isOnSale, .c2, "\(code): withdrawn again")
            products[code, default: ProductEntry()].isWithdrawn = true
            products[code]?.stream.note(place, &context.findings, code.code)
        case .stocked(let levels): take(levels, at: place, &context.findings)
        }
    }

    private func demand(_ code: ProductCode, _ what: String, _ findings: inout Findings) {
        findings.demand(products[code] != nil, .c2, "\(code): \(what), and never created")
    }

    private func describe(
        _ product: ProductEvent.Product, at place: Place, _ findings: inout Findings
    ) {
        var entry = products[product.code] ?? ProductEntry()
        entry.stream.note(place, &findings, product.code.code)
        entry.articles = product.variants.map(\.sku)
        entry.isWithdrawn = false
        products[product.code] = entry
        for sku in entry.articles {
            let owner = articles[sku]?.product
            findings.demand(
                owner == nil || owner == product.code, .c1,
                "\(sku): of \(product.code) and of \(owner?.code ?? "")")
            articles[sku, default: ArticleEntry()].product = product.code
        }
    }

    private func take(_ levels: [StockLevel], at place: Place, _ findings: inout Findings) {
        for (index, level) in levels.enumerated() {
            let sku = level.key.sku
            var article = articles[sku] ?? ArticleEntry()
            if index == 0 { article.stream.note(place, &findings, sku.code) }
            let known = article.levels[level.key.warehouse]?.announcement ?? 0
            findings.demand(
                level.announcement > known, .c3,
                "\(sku): announcement \(level.announcement) after \(known)")
            article.levels[level.key.warehouse] = level
            articles[sku] = article
        }
    }

    package func check(
        _ shards: [LogFold<Catalog>], in house: Snapshot, _ orders: OrderNumbers,
        _ findings: inout Findings
    ) {
        for (key, entity) in shards.flatMap(\.entities) {
            guard case .variant(let sku) = key else { continue }
            let (stored, product) = (entity.state.variant, articles[sku]?.product)
            findings.demand(stored.product == product, .c1, "\(sku): its row")
            let isOnSale = product.map { products[$0]?.isWithdrawn == false } ?? false
            findings.demand(stored.isOnSale == isOnSale, .c2, "\(sku): on sale in its row")
        }
    }
}
