// SPDX-License-Identifier: Apache-2.0
/// What an order consists of.

public import Kernel

/// One line of an order: its price is fixed when the order is placed.
public struct OrderLine: Hashable, Sendable, WireCoded {
    public let sku: SKU
    public let quantity: Quantity
    public let unitPrice: UnitPrice
    /// Quantity times unit price, rounded half to even, once.
    public let total: Money

    public init(sku: SKU, quantity: Quantity, unitPrice: UnitPrice) throws(MoneyError) {
        self.sku = sku
        self.quantity = quantity
        self.unitPrice = unitPrice
        total = try unitPrice.total(for: quantity, rounding: .halfEven)
    }

    public func write(to writer: inout WireWriter) {
        writer.field("sku", sku)
        writer.field("quantity", quantity)
        writer.field("unitPrice", unitPrice)
        writer.field("total", total)
    }

    /// The total is read, not computed: history does not change with a rounding rule.
    public init(from reader: inout WireReader) throws(WireError) {
        sku = try reader.sku("sku")
        quantity = try reader.quantity("quantity")
        unitPrice = try reader.unitPrice("unitPrice")
        total = try reader.money("total")
    }
}

/// Units of one article that are held, sold or moved together.
public struct StockLine: Hashable, Sendable, WireCoded {
    public let sku: SKU
    /// May exceed a single line's limit when an order names the same article twice.
    public let units: Int64

    public init(sku: SKU, units: Int64) {
        self.sku = sku
        self.units = units
    }

    public func write(to writer: inout WireWriter) {
        writer.field("sku", sku)
        writer.field("units", units)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        sku = try reader.sku("sku")
        units = try reader.int("units")
    }
}

/// An article of which there was not enough.
public struct ShortLine: Hashable, Sendable, WireCoded {
    public let sku: SKU
    public let wanted: Int64
    public let available: Int64

    public init(sku: SKU, wanted: Int64, available: Int64) {
        self.sku = sku
        self.wanted = wanted
        self.available = available
    }

    public func write(to writer: inout WireWriter) {
        writer.field("sku", sku)
        writer.field("wanted", wanted)
        writer.field("available", available)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        sku = try reader.sku("sku")
        wanted = try reader.int("wanted")
        available = try reader.int("available")
    }
}

extension [OrderLine] {
    /// The articles to be held: each once, in ascending order.
    public var stockLines: [StockLine] {
        var units = map { StockLine(sku: $0.sku, units: Int64($0.quantity.units)) }
        units.sort { $0.sku < $1.sku }
        var merged: [StockLine] = []
        merged.reserveCapacity(units.count)
        for line in units {
            if let last = merged.last, last.sku == line.sku {
                merged[merged.count - 1] = StockLine(sku: line.sku, units: last.units + line.units)
            } else {
                merged.append(line)
            }
        }
        return merged
    }
}
