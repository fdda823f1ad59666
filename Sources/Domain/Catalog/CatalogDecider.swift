// SPDX-License-Identifier: Apache-2.0
/// The rules of the catalog: a product is described whole, an article is a variant of one product
/// at most, and what can be had of it is what stock announced last.

package import Contracts
package import Kernel

package enum CatalogCommand: Sendable, Equatable {
    /// There is this product: new, or described anew, or on sale again.
    case put(ProductEvent.Product)
    /// It is no longer on sale.
    case withdraw(ProductCode)
    /// What stock announced of some articles, of which there is at least one.
    case noteAvailability([StockLevel])
    case wake(CatalogKey)
}

package enum CatalogRejection: Error, Equatable, Sendable {
    case emptyTitle, textTooLong, attributesTooLong
    case tooManyImages
    /// Of an image or an option.
    case emptyName
    case noVariant, tooManyVariants, duplicateSKU
    case tooManyOptions, duplicateOption
    case tooManyPrices, duplicateCurrency, negativePrice
    /// As a whole, though none of its parts is.
    case productTooLarge
    /// The article is a variant of another product.
    case skuTaken(SKU, by: ProductCode)
    case unknownProduct
}

package enum CatalogDecider: Decider {
    package static let initial = CatalogState.absent

    package static func keys(_ command: CatalogCommand) -> Keys<CatalogKey> {
        switch command {
        // What no state could mend needs none.
        case .put(let product) where product.fault != nil: .one(.product(product.code))
        case .put(let product): keys(product, removed: [])
        case .withdraw(let code): .one(.product(code))
        case .noteAvailability(let levels): keys(levels)
        case .wake(let key): .one(key)
        }
    }

    package static func changes(_ event: ProductEvent) -> Keys<CatalogKey> {
        switch event {
        case .created(let product): keys(product, removed: [])
        case .updated(let product, let removed): keys(product, removed: removed)
        case .withdrawn(let code, let skus):
            .many([.product(code)] + skus.map(CatalogKey.variant))
        case .stocked(let levels): keys(levels)
        }
    }

    private static func keys(
        _ product: ProductEvent.Product, removed: [SKU]
    ) -> Keys<CatalogKey> {
        let skus = product.variants.map(\.sku) + removed
        return .many([.product(product.code)] + skus.map(CatalogKey.variant))
    }

    /// Each article once, also when several warehouses tell of it.
    private static func keys(_ levels: [StockLevel]) -> Keys<CatalogKey> {
        if levels.count == 1 { return .one(.variant(levels[0].key.sku)) }
        var seen: Set<SKU> = []
        let skus = levels.map(\.key.sku).filter { seen.insert($0).inserted }
        return .many(skus.map(CatalogKey.variant))
    }

    package static func decide(
        _ command: CatalogCommand, _ states: States<CatalogKey, CatalogState>, _ moment: Moment
    ) throws(CatalogRejection) -> [ProductEvent] {
        switch command {
        case .put(let product): return try put(product, states)
        case .withdraw(let code):
            guard let known = states.first.product else { throw .unknownProduct }
            if known.isWithdrawn { return [] }
            return [.withdrawn(code, skus: known.description.variants.map(\.sku))]
        case .noteAvailability(let levels): return note(levels, states)
        case .wake: return []
        }
    }

    private static func put(
        _ product: ProductEvent.Product, _ states: States<CatalogKey, CatalogState>
    ) throws(CatalogRejection) -> [ProductEvent] {
        if let fault = product.fault { throw fault }
        for (index, variant) in product.variants.enumerated() {
            let owner = states.at(index + 1).variant.product
            if let owner, owner != product.code { throw .skuTaken(variant.sku, by: owner) }
        }
        guard let known = states.first.product else { return [.created(product)] }
        if !known.isWithdrawn, product.isIdentical(to: known.description) { return [] }
        let kept = Set(product.variants.map(\.sku))
        let removed = known.description.variants.map(\.sku).filter { !kept.contains($0) }
        return [.updated(product, removed: removed)]
    }

    private static func note(
        _ levels: [StockLevel], _ states: States<CatalogKey, CatalogState>
    ) -> [ProductEvent] {
        var variants: [CatalogKey: CatalogState.Variant] = [:]
        for (key, state) in zip(states.keys, states.values) { variants[key] = state.variant }
        let news = levels.filter { variants[.variant($0.key.sku)]?.note($0) == true }
        return news.isEmpty ? [] : [.stocked(news)]
    }

    package static func evolve(
        _ state: CatalogState, _ event: ProductEvent, at key: CatalogKey
    ) -> CatalogState {
        switch key {
        case .product: evolve(product: state, event)
        case .variant(let sku): .variant(evolve(variant: state.variant, event, sku))
        }
    }

    private static func evolve(product state: CatalogState, _ event: ProductEvent) -> CatalogState {
        switch event {
        case .created(let described), .updated(let described, _):
            var product = CatalogState.Product(described)
            product.revision = 1 &+ (state.product?.revision ?? 0)
            return .product(product)
        case .withdrawn:
            guard var product = state.product else { return state }
            product.isWithdrawn = true
            product.revision &+= 1
            return .product(product)
        case .stocked: return state
        }
    }

    private static func evolve(
        variant: CatalogState.Variant, _ event: ProductEvent, _ sku: SKU
    ) -> CatalogState.Variant {
        var variant = variant
        switch event {
        case .created(let product), .updated(let product, _):
            let described = product.variants.first { $0.sku == sku }
            variant.product = described.map { _ in product.code }
            variant.isOnSale = described != nil
            variant.prices = described?.prices ?? []
        case .withdrawn: variant.isOnSale = false
        case .stocked(let levels):
            for level in levels where level.key.sku == sku { _ = variant.note(level) }
        }
        return variant
    }
}
