// SPDX-License-Identifier: Apache-2.0
/// Planted bugs in the rules of payments and in what is said to the provider.

import Contracts
import Invariants
import Kernel
import NodeEngine
import PaymentsDomain
import PaymentsService
import Ports

private typealias PaymentStates = States<PaymentID, PaymentState>

extension Mutant {
    static let payments = [
        Mutant("payment-hears-old-news", trips: .m2, in: Payments.self, Recalling.self),
        Mutant(
            "payment-captures-more-than-is-set-aside", trips: .m3,
            in: Payments.self, Generous.self),
        Mutant(
            "payment-key-follows-the-attempt", trips: .m4, needs: .provider,
            KeyByAttempt.self),
        Mutant(
            "payment-retries-as-another-payment", trips: .m6, needs: .provider,
            FreshPayment.self),
        Mutant("payment-taken-for-failed", trips: .m10, needs: .provider) { overrides in
            overrides.providerAnswer = { $0 == .unknown ? .refused(code: "failed") : $0 }
        },
        Mutant("payment-taken-for-done", trips: .m6, needs: .provider) { overrides in
            overrides.providerAnswer = { $0 == .unknown ? .done(reference: "hoped") : $0 }
        },
        Mutant("payment-captures-half", trips: .m6) { overrides in
            overrides.providerCall = { call in
                guard call.operation == .capture else { return call }
                return ProviderCall(
                    payment: call.payment, operation: call.operation,
                    amount: Money(
                        amount: call.amount.amount / 2, currency: call.amount.currency),
                    token: call.token, isQuestion: call.isQuestion)
            }
        },
        Mutant("payment-captured-when-given-back", trips: .m9, Grabbing.self),
        Mutant(
            "payment-void-taken-for-done", trips: .m10, needs: .provider,
            in: Payments.self, Trusting.self),
        Mutant("payment-given-up-while-under-way", trips: .m10, in: Payments.self, GivenUp.self),
        Mutant(
            "payment-calls-again-without-asking", trips: .m11, needs: .provider,
            in: Payments.self, Unasking.self),
        Mutant(
            "payment-asks-and-never-hears", trips: .l1, needs: .provider,
            in: Payments.self, Deaf.self),
        Mutant("payment-called-before-it-is-stored", trips: .m6, needs: .storage) { overrides in
            overrides.earlyCall = { fact in
                guard case .requested(let requested)? = fact.of(PaymentEvent.self) else {
                    return nil
                }
                return ProviderCall(
                    payment: requested.payment.raw, operation: .authorize,
                    amount: requested.amount, token: requested.token, isQuestion: false)
            }
        },
    ]
}

/// What the provider says of a step that is long over counts once more.
private enum Recalling: DecoratedRules {
    typealias Base = PaymentDecider

    static func bend(
        _ events: [PaymentEvent], _ command: PaymentCommand, _ states: PaymentStates,
        _ moment: Moment
    ) -> [PaymentEvent] {
        guard case .note(let payment, .authorize, .done(let reference)) = command,
            case .open(let open) = states.first, open.phase == .voided
        else { return events }
        return [.authorized(payment, order: open.order, reference: reference)]
    }
}

private enum Generous: DecoratedRules {
    typealias Base = PaymentDecider

    static func bend(
        _ events: [PaymentEvent], _ command: PaymentCommand, _ states: PaymentStates,
        _ moment: Moment
    ) -> [PaymentEvent] {
        events.map { event in
            guard case .captured(let payment, let order, let amount) = event else { return event }
            return .captured(
                payment, order: order,
                amount: Money(amount: amount.amount + 1, currency: amount.currency))
        }
    }
}

/// The provider takes each try for a new call about the same payment.
private enum KeyByAttempt: DecoratedService {
    typealias Base = Payments
    typealias Rules = PaymentDecider

    static func effect(
        owedBy state: PaymentState, at key: PaymentID
    ) -> Owed<ProviderCall>? {
        guard let owed = Payments.effect(owedBy: state, at: key), owed.isRetry,
            !owed.effect.isQuestion
        else { return Payments.effect(owedBy: state, at: key) }
        let call = owed.effect
        let key = UUIDv7(
            high: call.payment.high ^ UInt64(bitPattern: owed.attempt), low: call.payment.low)
        return Owed(
            operation: owed.operation, attempt: owed.attempt, isRetry: owed.isRetry,
            effect: ProviderCall(
                payment: key, operation: call.operation, amount: call.amount, token: call.token,
                isQuestion: false))
    }
}

