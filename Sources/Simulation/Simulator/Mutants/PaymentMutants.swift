// SPDX-License-Identifier: Apache-2.0
/// Planted bugs in the rules of payments and in what is said to the provider.

import Contracts
import Kernel
import NodeEngine
import PaymentsDomain
import PaymentsService
import Ports

extension Mutant {
    static let payments = [
        Mutant(
            "payment-retries-under-a-new-key", trips: "M6", needs: .provider, context: 2,
            FreshKey.self),
        Mutant("payment-taken-for-failed", trips: "M6", needs: .provider) { cast in
            cast.providerAnswer = { $0 == .unknown ? .refused(code: "failed") : $0 }
        },
        Mutant("payment-taken-for-done", trips: "M6", needs: .provider) { cast in
            cast.providerAnswer = { $0 == .unknown ? .done(reference: "hoped") : $0 }
        },
        Mutant("payment-captures-half", trips: "M6") { cast in
            cast.providerCall = { call in
                guard call.operation == .capture else { return call }
                return ProviderCall(
                    payment: call.payment, operation: call.operation,
                    amount: Money(
                        amount: call.amount.amount / 2, currency: call.amount.currency),
                    token: call.token, isQuestion: call.isQuestion)
            }
        },
        Mutant("payment-given-up-while-under-way", trips: "M10", context: 2, GivenUp.self),
        Mutant(
            "payment-asks-and-never-hears", trips: "L1", needs: .provider, context: 2,
            Unhearing.self),
    ]

    private enum FreshKey: DecoratedService {
        typealias Base = Payments
        typealias Rules = PaymentDecider

        static func effect(
            owedBy state: PaymentState, at key: PaymentID
        ) -> Owed<ProviderCall>? {
            guard let owed = Payments.effect(owedBy: state, at: key), owed.isRetry else {
                return Payments.effect(owedBy: state, at: key)
            }
            let call = owed.effect
            return Owed(
                attempt: owed.attempt, isRetry: true,
                effect: ProviderCall(
                    payment: call.payment.derived(9, UInt32(truncatingIfNeeded: owed.attempt)),
                    operation: call.operation, amount: call.amount, token: call.token,
                    isQuestion: false))
        }
    }

    private enum GivenUp: DecoratedService {
        typealias Base = Payments
        typealias Rules = Careless

        enum Careless: DecoratedRules {
            typealias Base = PaymentDecider

            static func decide(
                _ command: PaymentCommand, _ states: States<PaymentID, PaymentState>,
                _ moment: Moment
            ) throws(PaymentRejection) -> [PaymentEvent] {
                if case .giveBack(let payment, let order) = command,
                    case .open(let open) = states.first, open.phase == .authorizing
                {
                    return [.voided(payment, order: order)]
                }
                return try PaymentDecider.decide(command, states, moment)
            }
        }
    }

    private enum Unhearing: DecoratedService {
        typealias Base = Payments
        typealias Rules = Deaf

        enum Deaf: DecoratedRules {
            typealias Base = PaymentDecider

            static func decide(
                _ command: PaymentCommand, _ states: States<PaymentID, PaymentState>,
                _ moment: Moment
            ) throws(PaymentRejection) -> [PaymentEvent] {
                if case .note(_, _, .done) = command, case .open(let open) = states.first,
                    open.isQuestion
                {
                    return []
                }
                return try PaymentDecider.decide(command, states, moment)
            }
        }
    }
}
