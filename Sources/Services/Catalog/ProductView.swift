// SPDX-License-Identifier: Apache-2.0
/// Products and their variants as clients see them.

package import CatalogDomain
import Contracts
package import JSONCodec
import Kernel

/// A product with its variants' prices. What can be had of each is read by the variant.
package enum ProductView {
    package static func write(
        _ product: CatalogState.Product, version: Int64, to json: inout JSONWriter
    ) {
        let described = product.description
        json.beginObject()
        json.key("code")
        json.string(described.code.code)
        json.key("status")
        json.string(product.isWithdrawn ? "withdrawn" : "on-sale")
        json.key("title")
        json.string(described.title)
        json.key("description")
        json.string(described.description)
        json.key("images")
        json.beginArray()
        for image in described.images { json.string(image) }
        json.endArray()
        json.key("attributes")
        write(attributes: described.attributes, to: &json)
        json.key("variants")
        json.beginArray()
        for variant in described.variants { write(variant, to: &json) }
        json.endArray()
        json.key("version")
        json.int(version)
        json.endObject()
    }

    /// A product whose stored state can't be read: no more is known of it than its code.
    package static func write(unreadable code: String, to json: inout JSONWriter) {
        json.beginObject()
        json.key("code")
        json.string(code)
        json.key("status")
        json.string("unreadable")
        json.endObject()
    }

    /// As they were given, byte for byte. Text that is no object, which no door lets in, is shown
    /// as a text.
    private static func write(attributes: String, to json: inout JSONWriter) {
        let bytes = Array(attributes.utf8)
        if let document = try? JSONDocument(parsing: bytes), document.root.kind == .object {
            json.raw(bytes)
        } else {
            json.string(attributes)
        }
    }

    private static func write(_ variant: ProductEvent.Variant, to json: inout JSONWriter) {
        json.beginObject()
        json.key("sku")
        json.string(variant.sku.code)
        json.key("options")
        json.beginArray()
        for option in variant.options {
            json.beginObject()
            json.key("name")
            json.string(option.name)
            json.key("value")
            json.string(option.value)
            json.endObject()
        }
        json.endArray()
        json.key("prices")
        write(prices: variant.prices, to: &json)
        json.endObject()
    }

    static func write(prices: [UnitPrice], to json: inout JSONWriter) {
        json.beginArray()
        for price in prices {
            json.beginObject()
            json.key("decimal")
            json.string(price.decimal)
            json.key("currency")
            json.string(price.currency.code)
            json.endObject()
        }
        json.endArray()
    }
}
