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
            let end = leaseUntil.advanced(by: callWindow)
            // A window begins with the first call, however long that waited. None lasts longer,
            // though it was opened while the clock was ahead.
            open.callUntil = open.isUncalled ? end : min(open.callUntil, end)
            open.attempts.make(attempt, leaseUntil: leaseUntil)
            open.isQuestion = isQuestion
            if !isQuestion {
                open.isUnknown = false
                open.isMissing = false
            }
        case .deferred(_, _, let reason, let retryAt):
            open.attempts.postpone(
                to: retryAt, isFailure: reason == .unknown || reason == .unavailable)
            switch reason {
            case .unknown, .interrupted: open.isUnknown = true
            case .notFound:
                open.isUnknown = false
                open.isMissing = retryAt >= open.callUntil
            case .unavailable: break
            }
        case .authorized(_, _, let reference):
            if open.phase == .authorizing { open.rest(in: .authorized, note: reference) }
        case .declined(_, _, let code): open.rest(in: .declined, note: code)
        case .captureRequested(_, _, let start): open.begin(.capturing, start)
        case .captured: open.rest(in: .captured, note: open.note)
        case .captureFailed(_, _, let code): open.rest(in: .captureFailed, note: code)
        case .voidRequested(_, _, let start):
            // Wanted back while its authorization was under way: first that has to be known.
            if open.phase == .authorized || open.isUnwanted || open.isIdle {
                open.begin(.voiding, start)
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
            attempts: Attempts(requested.start, lease: PaymentDecider.lease),
            isUnknown: false, isQuestion: false, isMissing: false, isUnwanted: false, note: "")
    }
}

extension PaymentState.Open {
    fileprivate mutating func rest(in phase: PaymentState.Phase, note: String) {
        self.phase = phase
        self.note = note
        isUnknown = false
        isMissing = false
        attempts.rest()
    }

    /// The provider remembers a key from its first call on, so its window ends a lease later than
    /// it would be counted from the moment of the request.
    fileprivate mutating func begin(_ phase: PaymentState.Phase, _ start: CallStart) {
        self.phase = phase
        attempts.begin(start, lease: PaymentDecider.lease)
        isUnknown = false
        isQuestion = false
        isMissing = false
        callUntil = attempts.since.advanced(by: PaymentDecider.lease)
            .advanced(by: PaymentDecider.callWindow)
    }
}
