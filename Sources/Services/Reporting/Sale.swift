// SPDX-License-Identifier: Apache-2.0
/// An order as the sums of sales must know it until it has ended.

import Contracts
import Kernel
import Ports

struct Sale {
    let order: String
    /// When it was placed.
    let quarter: Int64
    let currency: String
    let country: String
    let region: String
    let source: String
    let isCounted: Bool
    let units: Int64
    let revenue: Int64
    let lines: [OrderLine]
    let adjustments: [Adjustment]

    init(_ placed: OrderEvent.Placed) {
        order = placed.order.text
        quarter = Sales.quarter(of: placed.at)
        currency = placed.total.currency.code
        country = placed.recipient.country.code
        region = placed.origin.region ?? ""
        source = placed.origin.source ?? ""
        isCounted = false
        units = placed.lines.reduce(0) { $0 + Int64($1.quantity.units) }
        revenue = placed.total.amount
        lines = placed.lines
        adjustments = placed.adjustments
    }

    /// Nil for a row that this program did not write.
    init?(_ row: ViewRow) {
        guard let order = row[0].text, let quarter = row[1].int, let currency = row[2].text,
            let country = row[3].text, let region = row[4].text, let source = row[5].text,
            let isCounted = row[6].int, let units = row[7].int, let revenue = row[8].int,
            let bytes = row[9].bytes
        else { return nil }
        var reader = WireReader(binary: bytes)
        do throws(WireError) {
            lines = try reader.list("lines")
            adjustments = try reader.list("adjustments")
        } catch {
            return nil
        }
        self.order = order
        self.quarter = quarter
        self.currency = currency
        self.country = country
        self.region = region
        self.source = source
        self.isCounted = isCounted == 1
        self.units = units
        self.revenue = revenue
    }

    func row(isCounted: Bool) -> ViewRow {
        var writer = WireWriter(binary: 64 + 48 * lines.count)
        writer.list("lines", lines)
        writer.list("adjustments", adjustments)
        return [
            .text(order), .int(quarter), .text(currency), .text(country), .text(region),
            .text(source), .int(isCounted ? 1 : 0), .int(units), .int(revenue),
            .bytes(writer.bytes),
        ]
    }

    /// The row of `sales` in which it counts.
    var key: ViewKey { key(at: quarter) }

    func key(at quarter: Int64) -> ViewKey {
        [.int(quarter), .text(currency), .text(country), .text(region), .text(source)]
    }

    /// The row of `product_sales` of one of its lines.
    func key(of line: OrderLine, at quarter: Int64) -> ViewKey {
        [.int(quarter), .text(currency), .text(line.sku.code)]
    }
}
