// SPDX-License-Identifier: Apache-2.0
/// What was sold, and what became of it: sums by quarter of an hour, from which every report of
/// hours, days, weeks or months is made, in whatever time zone.

import Contracts
import Kernel
package import NodeEngine
package import Ports
package import Projections

/// An order counts where it was placed, once its stock is held: who was refused has bought nothing.
/// A canceled order stays counted there; its cancellation counts when it happened.
package struct Sales: Projection {
    /// Milliseconds. The clocks of all zones differ from UTC by whole quarters of an hour.
    package static let quarter: Int64 = 900_000

    private static let time = ViewColumn.int(
        "quarter", "The quarter of an hour in UTC, by its first millisecond.")

    package static let sales = ViewTable(
        "sales", "Orders by the quarter of an hour in which they were placed.",
        key: [
            time, .text("currency", "ISO 4217."), .text("country", "ISO 3166-1 alpha-2."),
            .text("region", "ISO 3166-2; empty when the shop has not said it."),
            .text("source", "The shop's channel; empty when it has not said it."),
        ],
        [
            .int("placed", "Orders that were placed."),
            .int("rejected", "Of these, those refused since stock was short."),
            .int("orders", "Of these, those whose stock was held: the orders that count."),
            .int("units", "Units in them."), .int("revenue", "What they cost in all."),
            .int("tax", "Tax in that, whether on top of prices or in them."),
            .int("discounts", "What was taken off."), .int("shipping", "Shipping in that."),
            .int("confirmed", "Of the orders, those that were paid for."),
            .int("shipped", "Of these, those that the carrier took."),
            .int("completed", "Of these, those that arrived and are paid."),
            .int("canceled", "Of the orders, those canceled since, whenever that was."),
            .int("canceled_orders", "Orders, of whatever time, canceled in this quarter."),
            .int("canceled_units", "Units in them."),
            .int("canceled_revenue", "What they would have cost in all."),
        ])

    package static let products = ViewTable(
        "product_sales", "Articles by the quarter of an hour in which they were ordered.",
        key: [time, .text("currency", "ISO 4217."), .text("sku", "The article.")],
        [
            .int("units", "Units in orders that count."),
            .int("revenue", "The totals of their lines, without adjustments."),
            .int("canceled_units", "Units in orders canceled in this quarter."),
            .int("canceled_revenue", "The totals of their lines."),
        ])

    package static let open = ViewTable(
        "sales_orders", "Orders that have not ended, as far as sums must know them.",
        key: [.text("order_id", "The order.")],
        [
            time, .text("currency", "ISO 4217."), .text("country", "ISO 3166-1 alpha-2."),
            .text("region", "ISO 3166-2, or empty."), .text("source", "The channel, or empty."),
            .int("is_counted", "1 once its stock was held."), .int("units", "Units in it."),
            .int("revenue", "What it costs in all."),
            .bytes("lines", "Lines and adjustments, in the house's own form."),
        ])

    package let name = "sales"
    package let version = 1
    package let tables = [Sales.sales, Sales.products, Sales.open]
    package let follows = [FollowedFacts.all(of: "orders")]

    package init() {}

    package func project(_ envelope: Envelope, into changes: ViewChanges) throws {
        guard let event = envelope.fact.of(OrderEvent.self) else { return }
        switch event {
        case .placed(let placed): try place(placed, changes)
        case .reserved(let reserved): try count(reserved.order, changes)
        case .rejected(let order, _): try end(order, as: Self.rejected, changes)
        case .confirmed(let confirmed): try add(1, to: Self.confirmed, of: confirmed.order, changes)
        case .inFulfillment(let order): try add(1, to: Self.shipped, of: order, changes)
        case .completed(let order): try end(order, as: Self.completed, changes)
        case .canceled(let canceled): try cancel(canceled.order, at: envelope.at, changes)
        case .canceling, .stopped, .cancelFailed, .reminded, .paid, .delivered, .stockReturned,
            .paymentUndone, .exception:
            break
        }
    }

    // MARK: Steps

    private func place(_ placed: OrderEvent.Placed, _ changes: ViewChanges) throws {
        let sale = Sale(placed)
        try changes.insert(Self.open, sale.row(isCounted: false))
        try changes.increment(Self.sales, sale.key, Self.placed)
    }

    private func count(_ order: OrderID, _ changes: ViewChanges) throws {
        let sale = try sale(order, changes)
        try changes.update(Self.open, [.text(order.text)]) { try $0.set(Self.isCounted, .int(1)) }
        try changes.upsert(Self.sales, sale.key) { row in
            try row.add(1, to: Self.orders)
            try row.add(sale.units, to: Self.units)
            try row.add(sale.revenue, to: Self.revenue)
            for adjustment in sale.adjustments {
                try row.add(adjustment.amount.amount, to: Self.column(of: adjustment.kind))
            }
        }
        for line in sale.lines {
            try changes.upsert(Self.products, sale.key(of: line, at: sale.quarter)) { row in
                try row.add(Int64(line.quantity.units), to: Self.productUnits)
                try row.add(line.total.amount, to: Self.productRevenue)
            }
        }
    }

    /// A cancellation of what never counted is none: nothing was sold.
    private func cancel(_ order: OrderID, at moment: Timestamp, _ changes: ViewChanges) throws {
        let sale = try sale(order, changes)
        try changes.delete(Self.open, [.text(order.text)])
        guard sale.isCounted else { return }
        try changes.increment(Self.sales, sale.key, Self.canceled)
        let quarter = Self.quarter(of: moment)
        try changes.upsert(Self.sales, sale.key(at: quarter)) { row in
            try row.add(1, to: Self.canceledOrders)
            try row.add(sale.units, to: Self.canceledUnits)
            try row.add(sale.revenue, to: Self.canceledRevenue)
        }
        for line in sale.lines {
            try changes.upsert(Self.products, sale.key(of: line, at: quarter)) { row in
                try row.add(Int64(line.quantity.units), to: Self.productCanceledUnits)
                try row.add(line.total.amount, to: Self.productCanceledRevenue)
            }
        }
    }

    private func end(_ order: OrderID, as column: ViewColumn, _ changes: ViewChanges) throws {
        try add(1, to: column, of: order, changes)
        try changes.delete(Self.open, [.text(order.text)])
    }

    private func add(
        _ amount: Int64, to column: ViewColumn, of order: OrderID, _ changes: ViewChanges
    ) throws {
        try changes.increment(Self.sales, try sale(order, changes).key, column, by: amount)
    }

    private func sale(_ order: OrderID, _ changes: ViewChanges) throws -> Sale {
        guard let row = try changes.row(Self.open, [.text(order.text)]), let sale = Sale(row) else {
            throw SalesFailure.unknownOrder(order.text)
        }
        return sale
    }

    static func quarter(of moment: Timestamp) -> Int64 {
        let milliseconds = moment.milliseconds
        let rest = milliseconds % quarter
        return milliseconds - (rest < 0 ? rest + quarter : rest)
    }

    // MARK: Columns

    package static let placed = sales["placed"]
    package static let rejected = sales["rejected"]
    package static let orders = sales["orders"]
    package static let units = sales["units"]
    package static let revenue = sales["revenue"]
    package static let confirmed = sales["confirmed"]
    package static let shipped = sales["shipped"]
    package static let completed = sales["completed"]
    package static let canceled = sales["canceled"]
    package static let canceledOrders = sales["canceled_orders"]
    package static let canceledUnits = sales["canceled_units"]
    package static let canceledRevenue = sales["canceled_revenue"]
    private static let tax = sales["tax"]
    private static let discounts = sales["discounts"]
    private static let shipping = sales["shipping"]
    private static let productUnits = products["units"]
    private static let productRevenue = products["revenue"]
    private static let productCanceledUnits = products["canceled_units"]
    private static let productCanceledRevenue = products["canceled_revenue"]
    static let isCounted = open["is_counted"]

    private static func column(of kind: AdjustmentKind) -> ViewColumn {
        switch kind {
        case .tax: tax
        case .discount: discounts
        case .shipping: shipping
        }
    }
}

package enum SalesFailure: Error, Equatable {
    /// A fact about an order of which no `order.placed` was seen, or that has ended.
    case unknownOrder(String)
}
