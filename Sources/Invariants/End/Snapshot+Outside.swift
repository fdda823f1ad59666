// SPDX-License-Identifier: Apache-2.0
/// Payments, parcels and mails, against the books of those who carried them out.

import Contracts
import Kernel
import NotificationsDomain
import PaymentsDomain
import Ports
import ShippingDomain

extension Snapshot {
    func check(_ id: PaymentID, _ payment: PaymentState, _ findings: inout Findings) {
        let account = outside.account(id.raw)
        findings.demand((account?.captures ?? 0) <= 1, .m4, id.text)
        guard case .open(let open) = payment else {
            return findings.demand((account?.captures ?? 0) == 0, .m9, id.text)
        }
        checkCall(id, open, &findings)
        let captured = account?.captured ?? 0
        let authorized = account?.authorized ?? 0
        findings.demand(captured <= authorized, .m3, "\(id.text): at the provider")
        // What was never granted anything has no currency yet.
        if let account, account.currency != nil || authorized > 0 {
            findings.demand(account.currency == open.amount.currency, .m8, id.text)
        }
        switch open.phase {
        case .captured:
            findings.demand(captured == open.amount.amount, .m6, "\(id.text): captured")
        case .declined:
            findings.demand(captured == 0, .m6, "\(id.text): declined")
            findings.demand(account?.isOpen != true, .m10, id.text)
        case .voided:
            findings.demand(captured == 0, .m9, id.text)
            findings.demand(authorized == 0 || account?.isVoided == true, .m10, id.text)
        case .captureFailed:
            findings.demand(captured == 0, .m6, "\(id.text): capture failed")
            findings.demand(authorized == open.amount.amount, .m6, "\(id.text): authorized")
        case .authorized, .capturing:
            findings.demand(authorized == open.amount.amount, .m6, "\(id.text): authorized")
        case .authorizing, .voiding: break
        }
    }

    private func checkCall(
        _ id: PaymentID, _ open: PaymentState.Open, _ findings: inout Findings
    ) {
        findings.demand(open.phase.step == nil || open.due != nil, .g4, id.text)
        guard isAtRest else { return }
        findings.demand(
            PaymentState.open(open).isAtRest, .o5, "\(id.text): \(open.phase.rawValue)")
    }

    func check(_ id: ShipmentID, _ shipment: ShipmentState, _ findings: inout Findings) {
        guard case .open(let open) = shipment else { return }
        let parcel = outside.parcel(id.raw)
        findings.demand((parcel?.labels ?? 0) <= 1, .g3, "\(id.text): labels")
        findings.demand(shipment.isAtRest || open.due != nil, .g4, id.text)
        findings.demand(
            !isAtRest || shipment.isAtRest, .o5, "\(id.text): \(open.phase.rawValue)")
        let status = parcel?.status
        switch open.phase {
        case .labeled: findings.demand(parcel?.labels == 1, .g3, "\(id.text): no label")
        case .shipped:
            findings.demand(status == .shipped || status == .delivered, .g3, id.text)
        case .delivered: findings.demand(status == .delivered, .g3, id.text)
        case .canceled:
            findings.demand(status != .shipped && status != .delivered, .g3, id.text)
        case .labeling, .canceling: break
        }
    }

    /// Mail has no idempotency: what is sent went out at least once.
    func check(_ id: MessageID, _ message: MessageState, _ findings: inout Findings) {
        guard case .open(let open) = message else { return }
        findings.demand(message.isAtRest || open.due != nil, .g4, id.text)
        findings.demand(!isAtRest || message.isAtRest, .o5, "\(id.text): \(open.phase.rawValue)")
        guard let mails = outside.mails, open.phase == .sent else { return }
        findings.demand(mails(id.raw) >= 1, .g3, "\(id.text): sent, and nobody has it")
    }
}
