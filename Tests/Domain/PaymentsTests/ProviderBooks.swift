// SPDX-License-Identifier: Apache-2.0
/// A payment provider as a payment meets it: truthful books, keys that are remembered for a day,
/// and no mercy on those who call again after that.

import GivenWhenThen
import Kernel
import PaymentsDomain

/// What the provider knows of one payment.
struct ProviderBooks {
    private(set) var captures = 0
    private(set) var isAuthorized = false
    private(set) var isVoided = false
    private var known: [PaymentStep: (outcome: PaymentOutcome, at: Timestamp)] = [:]
    let declines: Bool

    init(declines: Bool) { self.declines = declines }

    /// Money of the customer that nobody else can use.
    var isSetAside: Bool { isAuthorized && !isVoided && captures == 0 }

    /// Carries a call out, unless its key is remembered.
    mutating func perform(_ step: PaymentStep, at time: Timestamp) -> PaymentOutcome {
        if let known = known[step], time < known.at + .hours(24) { return known.outcome }
        let outcome = carryOut(step)
        known[step] = (outcome, time)
        return outcome
    }

    /// What became of a step: the books are never forgotten.
    func answer(about step: PaymentStep) -> PaymentOutcome { known[step]?.outcome ?? .notFound }

    private mutating func carryOut(_ step: PaymentStep) -> PaymentOutcome {
        switch step {
        case .authorize:
            if isVoided { return .refused(code: "voided") }
            if declines { return .refused(code: "card-declined") }
            isAuthorized = true
        case .capture:
            guard isAuthorized, !isVoided else { return .refused(code: "no-authorization") }
            captures += 1
        case .voidAuthorization:
            guard captures == 0 else { return .refused(code: "already-captured") }
            isVoided = true
        }
        return .done(reference: "ref_1")
    }
}
