// SPDX-License-Identifier: Apache-2.0
/// What the logs of several services say of one order, compared. It names the services that it
/// compares, and asks their checkers for everything that belongs to the order: any number of holds,
/// payments, shipments and messages.
///
/// Each question goes by what an event answers: an event that says "this was held" answers a fact
/// at or before which a hold must stand. A fact that lies beyond what is noted is not judged yet.

import Contracts
import Kernel

struct Judge {
    let orders: OrdersChecker
    let inventory: InventoryChecker
    let payments: PaymentsChecker
    let shipping: ShippingChecker
    let notifications: NotificationsChecker
    let catalog: CatalogChecker

    init(_ checkers: [any ServiceChecker]) {
        orders = Self.one(of: checkers)
        inventory = Self.one(of: checkers)
        payments = Self.one(of: checkers)
        shipping = Self.one(of: checkers)
        notifications = Self.one(of: checkers)
        catalog = Self.one(of: checkers)
    }

    private static func one<Checker>(of checkers: [any ServiceChecker]) -> Checker {
        guard let checker = checkers.lazy.compactMap({ $0 as? Checker }).first else {
            preconditionFailure("the judge compares services that are checked")
        }
        return checker
    }

    func judge(_ number: Int, _ id: OrderID, _ logs: Logs, _ findings: inout Findings) {
        let order = orders.entry(number)
        judgeStock(number, order, id, logs, &findings)
        judgeMoney(number, order, id, logs, &findings)
        judgeParcels(number, order, id, logs, &findings)
        judgeMessages(number, order, id, logs, &findings)
        if order.place.isEnd { judgeEnd(number, order, id, &findings) }
    }

    private func judgeStock(
        _ number: Int, _ order: OrderEntry, _ id: OrderID, _ logs: Logs, _ findings: inout Findings
    ) {
        findings.demand(
            inventory.holds.keeps(order.reservedBy, of: number, logs) { $0.heldAt }, .o2,
            "\(id.text): reserved, and nothing was held")
        findings.demand(
            inventory.holds.keeps(order.rejectedBy, of: number, logs) { $0.refusedAt }, .o9,
            "\(id.text): rejected, and its hold was not refused")
        var held: Int64 = 0
        inventory.holds.forEach(of: number) { hold in
            if hold.heldAt != 0 && !hold.hasReturned { held = held &+ hold.units }
            findings.demand(
                orders.entries.keeps(hold.committedBy, of: number, logs) { $0.confirmedAt }, .o2,
                "\(id.text): its stock is sold, and it was not confirmed")
            findings.demand(
                hold.heldAt == 0
                    || orders.entries.keeps(hold.releasedBy, of: number, logs) { $0.stoppedAt },
                .o2, "\(id.text): its stock was released before it was stopped")
            findings.demand(
                shipping.shipments.keeps(hold.shippedBy, of: number, logs) { $0.shippedAt }, .o3,
                "\(id.text): its stock has left before its parcel")
        }
        findings.demand(
            order.total == nil || held <= order.units, .s7,
            "\(id.text): \(held) units are held, of \(order.units)")
    }

    private func judgeMoney(
        _ number: Int, _ order: OrderEntry, _ id: OrderID, _ logs: Logs, _ findings: inout Findings
    ) {
        findings.demand(
            payments.payments.keeps(order.confirmedBy, of: number, logs) { $0.authorizedAt }, .o2,
            "\(id.text): confirmed, and its money is not set aside")
        // What is asked for: by payments that stand or, where none does, by the last one.
        var asked: Int64?
        var last: Int64?
        payments.payments.forEach(of: number) { payment in
            findings.demand(
                payment.authorizedAt == 0
                    || orders.entries.keeps(payment.wantedBackBy, of: number, logs) {
                        $0.stoppedAt
                    }, .o2, "\(id.text): its money was given back before it was stopped")
            let capture = payment.captureRequestedBy
            findings.demand(
                shipping.shipments.keeps(capture, of: number, logs) { $0.shippedAt }
                    && orders.entries.keeps(capture, of: number, logs) { $0.shippedAt }, .o3,
                "\(id.text): to be paid before it was shipped")
            guard let amount = payment.amount, let total = order.total else { return }
            findings.demand(
                amount.currency == total.currency, .m8, "\(id.text): paid in \(amount.currency)")
            guard amount.currency == total.currency else { return }
            last = amount.amount
            if payment.stands { asked = (asked ?? 0) &+ amount.amount }
        }
        guard let amount = asked ?? last, let total = order.total else { return }
        findings.demand(
            amount == total.amount, .m7, "\(id.text): \(amount) are asked for, not \(total)")
    }

    private func judgeParcels(
        _ number: Int, _ order: OrderEntry, _ id: OrderID, _ logs: Logs, _ findings: inout Findings
    ) {
        var sent: Int64 = 0
        shipping.shipments.forEach(of: number) { shipment in
            if shipment.canceledAt == 0 { sent = sent &+ shipment.units }
            findings.demand(
                orders.entries.keeps(shipment.createdBy, of: number, logs) { $0.confirmedAt }, .o3,
                "\(id.text): a parcel, and it was not confirmed")
        }
        findings.demand(
            order.total == nil || sent <= order.units, .g3,
            "\(id.text): \(sent) units are sent, of \(order.units)")
        findings.demand(
            shipping.shipments.keeps(order.shippedBy, of: number, logs) { $0.shippedAt }, .o3,
            "\(id.text): in fulfillment, and its parcel is not shipped")
        guard order.wasStopping else { return }
        findings.demand(
            shipping.shipments.keeps(order.stoppedBy, of: number, logs, byAll: true) {
                $0.canceledAt
            }, .g2, "\(id.text): stopped before its parcel")
    }

    private func judgeMessages(
        _ number: Int, _ order: OrderEntry, _ id: OrderID, _ logs: Logs, _ findings: inout Findings
    ) {
        notifications.messages.forEach(of: number) { message in
            guard let kind = message.kind else { return }
            findings.demand(
                orders.entries.keeps(message.queuedBy, of: number, logs) { $0.reached(kind) }, .g3,
                "\(id.text): a mail of the kind \(kind.rawValue), and nothing happened")
        }
    }
}

extension OrderEntry {
    /// Where the order's log says what a message of `kind` tells of; 0 where it does not.
    func reached(_ kind: MessageKind) -> Int64 {
        switch kind {
        case .orderConfirmed: confirmedAt
        case .orderCanceled: canceledAt
        case .orderCancelFailed: cancelFailedAt
        }
    }
}
