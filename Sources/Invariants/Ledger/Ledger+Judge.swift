// SPDX-License-Identifier: Apache-2.0
/// What the logs say of one order, compared. Each question goes by what an event answers: an event
/// that says "this was held" answers a fact at or before which the hold must stand. A fact that
/// lies beyond what is noted is not judged yet.

import Contracts
import Kernel

extension Ledger {
    func judge(_ index: Int, _ findings: inout Findings) {
        judgeStock(index, &findings)
        judgeMoney(index, &findings)
        judgeParcel(index, &findings)
        judgeEnd(index, &findings)
        judgeMessages(index, &findings)
    }

    mutating func judge(_ index: Int) {
        var found = Findings()
        judge(index, &found)
        if !found.isEmpty { findings.absorb(found) }
    }

    /// True unless the fact that was answered is one of `kind`, is noted, and `milestone` does not
    /// stand at or before it.
    private func isKept(_ heard: Heard?, by milestone: Int64, in kind: LogKind) -> Bool {
        heard?.isKept(by: milestone, in: kind, logs) ?? true
    }

    private func judgeStock(_ index: Int, _ findings: inout Findings) {
        let order = orders[index]
        let hold = holds[index]
        let id = order.order
        findings.demand(
            isKept(order.reservedBy, by: hold.heldAt, in: .inventory), .o2,
            "\(id.text): reserved, and nothing was held")
        findings.demand(
            isKept(order.rejectedBy, by: hold.refusedAt, in: .inventory), .o9,
            "\(id.text): rejected, and its hold was not refused")
        findings.demand(
            isKept(hold.committedBy, by: order.confirmedAt, in: .orders), .o2,
            "\(id.text): its stock is sold, and it was not confirmed")
        if hold.heldAt != 0 {
            findings.demand(
                isKept(hold.releasedBy, by: order.stoppedAt, in: .orders), .o2,
                "\(id.text): its stock was released before it was stopped")
        }
        let parcel = shipments[index]
        findings.demand(
            isKept(hold.shippedBy, by: parcel.shippedAt, in: .shipping), .o3,
            "\(id.text): its stock has left before its parcel")
    }

    private func judgeMoney(_ index: Int, _ findings: inout Findings) {
        let order = orders[index]
        let payment = payments[index]
        let id = order.order
        findings.demand(
            isKept(order.confirmedBy, by: payment.authorizedAt, in: .payments),
            .o2, "\(id.text): confirmed, and its money is not set aside")
        if payment.authorizedAt != 0 {
            findings.demand(
                isKept(payment.wantedBackBy, by: order.stoppedAt, in: .orders),
                .o2, "\(id.text): its money was given back before it was stopped")
        }
        let capture = payment.captureRequestedBy
        findings.demand(
            isKept(capture, by: shipments[index].shippedAt, in: .shipping)
                && isKept(capture, by: order.shippedAt, in: .orders), .o3,
            "\(id.text): to be paid before it was shipped")
        if let amount = payment.amount, let total = order.total {
            findings.demand(
                amount.currency == total.currency, .m8, "\(id.text): paid in \(amount.currency)")
            findings.demand(
                amount.amount == total.amount || amount.currency != total.currency, .m7,
                "\(id.text): \(amount) are asked for, not \(total)")
        }
    }

    private func judgeParcel(_ index: Int, _ findings: inout Findings) {
        let order = orders[index]
        let parcel = shipments[index]
        let id = order.order
        findings.demand(
            isKept(parcel.createdBy, by: order.confirmedAt, in: .orders), .o3,
            "\(id.text): a parcel, and it was not confirmed")
        findings.demand(
            isKept(order.shippedBy, by: parcel.shippedAt, in: .shipping), .o3,
            "\(id.text): in fulfillment, and its parcel is not shipped")
        if order.wasStopping {
            findings.demand(
                isKept(order.stoppedBy, by: parcel.canceledAt, in: .shipping),
                .g2, "\(id.text): stopped before its parcel")
        }
    }

    /// Ends are for good, so they can be compared whatever has been noted since.
    private func judgeEnd(_ index: Int, _ findings: inout Findings) {
        let order = orders[index]
        guard order.place.isEnd else { return }
        let hold = holds[index]
        let payment = payments[index]
        let parcel = shipments[index]
        let id = order.order
        switch order.place {
        case .completed, .unpaid:
            findings.demand(parcel.deliveredAt != 0, .o3, "\(id.text): shipment")
            findings.demand(hold.heldAt != 0, .o3, "\(id.text): stock")
            findings.demand(
                !hold.hasReturned && payment.voidedAt == 0 && parcel.canceledAt == 0, .g1,
                "\(id.text): delivered and undone")
            let paidAt =
                order.place == .completed ? payment.capturedAt : payment.captureFailedAt
            findings.demand(paidAt != 0, .o3, "\(id.text): payment")
        case .canceled:
            findings.demand(payment.capturedAt == 0, .m9, id.text)
            findings.demand(
                parcel.shippedAt == 0 && hold.shippedAt == 0, .g1, "\(id.text): undone and shipped")
            findings.demand(!hold.isOpen || hold.shippedAt != 0, .o7, "\(id.text): stock")
            findings.demand(!payment.isOpen, .o7, "\(id.text): payment")
        case .rejected:
            findings.demand(!hold.isOpen, .o7, "\(id.text): stock")
            findings.demand(!payment.isOpen, .o7, "\(id.text): payment")
            findings.demand(payment.capturedAt == 0, .m9, id.text)
        default: break
        }
    }

    private func judgeMessages(_ index: Int, _ findings: inout Findings) {
        let order = orders[index]
        let message = messages[index]
        let id = order.order
        findings.demand(
            isKept(
                message.confirmed.queuedBy, by: order.confirmedAt, in: .orders), .g3,
            "\(id.text): a mail of a confirmation that was not")
        findings.demand(
            isKept(
                message.canceled.queuedBy, by: order.canceledAt, in: .orders), .g3,
            "\(id.text): a mail of a cancellation that was not")
        findings.demand(
            isKept(
                message.cancelFailed.queuedBy, by: order.cancelFailedAt, in: .orders), .g3,
            "\(id.text): a mail of a failed cancellation that was not")
    }
}
