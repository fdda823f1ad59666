// SPDX-License-Identifier: Apache-2.0
/// The payment of the sample order: its facts as they follow at noon, and a history for every stage
/// that it can be in.

import Contracts
import GivenWhenThen
import Kernel
import PaymentsDomain
import SampleFacts

/// What follows at noon with a draw of 0.
extension PaymentEvent {
    private static let id = OrderID.sample.payment()

    static let requested = requested(.now(leaseUntil: .noon + .lease))
    static let owed = requested(.later(since: .noon))
    static let voidOwed = PaymentEvent.voidRequested(
        id, order: .sample, start: .later(since: .noon))

    private static func requested(_ start: CallStart) -> PaymentEvent {
        .requested(
            .init(
                payment: id, order: .sample, amount: .eur(2_200), token: "tok_ok",
                start: start, callUntil: .noon + .hours(23)))
    }

    static func called(_ attempt: Int64, at time: Timestamp = .noon) -> PaymentEvent {
        .attempted(
            id, order: .sample, attempt: attempt, isQuestion: false, leaseUntil: time + .lease)
    }

    static func asked(_ attempt: Int64, at time: Timestamp = .noon) -> PaymentEvent {
        .attempted(
            id, order: .sample, attempt: attempt, isQuestion: true, leaseUntil: time + .lease)
    }

    static func deferred(_ reason: DeferralReason, until time: Timestamp) -> PaymentEvent {
        .deferred(id, order: .sample, because: reason, retryAt: time)
    }

    static let authorized = PaymentEvent.authorized(id, order: .sample, reference: "ref_1")
    static let declined = PaymentEvent.declined(id, order: .sample, code: "card-declined")
    static let captured = PaymentEvent.captured(id, order: .sample, amount: .eur(2_200))
    static let voided = PaymentEvent.voided(id, order: .sample)

    static func captureRequested(at time: Timestamp = .noon) -> PaymentEvent {
        .captureRequested(id, order: .sample, start: .now(leaseUntil: time + .lease))
    }

    static let captureOwed = PaymentEvent.captureRequested(
        id, order: .sample, start: .later(since: .noon))

    static func captureFailed(_ code: String) -> PaymentEvent {
        .captureFailed(id, order: .sample, code: code)
    }

    static func voidRequested(at time: Timestamp = .noon) -> PaymentEvent {
        .voidRequested(id, order: .sample, start: .now(leaseUntil: time + .lease))
    }

    /// Too late for calls, and the provider knows of none.
    static func missing(at time: Timestamp) -> PaymentEvent {
        .deferred(.notFound, until: time + .lease)
    }

    static func expired() -> PaymentEvent { .declined(id, order: .sample, code: "expired") }

    /// The verb of the name: `requested`.
    var verb: String { String(wireName.text.split(separator: ".")[1]) }
}

extension Span {
    static let lease = Span.seconds(30)
    /// The shortest first pause, which a draw of 0 gives.
    static let firstPause = Span.milliseconds(125)
}

extension PaymentCommand {
    private static let id = OrderID.sample.payment()

    static let authorize = PaymentCommand.authorize(
        id, order: .sample, amount: .eur(2_200), token: "tok_ok")
    static let capture = PaymentCommand.capture(id, order: .sample)
    static let giveBack = PaymentCommand.giveBack(id, order: .sample)
    static let wake = PaymentCommand.wake(id, isRestart: false)
    static let restart = PaymentCommand.wake(id, isRestart: true)

    static func note(_ step: PaymentStep, _ outcome: PaymentOutcome) -> PaymentCommand {
        .note(id, step, outcome)
    }
}

extension PaymentOutcome {
    static let done = PaymentOutcome.done(reference: "ref_1")
    static let refused = PaymentOutcome.refused(code: "card-declined")
    static let all: [PaymentOutcome] = [.done, .refused, .notFound, .unavailable, .unknown]
}

/// Where a payment can stand, and how it got there.
enum Stage: String, CaseIterable {
    case absent, tombstone
    case calling = "the first call is under way"
    case asking = "a question about the first call is under way"
    case callingAgain = "a second call is under way"
    case unavailable = "the provider was not there"
    case unknown = "nobody knows what became of the call"
    case unwanted = "the first call is under way, the order is off"
    case askingUnwanted = "a question is under way, the order is off"
    case waitingUnwanted = "nobody knows what became of the call, the order is off"
    case authorized, declined
    case capturing
    case askingCapture = "a question about the capture is under way"
    case captureUnavailable = "the provider was not there for the capture"
    case captured, captureFailed
    case voiding
    case askingVoid = "a question about the void is under way"
    case voidUnknown = "nobody knows what became of the void"
    case voided
    case declinedUnwanted = "declined, the order is off"

    private static let later = Timestamp.noon + .firstPause

    var history: [PaymentEvent] {
        let unknown = PaymentEvent.deferred(.unknown, until: Self.later)
        let unavailable = PaymentEvent.deferred(.unavailable, until: Self.later)
        return switch self {
        case .absent: []
        case .tombstone: [.voided]
        case .calling: [.requested]
        case .asking: [.requested, unknown, .asked(2)]
        case .callingAgain: [.requested, unknown, .asked(2), .called(3)]
        case .unavailable: [.requested, unavailable]
        case .unknown: [.requested, unknown]
        case .unwanted: [.requested, .voidRequested()]
        case .askingUnwanted: [.requested, .voidRequested(), unknown, .asked(2)]
        case .waitingUnwanted: [.requested, .voidRequested(), unknown]
        case .authorized: [.requested, .authorized]
        case .declined: [.requested, .declined]
        case .capturing: [.requested, .authorized, .captureRequested()]
        case .askingCapture:
            [.requested, .authorized, .captureRequested(), unknown, .asked(3)]
        case .captureUnavailable:
            [.requested, .authorized, .captureRequested(), unavailable]
        case .captured: [.requested, .authorized, .captureRequested(), .captured]
        case .captureFailed:
            [.requested, .authorized, .captureRequested(), .captureFailed("card-declined")]
        case .voiding: [.requested, .authorized, .voidRequested()]
        case .askingVoid: [.requested, .authorized, .voidRequested(), unknown, .asked(3)]
        case .voidUnknown: [.requested, .authorized, .voidRequested(), unknown]
        case .voided: [.requested, .authorized, .voidRequested(), .voided]
        case .declinedUnwanted: [.requested, .voidRequested(), .declined, .voided]
        }
    }

    var payment: Entities<PaymentDecider> { given(PaymentDecider.self, history) }
}

extension Entities<PaymentDecider> {
    var payment: PaymentState { self[OrderID.sample.payment()] }

    var open: PaymentState.Open? {
        if case .open(let open) = payment { open } else { nil }
    }
}
