// SPDX-License-Identifier: Apache-2.0
/// What checks payments, by their facts and against the books of the provider.

package import Contracts
package import Kernel
import PaymentsDomain
package import PaymentsService
import Ports

package final class PaymentsChecker: EventTaker<PaymentEvent>, ServiceChecker {
    package typealias Checked = Payments

    package static let rules = Rule.payments
    package static let noun: String? = "payments"

    package static func subject(of event: PaymentEvent) -> (order: OrderID, entity: UUIDv7)? {
        (event.order, event.payment.raw)
    }

    let payments: EntityTable<PaymentEntry>

    package init(_ settings: CheckerSettings) { payments = EntityTable(settings) }

    package override func note(
        _ event: PaymentEvent, at place: Place, answering heard: Heard,
        _ context: inout CheckContext
    ) {
        let index = payments.note(
            event.payment, of: event.order, at: place, answering: heard, &context)
        payments[index].note(event, place, heard, &context.findings)
    }

    package func check(
        _ shards: [LogFold<Payments>], in house: Snapshot, _ orders: OrderNumbers,
        _ findings: inout Findings
    ) {
        for shard in shards {
            for (id, payment) in shard.entities { check(id, payment.state, in: house, &findings) }
        }
        guard house.isAtRest else { return }
        payments.forEach { payment in
            findings.demand(
                !payment.isOpen, .o5,
                "\(orders.ids[payment.base.orderNumber].text): its payment is open")
        }
        for id in house.outside.payments.lazy.map({ PaymentID($0) })
        where !shards.contains(where: { $0.entities[id] != nil }) {
            let account = house.outside.account(id.raw)
            findings.demand(
                account?.captures == 0 && account?.isOpen == false, .m6,
                "\(id.text): the provider knows it and we do not")
        }
    }

    private func check(
        _ id: PaymentID, _ payment: PaymentState, in house: Snapshot, _ findings: inout Findings
    ) {
        let account = house.outside.account(id.raw)
        findings.demand((account?.captures ?? 0) <= 1, .m4, id.text)
        guard case .open(let open) = payment else {
            return findings.demand((account?.captures ?? 0) == 0, .m9, id.text)
        }
        findings.demand(open.phase.step == nil || open.due != nil, .g4, id.text)
        findings.demand(
            !house.isAtRest || payment.isAtRest, .o5, "\(id.text): \(open.phase.rawValue)")
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
}
