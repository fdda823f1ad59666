// SPDX-License-Identifier: Apache-2.0
/// An order as the sums of sales must know it until nothing more is counted of it.

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
    var reached: OrderStage.Group
    /// What it costs in all, in minor units.
    let revenue: Int64
    private let basketBytes: [UInt8]

    init(_ placed: OrderEvent.Placed) {
        order = placed.order.text
        quarter = Sales.quarter(of: placed.at)
        currency = placed.total.currency.code
        country = placed.recipient.country.code
        region = placed.origin.region ?? ""
        source = placed.origin.source ?? ""
        reached = OrderStage.Group()
        revenue = placed.total.amount
        var writer = WireWriter(binary: 32 + 32 * placed.lines.count)
        Basket(placed).write(to: &writer)
        basketBytes = writer.bytes
    }

    /// Nil for a row that this program did not write.
    init?(_ row: ViewRow) {
        guard let order = row[0].text, let quarter = row[1].int, let currency = row[2].text,
            let country = row[3].text, let region = row[4].text, let source = row[5].text,
            let reached = row[6].int, let revenue = row[7].int, let bytes = row[8].bytes
        else { return nil }
        self.order = order
        self.quarter = quarter
        self.currency = currency
        self.country = country
        self.region = region
        self.source = source
        self.reached = OrderStage.Group(bits: reached)
        self.revenue = revenue
        basketBytes = bytes
    }

    /// Read only where it is needed: most facts count an order and no articles.
    func basket() throws -> Basket {
        var reader = WireReader(binary: basketBytes)
        return try Basket(from: &reader)
    }

    var row: ViewRow {
        [
            .text(order), .int(quarter), .text(currency), .text(country), .text(region),
            .text(source), .int(reached.bits), .int(revenue), .bytes(basketBytes),
        ]
    }

    /// True when nothing more will be counted of it.
    var isOver: Bool {
        if reached.contains(.exception) { return reached.contains(.delivered) }
        return [.completed, .rejected, .canceled].contains(where: reached.contains)
    }

    /// The row of `sales` and of `order_funnel` of `quarter`.
    func key(at quarter: Int64) -> ViewKey {
        [.int(quarter), .text(currency), .text(country), .text(region), .text(source)]
    }

    /// The row of `product_sales` of one of its articles.
    func key(of item: Basket.Item, at quarter: Int64) -> ViewKey {
        [.int(quarter), .text(currency), .text(item.sku)]
    }
}
