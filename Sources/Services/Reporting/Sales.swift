// SPDX-License-Identifier: Apache-2.0
/// What was sold, and what became of it: sums by quarter of an hour, from which every report of
/// hours, days, weeks or months is made, in whatever time zone.

import Contracts
import Kernel
package import NodeEngine
package import Ports
package import Projections

/// An order is sold when it was placed, once its stock is held: who was refused has bought nothing.
/// A canceled order stays counted there; its cancellation counts when it happened.
package struct Sales: Projection {
    /// Milliseconds. Since 1980 each local day began with a quarter of an hour of UTC, everywhere.
    package static let quarter: Int64 = 900_000

    package let name = "sales"
    package let version = 1
    package let tables = [Sales.sales, Sales.products, Sales.funnel, Sales.open]
    package let follows = [
        FollowedFacts.only(
            [
                OrderEvent.Kind.placed.name, OrderEvent.Kind.reserved.name,
                OrderEvent.Kind.rejected.name, OrderEvent.Kind.confirmed.name,
                OrderEvent.Kind.inFulfillment.name, OrderEvent.Kind.paid.name,
                OrderEvent.Kind.delivered.name, OrderEvent.Kind.completed.name,
                OrderEvent.Kind.canceled.name, OrderEvent.Kind.exception.name,
            ], of: "orders")
    ]

    package init() {}

    package func project(_ envelope: Envelope, into changes: ViewChanges) throws {
        guard let event = envelope.fact.of(OrderEvent.self) else { return }
        switch event {
        case .placed(let placed):
            let sale = Sale(placed)
            try changes.insert(Self.open, sale.row)
            try reach([.placed], sale, changes)
        case .reserved(let reserved):
            let sale = try sale(reserved.order, changes)
            try sell(sale, changes)
            try reach([.reserved], sale, changes)
        case .canceled(let canceled):
            let sale = try sale(canceled.order, changes)
            try cancel(sale, at: Self.quarter(of: envelope.at), changes)
            try reach([.canceled], sale, changes)
        case .confirmed(let confirmed):
            try reach([.confirmed], sale(confirmed.order, changes), changes)
        case .inFulfillment(let order): try reach([.shipped], sale(order, changes), changes)
        case .paid(let order): try reach([.paid], sale(order, changes), changes)
        case .delivered(let order): try reach([.delivered], sale(order, changes), changes)
        // Money and parcel come in either order; the second of them has no fact of its own.
        case .completed(let order):
            try reach([.paid, .delivered, .completed], sale(order, changes), changes)
        case .rejected(let order, _): try reach([.rejected], sale(order, changes), changes)
        case .exception(let order, _): try reach([.exception], sale(order, changes), changes)
        case .canceling, .stopped, .cancelFailed, .reminded, .stockReturned, .paymentUndone: break
        }
    }

    private func sale(_ order: OrderID, _ changes: ViewChanges) throws -> Sale {
        guard let row = try changes.row(Self.open, [.text(order.text)]), let sale = Sale(row) else {
            throw SalesFailure.unknownOrder(order.text)
        }
        return sale
    }

    /// Counts each of `stages` of an order once, where it was placed.
    private func reach(_ stages: [OrderStage], _ sale: Sale, _ changes: ViewChanges) throws {
        var next = sale
        var sums: [(ViewColumn, Int64)] = []
        for stage in stages where !next.reached.contains(stage) {
            next.reached.insert(stage)
            let columns = Self.stages[stage.rawValue]
            sums += [(columns.count, 1), (columns.amount, sale.revenue)]
        }
        try add(sums, to: sale.key(at: sale.quarter), of: Self.funnel, changes)
        let key: ViewKey = [.text(sale.order)]
        if next.isOver {
            try changes.delete(Self.open, key)
        } else {
            try changes.update(Self.open, key) { row in
                try row.set(Self.reached, .int(next.reached.bits))
            }
        }
    }

    private func sell(_ sale: Sale, _ changes: ViewChanges) throws {
        let basket = try sale.basket()
        try add(
            [
                (Self.orders, 1), (Self.units, basket.units), (Self.revenue, sale.revenue),
                (Self.tax, basket.tax), (Self.discounts, basket.discounts),
                (Self.shipping, basket.shipping),
            ], to: sale.key(at: sale.quarter), of: Self.sales, changes)
        for item in basket.items {
            try add(
                [
                    (Self.productOrders, 1), (Self.productUnits, item.units),
                    (Self.productRevenue, item.revenue),
                ], to: sale.key(of: item, at: sale.quarter), of: Self.products, changes)
        }
    }

    /// A cancellation of what never counted is none: nothing was sold.
    private func cancel(_ sale: Sale, at quarter: Int64, _ changes: ViewChanges) throws {
        guard sale.reached.contains(.reserved) else { return }
        let basket = try sale.basket()
        try add(
            [
                (Self.canceledOrders, 1), (Self.canceledUnits, basket.units),
                (Self.canceledRevenue, sale.revenue),
            ], to: sale.key(at: quarter), of: Self.sales, changes)
        for item in basket.items {
            try add(
                [
                    (Self.productCanceledOrders, 1), (Self.productCanceledUnits, item.units),
                    (Self.productCanceledRevenue, item.revenue),
                ], to: sale.key(of: item, at: quarter), of: Self.products, changes)
        }
    }

    private func add(
        _ sums: [(ViewColumn, Int64)], to key: ViewKey, of table: ViewTable,
        _ changes: ViewChanges
    ) throws {
        try changes.upsert(table, key) { row in
            for (column, amount) in sums {
                let sum = (row.values[column.index].int ?? 0).saturatingSum(amount)
                try row.set(column, .int(sum))
            }
        }
    }

    static func quarter(of moment: Timestamp) -> Int64 {
        let milliseconds = moment.milliseconds
        let rest = milliseconds % quarter
        return milliseconds - (rest < 0 ? rest + quarter : rest)
    }
}

package enum SalesFailure: Error, Equatable {
    /// A fact about an order of which no `order.placed` was seen, or of which all is counted.
    case unknownOrder(String)
}
