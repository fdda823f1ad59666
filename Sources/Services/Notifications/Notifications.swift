// SPDX-License-Identifier: Apache-2.0
/// Notifications: tells customers what became of their orders. Binds the rules of a message to the
/// facts of orders and to the mailer.

package import Contracts
import Kernel
package import NodeEngine
package import NotificationsDomain
package import Ports

package enum Notifications: Service {
    package typealias Rules = MessageDecider
    package typealias Effect = MessageCall

    package static let name = "notifications"
    package static let subscribesTo = ["orders"]
    package static let queriedTables: Set<String> = []

    package static let reactions = Reactions<MessageCommand>(
        .on(OrderEvent.Kind.confirmed) { confirmed in
            .queue(
                .orderConfirmed, order: confirmed.order, total: confirmed.total,
                recipient: confirmed.recipient)
        },
        .on(OrderEvent.Kind.canceled) { canceled in
            .queue(
                .orderCanceled, order: canceled.order, total: canceled.total,
                recipient: canceled.recipient)
        },
        .on(OrderEvent.Kind.cancelFailed) { failed in
            .queue(
                .orderCancelFailed, order: failed.order, total: failed.total,
                recipient: failed.recipient)
        })

    package static func wake(_ key: MessageID, isRestart: Bool) -> MessageCommand {
        .wake(key, isRestart: isRestart)
    }

    package static let operations = ["mail"]

    package static func call(of state: MessageState) -> OwedCall? {
        guard case .open(let open) = state, open.phase == .sending else { return nil }
        return OwedCall(operation: MessageDecider.operation, attempts: open.attempts)
    }

    package static func effect(
        owedBy state: MessageState, at key: MessageID
    ) -> Owed<MessageCall>? {
        guard case .open(let open) = state, open.isInFlight, let recipient = open.recipient
        else { return nil }
        return Owed(
            operation: MessageDecider.operation, attempt: open.attempts.number,
            isRetry: open.attempts.isRetry,
            effect: MessageCall(
                message: open.message, order: open.order, kind: open.kind, total: open.total,
                recipient: recipient))
    }

    package static func command(
        for answer: MailAnswer, to message: MessageID
    ) -> MessageCommand {
        let outcome: MessageOutcome =
            switch answer {
            case .sent: .sent
            case .refused(let code): .refused(code: code)
            case .unavailable: .unavailable
            }
        return .note(message, outcome)
    }

    package static func alarm(of event: MessageEvent) -> Alarm? {
        guard case .failed(let message, let order, let code) = event else { return nil }
        return Alarm(
            "message failed",
            ["message.id": message.text, "order.id": order.text, "reason": code])
    }

    package static func reply(
        to command: MessageCommand,
        _ outcome: Result<Entity<MessageState>, MessageRejection>
    ) -> Reply {
        switch outcome {
        case .success: Reply(status: 200, body: Array("{}".utf8))
        case .failure(.unknownMessage): MessageProblem.unknownMessage.reply()
        }
    }
}

/// What clients can be told about messages.
package enum MessageProblem {
    package static let unknownMessage = Problem(
        404, "unknown-message", "There is no such message.")

    package static let all = [unknownMessage]
}
