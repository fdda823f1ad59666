// SPDX-License-Identifier: Apache-2.0
/// What a payment becomes by each of its facts.

package import Contracts
import Kernel

extension PaymentDecider {
    package static func evolve(
        _ state: PaymentState, _ event: PaymentEvent, at key: PaymentID
    ) -> PaymentState {
        switch event {
        case .requested(let requested): return .open(opened(requested))
        case .voided(let payment, let order):
            if case .absent = state { return .tombstone(payment, order) }
        default: break
        }
        guard case .open(var open) = state else { return state }
        switch event {
        case .requested: break
        case .attempted(_, _, let attempt, let isQuestion, let leaseUntil):
            // A call that follows on a question is not one more try.
            if open.isInFlight { open.firstAttempt += 1 }
            open.attempt = attempt
            open.isInFlight = true
            open.isQuestion = isQuestion
            open.due = leaseUntil
            if !isQuestion { open.isUnknown = false }
        case .deferred(_, _, let reason, let retryAt):
            open.isInFlight = false
            open.due = retryAt
            if reason == .unknown { open.isUnknown = true }
        case .authorized(_, _, let reference):
            if open.phase == .authorizing { open.rest(in: .authorized, note: reference) }
        case .declined(_, _, let code): open.rest(in: .declined, note: code)
        case .captureRequested(_, _, let leaseUntil): open.begin(.capturing, until: leaseUntil)
        case .captured: open.rest(in: .captured, note: open.note)
        case .captureFailed(_, _, let code): open.rest(in: .captureFailed, note: code)
        case .voidRequested(_, _, let leaseUntil):
            // Wanted back while its authorization was under way: first that has to be known.
            if open.phase == .authorized || open.isUnwanted {
                open.begin(.voiding, until: leaseUntil)
            }
            open.isUnwanted = true
        case .voided: if open.phase != .declined { open.rest(in: .voided, note: open.note) }
        }
        return .open(open)
    }

    private static func opened(_ requested: PaymentEvent.Requested) -> PaymentState.Open {
        .init(
            payment: requested.payment, order: requested.order, amount: requested.amount,
            token: requested.token, callUntil: requested.callUntil, phase: .authorizing,
            attempt: 1, firstAttempt: 1, isUnknown: false, isQuestion: false,
            due: requested.leaseUntil, isInFlight: true, isUnwanted: false, note: "")
    }
}

extension PaymentState.Open {
    fileprivate mutating func rest(in phase: PaymentState.Phase, note: String) {
        self.phase = phase
        self.note = note
        isInFlight = false
        isUnknown = false
        due = nil
    }

    fileprivate mutating func begin(_ phase: PaymentState.Phase, until lease: Timestamp) {
        self.phase = phase
        attempt += 1
        firstAttempt = attempt
        isUnknown = false
        isQuestion = false
        isInFlight = true
        due = lease
        callUntil = lease.advanced(by: PaymentDecider.callWindow)
    }
}
