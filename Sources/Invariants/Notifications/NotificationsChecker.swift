// SPDX-License-Identifier: Apache-2.0
/// What checks messages, by their facts and against what the mail server counted.

package import Contracts
package import Kernel
package import NotificationsDomain
package import NotificationsService
import Ports

package final class NotificationsChecker: EventTaker<MessageEvent>, ServiceChecker {
    package typealias Checked = Notifications

    /// What is promised of messages is promised together with their orders, or of every call.
    package static let rules: [Rule] = []
    package static let noun: String? = "messages"
    package static let remarks = [
        Remark<MessageState>(name: "failed messages") {
            if case .open(let open) = $0 { open.phase == .failed } else { false }
        }
    ]

    package static func subject(of event: MessageEvent) -> (order: OrderID, entity: UUIDv7)? {
        (event.order, event.message.raw)
    }

    let messages: EntityTable<MessageEntry>

    package init(_ settings: CheckerSettings) { messages = EntityTable(settings) }

    package override func note(
        _ event: MessageEvent, at place: Place, answering heard: Heard,
        _ context: inout CheckContext
    ) {
        let index = messages.note(
            event.message, of: event.order, at: place, answering: heard, &context)
        messages[index].note(event, place, heard, &context.findings)
    }

    package func check(
        _ shards: [LogFold<Notifications>], in house: Snapshot, _ orders: OrderNumbers,
        _ findings: inout Findings
    ) {
        for shard in shards {
            for (id, message) in shard.entities { check(id, message.state, in: house, &findings) }
        }
        guard house.isAtRest else { return }
        messages.forEach { message in
            findings.demand(
                !message.isOpen, .o5,
                "\(orders.ids[message.base.orderNumber].text): a mail is not sent")
        }
    }

    /// Mail has no idempotency: what is sent went out at least once.
    private func check(
        _ id: MessageID, _ message: MessageState, in house: Snapshot, _ findings: inout Findings
    ) {
        guard case .open(let open) = message else { return }
        findings.demand(message.isAtRest || open.due != nil, .g4, id.text)
        findings.demand(
            !house.isAtRest || message.isAtRest, .o5, "\(id.text): \(open.phase.rawValue)")
        guard let mails = house.outside.mails, open.phase == .sent else { return }
        findings.demand(mails(id.raw) >= 1, .g3, "\(id.text): sent, and nobody has it")
    }
}
