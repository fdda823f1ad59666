// SPDX-License-Identifier: Apache-2.0
/// What the catalog keeps: products, and the articles that are their variants.

package import Contracts
import Kernel

/// A product, or an article: which product it is a variant of, and what is known of its stock.
package enum CatalogKey: Hashable, Sendable, EntityKey {
    case product(ProductCode)
    case variant(SKU)

    package static var tables: [String] { ["products", "variants"] }

    package var table: Int {
        switch self {
        case .product: 0
        case .variant: 1
        }
    }

    package func writeKey(to bytes: inout [UInt8]) { bytes.append(contentsOf: text.utf8) }

    package init?(table: Int, bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        if table == 1 {
            guard let sku = SKU(text) else { return nil }
            self = .variant(sku)
        } else {
            guard let code = ProductCode(text) else { return nil }
            self = .product(code)
        }
    }

    package var bucket: UInt16 { Murmur3.bucket(bytes) }

    /// The code of the product or of the article.
    package var text: String {
        switch self {
        case .product(let code): code.code
        case .variant(let sku): sku.code
        }
    }
}
