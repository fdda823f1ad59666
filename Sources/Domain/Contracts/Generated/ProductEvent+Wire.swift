// SPDX-License-Identifier: Apache-2.0
// Written by `make contracts` from Sources/Domain/Declarations: change it there.
/// How each fact is read and written, in the binary form and as JSON.

public import Kernel

extension ProductEvent {
    public func write(to writer: inout WireWriter) {
        switch self {
        case .created(let product):
            product.write(to: &writer)
        case .updated(let product, let removed):
            product.write(to: &writer)
            writer.list("removed", removed)
        case .withdrawn(let code, let skus):
            writer.field("code", code)
            writer.list("skus", skus)
        case .stocked(let items):
            writer.list("items", items)
        }
    }

    public static func read(
        _ name: WireName, from reader: inout WireReader
    ) throws(WireError) -> Self {
        switch name.code {
        case 1:
            let product: Product = try Product(from: &reader)
            return .created(product)
        case 2:
            let product: Product = try Product(from: &reader)
            let removed: [SKU] = try reader.skus("removed")
            return .updated(product, removed: removed)
        case 3:
            let code: ProductCode = try reader.product("code")
            let skus: [SKU] = try reader.skus("skus")
            return .withdrawn(code, skus: skus)
        case 4:
            let items: [StockLevel] = try reader.list("items")
            return .stocked(items)
        default: throw .unknownName(name.text)
        }
    }
}

extension ProductEvent.Product {
    public func write(to writer: inout WireWriter) {
        writer.field("code", code)
        writer.field("title", title)
        writer.field("description", description)
        writer.list("images", images)
        writer.field("attributes", attributes)
        writer.list("variants", variants)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        code = try reader.product("code")
        title = try reader.string("title")
        description = try reader.string("description")
        images = try reader.strings("images")
        attributes = try reader.string("attributes")
        variants = try reader.list("variants")
    }
}

extension ProductEvent.Variant {
    public func write(to writer: inout WireWriter) {
        writer.field("sku", sku)
        writer.list("options", options)
        writer.list("prices", prices)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        sku = try reader.sku("sku")
        options = try reader.list("options")
        prices = try reader.list("prices")
    }
}

extension ProductEvent.VariantOption {
    public func write(to writer: inout WireWriter) {
        writer.field("name", name)
        writer.field("value", value)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        name = try reader.string("name")
        value = try reader.string("value")
    }
}
