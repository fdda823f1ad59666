// SPDX-License-Identifier: Apache-2.0
/// What products and articles are at a moment.

package import Contracts
package import Kernel

package enum CatalogState: EntityState {
    case absent
    /// Both in boxes of their own: a state is copied at every step.
    indirect case product(Product)
    indirect case variant(Variant)

    package struct Product: Sendable, Equatable {
        /// As the merchant described it last.
        package var description: ProductEvent.Product
        package var isWithdrawn = false
        /// How often it was created, updated or withdrawn.
        package var revision: Int64 = 1

        package init(_ description: ProductEvent.Product) { self.description = description }
    }

    /// An article, also one that is no variant of any product, of which only the stock is known.
    package struct Variant: Sendable, Equatable {
        /// The product that it is a variant of; a withdrawn one keeps its articles.
        package var product: ProductCode?
        package var isOnSale = false
        package var prices: [UnitPrice] = []
        /// By warehouse, in the order of their codes.
        package private(set) var stock: [StockLevel] = []

        package init() {}

        /// At least so many units can be had, over all warehouses.
        package var available: Int64 {
            stock.reduce(0) { sum, level in
                let (total, overflows) = sum.addingReportingOverflow(max(0, level.available))
                return overflows ? .max : total
            }
        }

        /// The price in `currency`.
        package func price(in currency: Currency) -> UnitPrice? {
            prices.first { $0.currency == currency }
        }
    }

    package var product: Product? {
        if case .product(let product) = self { product } else { nil }
    }

    /// The article; of one that nothing is known of, that it is no variant and has no units.
    package var variant: Variant {
        if case .variant(let variant) = self { variant } else { Variant() }
    }

    package var due: Timestamp? { nil }

    /// Nothing is ever under way.
    package var isAtRest: Bool { self != .absent }
}

extension CatalogState.Variant {
    /// The most warehouses whose stock an article shows; of further ones it shows nothing.
    package static let warehousesMax = 100

    /// Takes the latest word about one warehouse; false when it says nothing new.
    package mutating func note(_ level: StockLevel) -> Bool {
        let index = stock.firstIndex { $0.key.warehouse >= level.key.warehouse } ?? stock.count
        if index < stock.count, stock[index].key.warehouse == level.key.warehouse {
            guard level.announcement > stock[index].announcement else { return false }
            stock[index] = level
        } else {
            guard stock.count < Self.warehousesMax else { return false }
            stock.insert(level, at: index)
        }
        return true
    }
}

extension CatalogState: WireCoded {
    package func write(to writer: inout WireWriter) {
        switch self {
        case .absent: writer.field("kind", 0)
        case .product(let product):
            writer.field("kind", 1)
            writer.field("description", product.description)
            writer.field("isWithdrawn", product.isWithdrawn)
            writer.field("revision", product.revision)
        case .variant(let variant):
            writer.field("kind", 2)
            writer.field("variant", variant)
        }
    }

    package init(from reader: inout WireReader) throws(WireError) {
        switch try reader.int("kind") {
        case 0: self = .absent
        case 1:
            var product = Product(try reader.value("description"))
            product.isWithdrawn = try reader.bool("isWithdrawn")
            product.revision = try reader.int("revision")
            self = .product(product)
        case 2: self = .variant(try reader.value("variant"))
        default: throw .badField("kind")
        }
    }
}

extension CatalogState.Variant: WireCoded {
    package func write(to writer: inout WireWriter) {
        writer.optional("product", product?.code)
        writer.field("isOnSale", isOnSale)
        writer.list("prices", prices)
        writer.list("stock", stock)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        if let code = try reader.optionalString("product") {
            guard let code = ProductCode(code) else { throw .badField("product") }
            product = code
        }
        isOnSale = try reader.bool("isOnSale")
        prices = try reader.list("prices")
        stock = try reader.list("stock")
    }
}
