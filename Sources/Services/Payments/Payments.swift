// SPDX-License-Identifier: Apache-2.0
/// Payments: has amounts authorized, captured and voided by a provider, each exactly once. Binds
/// the rules of a payment to the facts of orders and shipments and to the provider's calls.

package import Contracts
import Kernel
package import NodeEngine
package import PaymentsDomain
package import Ports

package enum Payments: Service {
    package typealias Rules = PaymentDecider
    package typealias Effect = ProviderCall

    package static let name = "payments"
    package static let subscribesTo = ["orders", "shipping"]
    package static let queriedTables: Set<String> = []

    package static let reactions = Reactions<PaymentCommand>(
        .on(OrderEvent.Kind.reserved) { reserved in
            .authorize(
                reserved.order.payment(), order: reserved.order, amount: reserved.amount,
                token: reserved.paymentToken)
        },
        .on(OrderEvent.Kind.stopped) { stopped in
            stopped.payment.map { .giveBack($0, order: stopped.order) }
        },
        .on(OrderEvent.Kind.reminded) { reminded in
            switch reminded.step {
            case .giveBack(_, let payment?): .giveBack(payment, order: reminded.order)
            case .capture(let payment): .capture(payment, order: reminded.order)
            case .giveBack, .hold, .ship, .stopShipment, .track: nil
            }
        },
        .on(ShipmentEvent.Kind.shipped) { .capture($0.order.payment(), order: $0.order) })

    package static func wake(_ key: PaymentID, isRestart: Bool) -> PaymentCommand {
        .wake(key, isRestart: isRestart)
    }

    package static let operations = ["authorize", "capture", "void"]

    package static func call(of state: PaymentState) -> OwedCall? {
        guard case .open(let open) = state, let step = open.phase.step else { return nil }
        return OwedCall(operation: step.operation, attempts: open.attempts)
    }

    package static func effect(
        owedBy state: PaymentState, at key: PaymentID
    ) -> Owed<ProviderCall>? {
        guard case .open(let open) = state, open.isInFlight, let step = open.phase.step else {
            return nil
        }
        return Owed(
            operation: step.operation, attempt: open.attempts.number,
            isRetry: open.attempts.isRetry,
            effect: ProviderCall(
                payment: open.payment.raw, operation: step.call, amount: open.amount,
                token: open.token, isQuestion: open.isQuestion))
    }

    /// The command that follows from the provider's answer to `call`.
    package static func command(
        for answer: ProviderAnswer, to call: ProviderCall
    ) -> PaymentCommand {
        command(payment: call.payment, call.operation, answer)
    }

    package static func command(for notice: ProviderNotice) -> PaymentCommand {
        command(payment: notice.payment, notice.operation, notice.answer)
    }

    private static func command(
        payment: UUIDv7, _ operation: ProviderCall.Operation, _ answer: ProviderAnswer
    ) -> PaymentCommand {
        let outcome: PaymentOutcome =
            switch answer {
            case .done(let reference): .done(reference: reference)
            case .refused(let code): .refused(code: code)
            case .notFound: .notFound
            case .unavailable: .unavailable
            case .unknown: .unknown
            }
        return .note(PaymentID(payment), operation.step, outcome)
    }

    package static func reply(
        to command: PaymentCommand,
        _ outcome: Result<Entity<PaymentState>, PaymentRejection>
    ) -> Reply {
        switch outcome {
        case .success: Reply(status: 200, body: Array("{}".utf8))
        case .failure(.unknownPayment): PaymentProblem.unknownPayment.reply()
        }
    }
}

/// What clients can be told about payments.
package enum PaymentProblem {
    package static let unknownPayment = Problem(
        404, "unknown-payment", "There is no such payment.")

    package static let all = [unknownPayment]
}

extension PaymentStep {
    var call: ProviderCall.Operation {
        switch self {
        case .authorize: .authorize
        case .capture: .capture
        case .voidAuthorization: .voidAuthorization
        }
    }
}

extension ProviderCall.Operation {
    var step: PaymentStep {
        switch self {
        case .authorize: .authorize
        case .capture: .capture
        case .voidAuthorization: .voidAuthorization
        }
    }
}
