// SPDX-License-Identifier: Apache-2.0
/// Planted bugs in the rules of messages.

import Contracts
import Invariants
import Kernel
import NotificationsDomain
import NotificationsService

private typealias MessageStates = States<MessageID, MessageState>

extension Mutant {
    static let mails = [
        Mutant(
            "mail-sent-once-more-at-every-answer", trips: .g3, needs: .mail,
            in: Notifications.self, Repeating.self),
        Mutant(
            "mail-taken-for-sent", trips: .g3, needs: .mail,
            in: Notifications.self, Trusting.self),
    ]
}

private enum Repeating: DecoratedRules {
    typealias Base = MessageDecider

    static func bend(
        _ events: [MessageEvent], _ command: MessageCommand, _ states: MessageStates,
        _ moment: Moment
    ) -> [MessageEvent] {
        guard case .note(let message, .sent) = command, case .open(let open) = states.first,
            open.phase == .sent
        else { return events }
        return [.sent(message, order: open.order)]
    }
}

private enum Trusting: DecoratedRules {
    typealias Base = MessageDecider

    static func bend(
        _ events: [MessageEvent], _ command: MessageCommand, _ states: MessageStates,
        _ moment: Moment
    ) -> [MessageEvent] {
        events.map { event in
            guard case .deferred(let message, let order, _) = event else { return event }
            return .sent(message, order: order)
        }
    }
}
