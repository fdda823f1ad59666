// SPDX-License-Identifier: Apache-2.0
/// Catalog: what is on sale, at which prices, and whether it can be had. Binds the rules of
/// products to the facts of stock.

package import CatalogDomain
import Contracts
import JSONCodec
import Kernel
package import NodeEngine
package import Ports

package enum Catalog: Service {
    package typealias Rules = CatalogDecider
    package typealias Effect = Never

    package static let name = "catalog"
    package static let subscribesTo = ["inventory"]
    package static let queriedTables: Set<String> = ["products", "variants"]
    /// Products change the articles that are their variants.
    package static let isChangedByOthers = true

    package static let reactions = Reactions<CatalogCommand>(
        .on(StockEvent.Kind.changed) { $0.isEmpty ? nil : .noteAvailability($0) })

    package static func wake(_ key: CatalogKey, isRestart: Bool) -> CatalogCommand { .wake(key) }

    package static func effect(
        owedBy state: CatalogState, at key: CatalogKey
    ) -> Owed<Never>? {
        nil
    }

    /// 201 as long as the product is as it was created: whoever puts the same once more is told the
    /// same.
    package static func reply(
        to command: CatalogCommand, _ outcome: Result<Entity<CatalogState>, CatalogRejection>
    ) -> Reply {
        let path: String
        switch command {
        case .put(let product): path = "/v1/products/\(product.code)"
        case .withdraw(let code): path = "/v1/products/\(code)"
        case .noteAvailability, .wake: return Reply(status: 200, body: Array("{}".utf8))
        }
        switch outcome {
        case .failure(let rejection): return rejection.reply(instance: path)
        case .success(let entity):
            guard let product = entity.state.product else {
                return CatalogProblem.unknownProduct.reply(instance: path)
            }
            var json = JSONWriter(capacity: 1_024)
            ProductView.write(product, version: entity.version, to: &json)
            let isNew = product.revision == 1
            return Reply(
                status: isNew ? 201 : 200, body: json.bytes, version: entity.version,
                location: isNew ? path : "")
        }
    }
}

/// What clients can be told about products.
package enum CatalogProblem {
    package static let unknownProduct = Problem(
        404, "unknown-product", "There is no such product.")
    package static let unknownVariant = Problem(
        404, "unknown-variant", "This article is no variant of any product.")

    package static let skuTaken = Problem(
        409, "sku-taken", "An article of the product is a variant of another one.")

    package static let all =
        [unknownProduct, unknownVariant, skuTaken] + CatalogRejection.faults.map(\.problem)
}

extension CatalogRejection {
    /// What can be wrong with a product by itself.
    package static let faults: [CatalogRejection] = [
        .emptyTitle, .textTooLong, .attributesTooLong, .tooManyImages, .emptyName, .noVariant,
        .tooManyVariants, .duplicateSKU, .tooManyOptions, .duplicateOption, .tooManyPrices,
        .duplicateCurrency, .negativePrice, .productTooLarge,
    ]

    /// RFC 9457. `code` is the promise to clients; `title` may be reworded.
    package var problem: Problem {
        switch self {
        case .emptyTitle: Problem(422, "empty-title", "A product needs a title.")
        case .textTooLong: Problem(422, "text-too-long", "A text of the product is too long.")
        case .attributesTooLong:
            Problem(422, "attributes-too-long", "The attributes are at most 16 KiB of JSON.")
        case .tooManyImages: Problem(422, "too-many-images", "A product has at most 20 images.")
        case .emptyName:
            Problem(422, "empty-name", "Images and options need names that are not empty.")
        case .noVariant: Problem(422, "no-variant", "A product needs at least one variant.")
        case .tooManyVariants:
            Problem(422, "too-many-variants", "A product has at most 100 variants.")
        case .duplicateSKU:
            Problem(422, "duplicate-sku", "An article is a variant of its product only once.")
        case .tooManyOptions:
            Problem(422, "too-many-options", "A variant has at most 10 options.")
        case .duplicateOption:
            Problem(422, "duplicate-option", "A variant has each option only once.")
        case .tooManyPrices: Problem(422, "too-many-prices", "A variant has at most 30 prices.")
        case .duplicateCurrency:
            Problem(422, "duplicate-currency", "A variant has one price in each currency.")
        case .negativePrice: Problem(422, "negative-price", "A price can't be negative.")
        case .productTooLarge:
            Problem(422, "product-too-large", "A product is at most 192 KiB of JSON.")
        case .skuTaken: CatalogProblem.skuTaken
        case .unknownProduct: CatalogProblem.unknownProduct
        }
    }

    /// The answer to a caller; it names the article that is taken, and the product that has it.
    fileprivate func reply(instance: String) -> Reply {
        problem.reply(instance: instance) { json in
            guard case .skuTaken(let sku, let owner) = self else { return }
            json.key("sku")
            json.string(sku.code)
            json.key("product")
            json.string(owner.code)
        }
    }
}
