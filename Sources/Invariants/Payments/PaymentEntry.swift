// SPDX-License-Identifier: Apache-2.0
/// One payment as its log tells it: a memo of what is set aside and what is ours, and of what
/// is known of the call that is under way.

import Contracts
import Kernel

struct PaymentEntry: CheckedEntity {
    var base: EntityBase

    /// Nil before it was requested.
    private(set) var amount: Money?
    private var taken: Int64 = 0

    /// An earlier call may have been carried out, and nobody was asked yet.
    private var isUnknown = false
    private var wasQuestion = false
    private var isInFlight = false
    private var wantsBack = false
    /// While no call is under way: when the next one may be.
    private var retryAt: Timestamp?

    /// Positions of the first of each; 0 when it did not happen.
    private(set) var requestedAt: Int64 = 0
    private(set) var authorizedAt: Int64 = 0
    private(set) var declinedAt: Int64 = 0
    private(set) var captureRequestedAt: Int64 = 0
    private(set) var capturedAt: Int64 = 0
    private(set) var captureFailedAt: Int64 = 0
    private(set) var voidedAt: Int64 = 0
    private(set) var captureRequestedBy = Heard.nothing
    /// The fact of an order because of which it is given back.
    private(set) var wantedBackBy = Heard.nothing

    init(_ base: EntityBase) { self.base = base }

    static func id(of order: OrderID, _ ordinal: UInt32) -> PaymentID? { order.payment(ordinal) }

    /// It was neither declined nor given back.
    var stands: Bool { declinedAt == 0 && voidedAt == 0 }

    /// The provider keeps the amount for us.
    private var isSetAside: Bool {
        authorizedAt != 0 && capturedAt == 0 && voidedAt == 0 && captureFailedAt == 0
    }

    /// Money is or may yet be set aside, and nobody has let go of it, or given it up.
    var isOpen: Bool {
        requestedAt != 0 && declinedAt == 0 && voidedAt == 0 && capturedAt == 0
            && captureFailedAt == 0
    }

    mutating func note(
        _ event: PaymentEvent, _ place: Place, _ heard: Heard, _ findings: inout Findings
    ) {
        let payment = event.payment
        switch event {
        case .requested(let requested):
            findings.demand(
                requestedAt == 0 && voidedAt == 0, .m2, "\(payment.text): requested again")
            if requestedAt == 0 { requestedAt = place.position }
            amount = requested.amount
            isInFlight = requested.start.isAttempted
        case .attempted(_, _, _, let isQuestion, _):
            attempt(payment, isQuestion, place, &findings)
        case .deferred(_, _, let reason, let retryAt):
            switch reason {
            case .unknown, .interrupted: isUnknown = true
            case .notFound: isUnknown = false
            case .unavailable: break
            }
            isInFlight = false
            self.retryAt = retryAt
        case .authorized: authorize(payment, place, &findings)
        case .declined:
            findings.demand(
                authorizedAt == 0 && capturedAt == 0, .m2,
                "\(payment.text): declined when authorized")
            if declinedAt == 0 { declinedAt = place.position }
            settle()
        case .captureRequested(_, _, let start):
            findings.demand(
                isSetAside, .m2, "\(payment.text): to be captured, and nothing is set aside")
            if captureRequestedAt == 0 {
                (captureRequestedAt, captureRequestedBy) = (place.position, heard)
            }
            call(start)
        case .captured(_, _, let captured): capture(payment, captured, place, &findings)
        case .captureFailed:
            findings.demand(
                captureRequestedAt != 0 && capturedAt == 0 && voidedAt == 0, .m2,
                "\(payment.text): failed, and was captured, given back, or not asked for")
            if captureFailedAt == 0 { captureFailedAt = place.position }
            settle()
        case .voidRequested(_, _, let start):
            findings.demand(
                capturedAt == 0 && requestedAt != 0, .m2, "\(payment.text): void of a payment")
            if !wantedBackBy.isFact { wantedBackBy = heard }
            // While its outcome is not known, the authorization goes on.
            if isSetAside || wantsBack || (!isInFlight && !isUnknown) { call(start) }
            wantsBack = true
        case .voided:
            findings.demand(capturedAt == 0, .m2, "\(payment.text): voided when captured")
            if !wantedBackBy.isFact { wantedBackBy = heard }
            if voidedAt == 0 { voidedAt = place.position }
            settle()
        }
    }

    private mutating func attempt(
        _ payment: PaymentID, _ isQuestion: Bool, _ place: Place, _ findings: inout Findings
    ) {
        // A question whose answer was that nothing happened may be followed by the call.
        let wasAnswered = isInFlight && wasQuestion
        findings.demand(
            isQuestion || !isUnknown || wasAnswered, .m11,
            "\(payment.text): called at \(place.position) without having asked")
        if !isInFlight, place.origin == .time, let retryAt {
            findings.demand(place.at >= retryAt, .g5, "\(payment.text) at \(place.position)")
        }
        if !isQuestion { isUnknown = false }
        wasQuestion = isQuestion
        isInFlight = true
    }

    private mutating func authorize(
        _ payment: PaymentID, _ place: Place, _ findings: inout Findings
    ) {
        findings.demand(
            requestedAt != 0 && declinedAt == 0 && voidedAt == 0, .m2,
            "\(payment.text): authorized out of nowhere")
        if authorizedAt == 0 {
            authorizedAt = place.position
            settle()
        }
    }

    private mutating func capture(
        _ payment: PaymentID, _ captured: Money, _ place: Place, _ findings: inout Findings
    ) {
        guard capturedAt == 0 else {
            return findings.demand(
                captured.amount == taken, .m2, "\(payment.text): captured again, differently")
        }
        findings.demand(
            authorizedAt != 0 && voidedAt == 0 && captureFailedAt == 0, .m2,
            "\(payment.text): captured out of nowhere")
        if let amount {
            findings.demand(
                captured.currency == amount.currency, .m8, "\(payment.text): captured")
            findings.demand(
                captured.amount <= amount.amount, .m3,
                "\(payment.text): \(captured) of \(amount)")
        }
        capturedAt = place.position
        taken = captured.amount
        settle()
    }

    /// The outcome is known.
    private mutating func settle() {
        isUnknown = false
        isInFlight = false
        wasQuestion = false
        retryAt = nil
    }

    /// Another call begins.
    private mutating func call(_ start: CallStart) {
        isUnknown = false
        wasQuestion = false
        isInFlight = start.isAttempted
        retryAt = nil
    }
}