/// The provider takes each retry for a payment of its own.
private enum FreshPayment: DecoratedService {
    typealias Base = Payments
    typealias Rules = PaymentDecider

    static func effect(
        owedBy state: PaymentState, at key: PaymentID
    ) -> Owed<ProviderCall>? {
        guard let owed = Payments.effect(owedBy: state, at: key), owed.isRetry,
            !owed.effect.isQuestion, owed.attempt < 5
        else { return Payments.effect(owedBy: state, at: key) }
        let call = owed.effect
        return Owed(
            operation: owed.operation, attempt: owed.attempt, isRetry: true,
            effect: ProviderCall(
                payment: call.payment.derived(9, UInt32(truncatingIfNeeded: owed.attempt)),
                operation: call.operation, amount: call.amount, token: call.token,
                isQuestion: false))
    }
}

/// What is to be given back is captured, and booked as given back.
private enum Grabbing: DecoratedService {
    typealias Base = Payments

    enum Rules: DecoratedRules {
        typealias Base = PaymentDecider

        static func decide(
            _ command: PaymentCommand, _ states: PaymentStates, _ moment: Moment
        ) throws(PaymentRejection) -> [PaymentEvent] {
            guard case .note(let payment, .capture, let outcome) = command,
                case .open(let open) = states.first, open.phase == .voiding
            else { return try PaymentDecider.decide(command, states, moment) }
            return try PaymentDecider.decide(
                .note(payment, .voidAuthorization, outcome), states, moment)
        }
    }

    static func effect(
        owedBy state: PaymentState, at key: PaymentID
    ) -> Owed<ProviderCall>? {
        guard let owed = Payments.effect(owedBy: state, at: key),
            owed.effect.operation == .voidAuthorization
        else { return Payments.effect(owedBy: state, at: key) }
        let call = owed.effect
        return Owed(
            operation: owed.operation, attempt: owed.attempt, isRetry: owed.isRetry,
            effect: ProviderCall(
                payment: call.payment, operation: .capture, amount: call.amount,
                token: call.token, isQuestion: call.isQuestion))
    }
}

/// Nobody knows what became of a void, so it will have been carried out.
private enum Trusting: DecoratedRules {
    typealias Base = PaymentDecider

    static func bend(
        _ events: [PaymentEvent], _ command: PaymentCommand, _ states: PaymentStates,
        _ moment: Moment
    ) -> [PaymentEvent] {
        guard case .note(let payment, .voidAuthorization, .unknown) = command,
            case .open(let open) = states.first, open.phase == .voiding
        else { return events }
        return [.voided(payment, order: open.order)]
    }
}

private enum GivenUp: DecoratedRules {
    typealias Base = PaymentDecider

    static func bend(
        _ events: [PaymentEvent], _ command: PaymentCommand, _ states: PaymentStates,
        _ moment: Moment
    ) -> [PaymentEvent] {
        guard case .giveBack(let payment, let order) = command,
            case .open(let open) = states.first, open.phase == .authorizing
        else { return events }
        return [.voided(payment, order: order)]
    }
}

private enum Unasking: DecoratedRules {
    typealias Base = PaymentDecider

    static func bend(
        _ events: [PaymentEvent], _ command: PaymentCommand, _ states: PaymentStates,
        _ moment: Moment
    ) -> [PaymentEvent] {
        events.map { event in
            guard case .attempted(let payment, let order, let attempt, true, let lease) = event
            else { return event }
            return .attempted(
                payment, order: order, attempt: attempt, isQuestion: false, leaseUntil: lease)
        }
    }
}

private enum Deaf: DecoratedRules {
    typealias Base = PaymentDecider

    static func bend(
        _ events: [PaymentEvent], _ command: PaymentCommand, _ states: PaymentStates,
        _ moment: Moment
    ) -> [PaymentEvent] {
        guard case .note(_, _, .done) = command, case .open(let open) = states.first,
            open.isQuestion
        else { return events }
        return []
    }
}
