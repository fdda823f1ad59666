// SPDX-License-Identifier: Apache-2.0
/// An article as clients see it, with what can be had of it.

package import CatalogDomain
package import Contracts
package import JSONCodec
import Kernel

/// An article as the catalog knows it: `available` is never more than there was when stock
/// announced it, and only a hold decides.
package enum VariantView {
    package static func write(
        _ sku: SKU, _ variant: CatalogState.Variant, version: Int64, to json: inout JSONWriter
    ) {
        json.beginObject()
        json.key("sku")
        json.string(sku.code)
        if let product = variant.product {
            json.key("product")
            json.string(product.code)
        }
        json.key("isOnSale")
        json.bool(variant.isOnSale)
        json.key("prices")
        ProductView.write(prices: variant.prices, to: &json)
        json.key("available")
        json.int(variant.available)
        json.key("warehouses")
        json.beginArray()
        for level in variant.stock {
            json.beginObject()
            json.key("warehouse")
            json.string(level.key.warehouse.code)
            json.key("available")
            json.int(level.available)
            json.endObject()
        }
        json.endArray()
        json.key("version")
        json.int(version)
        json.endObject()
    }
}
