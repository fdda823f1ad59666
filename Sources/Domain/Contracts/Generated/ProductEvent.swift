// SPDX-License-Identifier: Apache-2.0
// Written by `make contracts` from Sources/Domain/Declarations: change it there.
/// What can happen to a product. One event may change a product and the variants that it names.

public import Kernel

public indirect enum ProductEvent: WireEvent {
    /// A product is on sale.
    case created(Product)
    /// It is described anew, or is on sale again: this replaces all that was known.
    case updated(Product, removed: [SKU])
    /// It is no longer on sale; its articles stay its own.
    case withdrawn(ProductCode, skus: [SKU])
    /// Another number of units can be had of these articles.
    case stocked([StockLevel])

    /// A product as the merchant describes it: whole, not what has changed.
    public struct Product: Sendable, Equatable, WireCoded {
        public let code: ProductCode
        public let title: String
        public let description: String
        /// Keys of files.
        public let images: [String]
        /// The text of a JSON object, as it was given.
        public let attributes: String
        public let variants: [Variant]

        public init(
            code: ProductCode, title: String, description: String, images: [String],
            attributes: String, variants: [Variant]
        ) {
            self.code = code
            self.title = title
            self.description = description
            self.images = images
            self.attributes = attributes
            self.variants = variants
        }
    }

    /// What can be ordered of a product.
    public struct Variant: Sendable, Equatable, WireCoded {
        public let sku: SKU
        public let options: [VariantOption]
        /// At most one a currency.
        public let prices: [UnitPrice]

        public init(sku: SKU, options: [VariantOption], prices: [UnitPrice]) {
            self.sku = sku
            self.options = options
            self.prices = prices
        }
    }

    /// What tells a variant from others: a size, a color.
    public struct VariantOption: Sendable, Equatable, WireCoded {
        public let name: String
        public let value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }
}

extension ProductEvent {
    public static let names = [
        WireName(1, "product.created.v1"),
        WireName(2, "product.updated.v1"),
        WireName(3, "product.withdrawn.v1"),
        WireName(4, "product.stocked.v1"),
    ]

    public var wireName: WireName {
        switch self {
        case .created: Self.names[0]
        case .updated: Self.names[1]
        case .withdrawn: Self.names[2]
        case .stocked: Self.names[3]
        }
    }

    public var code: UInt8 {
        switch self {
        case .created: 1
        case .updated: 2
        case .withdrawn: 3
        case .stocked: 4
        }
    }

    public var correlation: String? { nil }
}
