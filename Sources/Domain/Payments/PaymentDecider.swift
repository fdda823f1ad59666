// SPDX-License-Identifier: Apache-2.0
/// The rules of a payment: an attempt is logged before the provider is called; an unknown outcome
/// is asked about under the same key, never charged again and never shown as failed.

package import Contracts
package import Kernel

package enum PaymentCommand: Sendable, Equatable {
    /// The order is reserved: have the amount authorized.
    case authorize(PaymentID, order: OrderID, amount: Money, token: String)
    /// The goods have left: take the money.
    case capture(PaymentID, order: OrderID)
    /// The order is off: give back whatever was or will be set aside.
    case giveBack(PaymentID, order: OrderID)
    /// What the provider said, asked or unasked.
    case note(PaymentID, PaymentStep, PaymentOutcome)
    /// Something is due; after a restart, whatever was under way counts as lost.
    case wake(PaymentID, isRestart: Bool)

    package var payment: PaymentID {
        switch self {
        case .authorize(let payment, _, _, _), .capture(let payment, _),
            .giveBack(let payment, _), .note(let payment, _, _), .wake(let payment, _):
            payment
        }
    }
}

/// What the provider can be asked to do.
package enum PaymentStep: String, Sendable, CaseIterable {
    case authorize, capture
    case voidAuthorization = "void"
}

package enum PaymentOutcome: Sendable, Equatable {
    case done(reference: String)
    case refused(code: String)
    /// The provider never heard of it.
    case notFound
    case unavailable
    case unknown
}

/// A payment says no to nobody: whatever it is told, it knows what to make of it.
package enum PaymentRejection: Error, Equatable, Sendable {
    case unknownPayment
}

