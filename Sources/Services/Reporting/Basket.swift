// SPDX-License-Identifier: Apache-2.0
/// What an order sells, as far as sums of sales must know it.

import Contracts
import Kernel

struct Basket: WireCoded, Equatable {
    /// Each article once, in ascending order.
    private(set) var items: [Item] = []
    private(set) var units: Int64 = 0
    private(set) var tax: Int64 = 0
    private(set) var discounts: Int64 = 0
    private(set) var shipping: Int64 = 0

    struct Item: WireCoded, Equatable {
        let sku: String
        var units: Int64
        /// Minor units.
        var revenue: Int64

        init(_ line: OrderLine) {
            sku = line.sku.code
            units = Int64(line.quantity.units)
            revenue = line.total.amount
        }

        func write(to writer: inout WireWriter) {
            writer.field("sku", sku)
            writer.field("units", units)
            writer.field("revenue", revenue)
        }

        init(from reader: inout WireReader) throws(WireError) {
            sku = try reader.string("sku")
            units = try reader.int("units")
            revenue = try reader.int("revenue")
        }
    }

    init(_ placed: OrderEvent.Placed) {
        for line in placed.lines.sorted(by: { $0.sku < $1.sku }) {
            let item = Item(line)
            units = units.saturatingSum(item.units)
            if let last = items.last, last.sku == item.sku {
                items[items.count - 1].units = last.units.saturatingSum(item.units)
                items[items.count - 1].revenue = last.revenue.saturatingSum(item.revenue)
            } else {
                items.append(item)
            }
        }
        for adjustment in placed.adjustments {
            let amount = adjustment.amount.amount
            switch adjustment.kind {
            case .tax: tax = tax.saturatingSum(amount)
            case .discount: discounts = discounts.saturatingSum(amount)
            case .shipping: shipping = shipping.saturatingSum(amount)
            }
        }
    }

    func write(to writer: inout WireWriter) {
        writer.list("items", items)
        writer.field("units", units)
        writer.field("tax", tax)
        writer.field("discounts", discounts)
        writer.field("shipping", shipping)
    }

    init(from reader: inout WireReader) throws(WireError) {
        items = try reader.list("items")
        units = try reader.int("units")
        tax = try reader.int("tax")
        discounts = try reader.int("discounts")
        shipping = try reader.int("shipping")
    }
}

extension Int64 {
    /// The sum of what is never negative. One that does not fit stays at the greatest number: an
    /// absurd order stops no report, and the order of the additions makes no difference.
    func saturatingSum(_ other: Int64) -> Int64 {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? .max : sum
    }
}
