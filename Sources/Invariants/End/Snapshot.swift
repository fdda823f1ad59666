// SPDX-License-Identifier: Apache-2.0
/// Everything that a house knows at a moment, and what is to be found out about it.

package import Contracts
package import InventoryDomain
import Kernel
package import NotificationsDomain
package import OrdersDomain
package import PaymentsDomain
package import ShippingDomain

/// The entities of all services. They come from folded logs or, in a simulation, from memory.
package struct Snapshot {
    /// By shard.
    package var orders: [[OrderID: FoldedEntity<OrderState>]] = []
    package var stock: [InventoryKey: FoldedEntity<InventoryState>] = [:]
    package var payments: [PaymentID: FoldedEntity<PaymentState>] = [:]
    package var shipments: [ShipmentID: FoldedEntity<ShipmentState>] = [:]
    package var messages: [MessageID: FoldedEntity<MessageState>] = [:]
    package var outside: Outside
    /// Faults have stopped and nothing moves any more.
    package var isAtRest: Bool

    package init(outside: Outside, isAtRest: Bool = false) {
        self.outside = outside
        self.isAtRest = isAtRest
    }

    /// Checks all entities against each other, against `ledger`, to which their events were noted,
    /// and against the books outside.
    package func check(_ ledger: Ledger, _ findings: inout Findings) {
        for shard in orders {
            for (id, order) in shard { check(id, order.state, ledger, &findings) }
        }
        checkStock(ledger, &findings)
        for (id, payment) in payments { check(id, payment.state, &findings) }
        for (id, shipment) in shipments { check(id, shipment.state, &findings) }
        for (id, message) in messages { check(id, message.state, &findings) }
        if isAtRest {
            checkStrangers(&findings)
            ledger.checkRest(&findings)
        }
    }

    private func check(
        _ id: OrderID, _ order: OrderState, _ ledger: Ledger, _ findings: inout Findings
    ) {
        findings.demand(
            ledger.place(of: id).map { $0.holds(order.phase) } ?? true, .o1,
            "\(id.text): is \(order.phase.slug), and its events lead elsewhere")
        findings.demand(order.isAtRest || order.due != nil, .g4, id.text)
        findings.demand(!isAtRest || order.isAtRest, .o5, "\(id.text): \(order.phase.slug)")
    }

    private func checkStock(_ ledger: Ledger, _ findings: inout Findings) {
        var held: [StockKey: Int64] = [:]
        var allocated: [StockKey: Int64] = [:]
        for (_, entity) in stock {
            guard case .hold(let hold) = entity.state else { continue }
            findings.demand(
                !isAtRest || entity.state.isAtRest, .o5,
                "\(hold.movement.hold.text): \(hold.phase.rawValue)")
            guard hold.phase == .held || hold.phase == .committed else { continue }
            for line in hold.movement.lines {
                let key = StockKey(line.sku, hold.movement.warehouse)
                if hold.phase == .held { held[key, default: 0] += line.units }
                if hold.phase == .committed { allocated[key, default: 0] += line.units }
            }
        }
        for (key, entity) in stock {
            guard case .item(let stock) = key, case .item(let item) = entity.state else { continue }
            if let books = ledger.stock.item(stock) {
                findings.demand(item.onHand == books.onHand, .s1, "\(stock.sku) at the end")
            }
            findings.demand(
                item.held == held[stock, default: 0]
                    && item.allocated == allocated[stock, default: 0], .s4, "\(stock.sku)")
        }
    }

    private func checkStrangers(_ findings: inout Findings) {
        for id in outside.payments where payments[PaymentID(id)] == nil {
            let account = outside.account(id)
            findings.demand(
                account?.captures == 0 && account?.isOpen == false, .m6,
                "\(PaymentID(id).text): the provider knows it and we do not")
        }
        for id in outside.shipments where shipments[ShipmentID(id)] == nil {
            findings.demand(
                outside.parcel(id)?.labels == 0, .g3,
                "\(ShipmentID(id).text): the carrier knows it and we do not")
        }
    }
}

extension OrderPlace {
    /// True when an order in `phase` is where its events lead.
    func holds(_ phase: OrderState.Phase) -> Bool {
        switch (self, phase) {
        case (.nowhere, .absent), (.reserving, .reserving), (.awaitingPayment, .awaitingPayment),
            (.confirmed, .confirmed), (.completed, .completed), (.canceled, .canceled),
            (.rejected, .rejected):
            true
        case (.shipped, .inFulfillment(let isPaid, let isDelivered)): !isPaid && !isDelivered
        case (.shippedPaid, .inFulfillment(let isPaid, let isDelivered)): isPaid && !isDelivered
        case (.shippedDelivered, .inFulfillment(let isPaid, let isDelivered)):
            !isPaid && isDelivered
        case (.shippedUnpaid, .exception(_, let isDelivered)): !isDelivered
        case (.unpaid, .exception(_, let isDelivered)): isDelivered
        case (.leaving, .canceling): true
        case (.stopping, .canceling(_, let undoing)): undoing.shipment
        case (.owingBoth, .canceling(_, let undoing)):
            !undoing.shipment && undoing.hold && undoing.payment
        case (.owingStock, .canceling(_, let undoing)):
            !undoing.shipment && undoing.hold && !undoing.payment
        case (.owingPayment, .canceling(_, let undoing)):
            !undoing.shipment && !undoing.hold && undoing.payment
        default: false
        }
    }
}

extension Ledger {
    /// Where the events of `order` lead; nil when none was noted.
    func place(of order: OrderID) -> OrderPlace? {
        stories.known(order.raw.low).map { orders[$0].place }
    }

    /// What must be true of each order once nothing moves any more, by its facts alone.
    func checkRest(_ findings: inout Findings) {
        for index in orders.indices {
            let order = orders[index]
            let id = order.order
            findings.demand(
                order.place.isEnd || !order.isPlaced, .o5, "\(id.text): \(order.place)")
            findings.demand(!holds[index].isOpen, .o5, "\(id.text): its hold is open")
            findings.demand(!payments[index].isOpen, .o5, "\(id.text): its payment is open")
            findings.demand(!messages[index].isOpen, .o5, "\(id.text): a mail is not sent")
            if order.place == .completed || order.place == .unpaid {
                findings.demand(holds[index].shippedAt != 0, .o3, "\(id.text): stock not shipped")
            }
            if order.confirmedAt != 0 {
                findings.demand(
                    messages[index].confirmed.id != nil, .o5, "\(id.text): no mail of it")
            }
            if order.canceledAt != 0 {
                findings.demand(
                    messages[index].canceled.id != nil, .o5, "\(id.text): no mail of its end")
            }
            if order.cancelFailedAt != 0 {
                findings.demand(
                    messages[index].cancelFailed.id != nil, .o5,
                    "\(id.text): no mail of its failed cancellation")
            }
        }
    }
}