package enum PaymentDecider: Decider {
    /// A call that is not answered by then counts as lost.
    package static let lease = Span.seconds(30)
    /// How long the provider is known to remember a key, less a margin.
    package static let callWindow = Span.hours(23)
    package static let retries = Backoff(base: .milliseconds(250), max: .seconds(20))

    package static let initial = PaymentState.absent

    package static func keys(_ command: PaymentCommand) -> Keys<PaymentID> { .one(command.payment) }
    package static func changes(_ event: PaymentEvent) -> Keys<PaymentID> { .one(event.payment) }

    package static func decide(
        _ command: PaymentCommand, _ states: States<PaymentID, PaymentState>, _ moment: Moment
    ) throws(PaymentRejection) -> [PaymentEvent] {
        guard case .open(let open) = states.first else {
            return try decideUnopened(command, states.first, moment)
        }
        switch command {
        case .authorize: return again(open)
        case .capture: return capture(open, moment)
        case .giveBack: return giveBack(open, moment)
        case .note(_, let step, let outcome): return note(step, outcome, open, moment)
        case .wake(_, let isRestart): return wake(open, isRestart, moment)
        }
    }

    private static func decideUnopened(
        _ command: PaymentCommand, _ state: PaymentState, _ moment: Moment
    ) throws(PaymentRejection) -> [PaymentEvent] {
        switch command {
        case .authorize(let payment, let order, let amount, let token):
            if case .tombstone = state { return [.voided(payment, order: order)] }
            return [
                .requested(
                    .init(
                        payment: payment, order: order, amount: amount, token: token,
                        start: start(.authorize, moment),
                        callUntil: moment.at.advanced(by: callWindow)))
            ]
        case .giveBack(let payment, let order): return [.voided(payment, order: order)]
        case .wake: return []
        case .capture, .note: throw .unknownPayment
        }
    }

    /// Asked a second time: the asker may not have heard the answer.
    private static func again(_ open: PaymentState.Open) -> [PaymentEvent] {
        switch open.phase {
        case .authorized, .capturing, .captured:
            [.authorized(open.payment, order: open.order, reference: open.note)]
        case .declined: [.declined(open.payment, order: open.order, code: open.note)]
        case .voided: [.voided(open.payment, order: open.order)]
        // What the provider said last is no reference any more.
        case .authorizing, .captureFailed, .voiding: []
        }
    }

    private static func capture(
        _ open: PaymentState.Open, _ moment: Moment
    ) -> [PaymentEvent] {
        switch open.phase {
        case .authorized:
            [.captureRequested(open.payment, order: open.order, start: start(.capture, moment))]
        case .captured: [.captured(open.payment, order: open.order, amount: open.amount)]
        case .captureFailed:
            [.captureFailed(open.payment, order: open.order, code: open.note)]
        case .authorizing, .declined, .capturing, .voiding, .voided: []
        }
    }

    private static func giveBack(
        _ open: PaymentState.Open, _ moment: Moment
    ) -> [PaymentEvent] {
        switch open.phase {
        case .authorizing where open.isUncalled:
            return [.voided(open.payment, order: open.order)]
        case .authorizing, .authorized:
            return open.isUnwanted ? [] : [voidRequested(open, moment)]
        case .declined, .voided: return [.voided(open.payment, order: open.order)]
        case .voiding, .capturing, .captured, .captureFailed: return []
        }
    }

    private static func note(
        _ step: PaymentStep, _ outcome: PaymentOutcome, _ open: PaymentState.Open,
        _ moment: Moment
    ) -> [PaymentEvent] {
        guard step == open.phase.step else { return [] }
        let (payment, order) = (open.payment, open.order)
        switch (step, outcome) {
        case (.authorize, .done(let reference)):
            let authorized = PaymentEvent.authorized(payment, order: order, reference: reference)
            guard open.isUnwanted else { return [authorized] }
            return [
                authorized,
                voidRequested(open, moment),
            ]
        case (.authorize, .refused(let code)):
            let declined = PaymentEvent.declined(payment, order: order, code: code)
            return open.isUnwanted ? [declined, .voided(payment, order: order)] : [declined]
        case (.capture, .done): return [.captured(payment, order: order, amount: open.amount)]
        case (.capture, .refused(let code)):
            return [.captureFailed(payment, order: order, code: code)]
        case (.voidAuthorization, .done), (.voidAuthorization, .refused):
            return [.voided(payment, order: order)]
        case (_, .notFound): return notFound(open, moment)
        case (_, .unavailable), (_, .unknown):
            guard open.isInFlight else { return [] }
            let reason: DeferralReason = outcome == .unknown ? .unknown : .unavailable
            return [
                .deferred(
                    payment, order: order, because: reason,
                    retryAt: open.attempts.retryAt(retries, moment))
            ]
        }
    }

    /// It never happened. Within the key's window it may be called; past it, it never will be, if
    /// the provider still knows of nothing a lease later. A call that left before its process ended
    /// may be on its way, and where the clock was set nobody knows since when.
    /// Said of an earlier question, it says nothing about the call that is under way now.
    /// A void is called at any time: what the provider never heard of was not given back, and to
    /// give it back twice does no harm.
    private static func notFound(
        _ open: PaymentState.Open, _ moment: Moment
    ) -> [PaymentEvent] {
        guard open.isInFlight, open.isQuestion else { return [] }
        let (payment, order) = (open.payment, open.order)
        if open.phase == .authorizing && open.isUnwanted {
            // A call that is still on its way must find the door closed.
            return [voidRequested(open, moment)]
        }
        guard moment.at >= open.callUntil, open.phase != .voiding else {
            guard moment.credit.covers(open.phase.step?.operation ?? 0) else {
                return [
                    .deferred(payment, order: order, because: .notFound, retryAt: moment.at)
                ]
            }
            return [attempted(open, isQuestion: false, moment)]
        }
        guard open.isMissing else {
            return [
                .deferred(
                    payment, order: order, because: .notFound,
                    retryAt: moment.at.advanced(by: lease))
            ]
        }
        switch open.phase {
        case .authorizing: return [.declined(payment, order: order, code: "expired")]
        case .capturing: return [.captureFailed(payment, order: order, code: "expired")]
        case .voiding, .authorized, .declined, .captured, .voided, .captureFailed: return []
        }
    }

    private static func wake(
        _ open: PaymentState.Open, _ isRestart: Bool, _ moment: Moment
    ) -> [PaymentEvent] {
        guard let step = open.phase.step, moment.credit.covers(step.operation) else { return [] }
        if open.attempts.isLost(moment, isRestart: isRestart) {
            // Nobody will answer any more: it may have been carried out.
            return [
                .deferred(
                    open.payment, order: open.order, because: .interrupted, retryAt: moment.at),
                attempted(open, isQuestion: true, moment),
            ]
        }
        guard open.attempts.isDue(moment) else { return [] }
        // Nobody wants the authorization any more that the provider could not give.
        if open.phase == .authorizing && open.isUnwanted && !open.isUnknown {
            return [voidRequested(open, moment)]
        }
        // The provider can't know what it was never told.
        let isQuestion =
            open.isUnknown || (!open.isUncalled && moment.at >= open.callUntil)
        return [attempted(open, isQuestion: isQuestion, moment)]
    }

    private static func attempted(
        _ open: PaymentState.Open, isQuestion: Bool, _ moment: Moment
    ) -> PaymentEvent {
        .attempted(
            open.payment, order: open.order, attempt: open.attempts.number + 1,
            isQuestion: isQuestion, leaseUntil: moment.at.advanced(by: lease))
    }
}

extension PaymentDecider {
    private static func start(_ step: PaymentStep, _ moment: Moment) -> CallStart {
        CallStart(step.operation, lease: lease, moment)
    }

    private static func voidRequested(
        _ open: PaymentState.Open, _ moment: Moment
    ) -> PaymentEvent {
        .voidRequested(
            open.payment, order: open.order, start: start(.voidAuthorization, moment))
    }
}

extension PaymentStep {
    /// Its place among the operations that have slots of their own at the provider's worker.
    package var operation: Int {
        switch self {
        case .authorize: 0
        case .capture: 1
        case .voidAuthorization: 2
        }
    }
}

extension PaymentState.Phase {
    /// What the provider is to do in this phase.
    package var step: PaymentStep? {
        switch self {
        case .authorizing: .authorize
        case .capturing: .capture
        case .voiding: .voidAuthorization
        case .authorized, .declined, .captured, .voided, .captureFailed: nil
        }
    }
}
