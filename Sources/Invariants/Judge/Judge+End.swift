// SPDX-License-Identifier: Apache-2.0
/// How an order ended, compared with what became of all that belongs to it. Ends are for good, so
/// they can be compared whatever has been noted since.

import Contracts
import Kernel

extension Judge {
    func judgeEnd(
        _ number: Int, _ order: OrderEntry, _ id: OrderID, _ findings: inout Findings
    ) {
        switch order.place {
        case .completed, .unpaid: judgeDelivery(number, order, id, &findings)
        case .canceled:
            let isShipped =
                shipping.shipments.contains(of: number) { $0.shippedAt != 0 }
                || inventory.holds.contains(of: number) { $0.shippedAt != 0 }
            findings.demand(!isShipped, .g1, "\(id.text): undone and shipped")
            judgeUndone(number, id, &findings)
        case .rejected: judgeUndone(number, id, &findings)
        default: break
        }
    }

    private func judgeDelivery(
        _ number: Int, _ order: OrderEntry, _ id: OrderID, _ findings: inout Findings
    ) {
        let (holds, shipments) = (inventory.holds, shipping.shipments)
        findings.demand(
            shipments.contains(of: number) { $0.deliveredAt != 0 }, .o3, "\(id.text): shipment")
        findings.demand(
            holds.contains(of: number) { $0.heldAt != 0 }, .o3, "\(id.text): stock")
        let isUndone =
            holds.areAll(of: number) { $0.hasReturned }
            || payments.payments.areAll(of: number) { $0.voidedAt != 0 }
            || shipments.areAll(of: number) { $0.canceledAt != 0 }
        findings.demand(!isUndone, .g1, "\(id.text): delivered and undone")
        let isPaid = order.place == .completed
        let hasOutcome = payments.payments.contains(of: number) {
            (isPaid ? $0.capturedAt : $0.captureFailedAt) != 0
        }
        findings.demand(hasOutcome, .o3, "\(id.text): payment")
    }

    private func judgeUndone(_ number: Int, _ id: OrderID, _ findings: inout Findings) {
        inventory.holds.forEach(of: number) { hold in
            findings.demand(!hold.isOpen, .o7, "\(id.text): stock")
        }
        payments.payments.forEach(of: number) { payment in
            findings.demand(payment.capturedAt == 0, .m9, id.text)
            findings.demand(!payment.isOpen, .o7, "\(id.text): payment")
        }
    }

    /// What must be true of each order once nothing moves any more, by the facts of all services.
    func checkRest(_ numbers: OrderNumbers, _ findings: inout Findings) {
        orders.entries.forEach { order in
            let number = order.base.orderNumber
            let id = numbers.ids[number]
            if order.place == .completed || order.place == .unpaid {
                findings.demand(
                    inventory.holds.areAll(of: number) { $0.heldAt == 0 || $0.shippedAt != 0 },
                    .o3, "\(id.text): stock not shipped")
            }
            for kind in MessageKind.allCases where order.reached(kind) != 0 {
                findings.demand(
                    notifications.messages.contains(of: number) { $0.kind == kind }, .o5,
                    "\(id.text): no mail of \(kind.rawValue)")
            }
        }
    }
}
