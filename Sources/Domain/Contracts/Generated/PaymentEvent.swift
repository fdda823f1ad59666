// SPDX-License-Identifier: Apache-2.0
// Written by `make contracts` from Sources/Domain/Declarations: change it there.
/// What can happen to a payment. Every call to the provider is an attempt that was logged first.

public import Kernel

public indirect enum PaymentEvent: WireEvent {
    /// The amount is to be authorized; with credit this is also the first attempt to do so.
    case requested(Requested)
    /// The provider is about to be called or, if `isQuestion`, only asked, under the same key.
    case attempted(
        PaymentID, order: OrderID, attempt: Int64, isQuestion: Bool, leaseUntil: Timestamp)
    /// The provider did not say how it went; it will be asked at `retryAt`.
    case deferred(PaymentID, order: OrderID, because: DeferralReason, retryAt: Timestamp)
    /// The money is set aside for us.
    case authorized(PaymentID, order: OrderID, reference: String)
    /// The provider said no: the end.
    case declined(PaymentID, order: OrderID, code: String)
    /// The goods have left: the money is to be taken. With credit also the first attempt.
    case captureRequested(PaymentID, order: OrderID, start: CallStart)
    /// The money is ours.
    case captured(PaymentID, order: OrderID, amount: Money)
    /// The provider refuses to hand out what it had set aside: a person must look.
    case captureFailed(PaymentID, order: OrderID, code: String)
    /// What was or may yet be set aside is to be given back.
    case voidRequested(PaymentID, order: OrderID, start: CallStart)
    /// Nothing is set aside and nothing will be taken: the end.
    case voided(PaymentID, order: OrderID)

    public struct Requested: Sendable, Equatable, WireCoded {
        public let payment: PaymentID
        public let order: OrderID
        public let amount: Money
        public let token: String
        public let start: CallStart
        /// Until then the provider remembers our key; later it may only be asked, never called.
        public let callUntil: Timestamp

        public init(
            payment: PaymentID, order: OrderID, amount: Money, token: String, start: CallStart,
            callUntil: Timestamp
        ) {
            self.payment = payment
            self.order = order
            self.amount = amount
            self.token = token
            self.start = start
            self.callUntil = callUntil
        }
    }
}

extension PaymentEvent {
    public static let names = [
        WireName(1, "payment.requested.v1"),
        WireName(2, "payment.attempted.v1"),
        WireName(3, "payment.deferred.v1"),
        WireName(4, "payment.authorized.v1"),
        WireName(5, "payment.declined.v1"),
        WireName(6, "payment.capture-requested.v1"),
        WireName(7, "payment.captured.v1"),
        WireName(8, "payment.capture-failed.v1"),
        WireName(9, "payment.void-requested.v1"),
        WireName(10, "payment.voided.v1"),
    ]

    public var wireName: WireName {
        switch self {
        case .requested: Self.names[0]
        case .attempted: Self.names[1]
        case .deferred: Self.names[2]
        case .authorized: Self.names[3]
        case .declined: Self.names[4]
        case .captureRequested: Self.names[5]
        case .captured: Self.names[6]
        case .captureFailed: Self.names[7]
        case .voidRequested: Self.names[8]
        case .voided: Self.names[9]
        }
    }

    public var code: UInt8 {
        switch self {
        case .requested: 1
        case .attempted: 2
        case .deferred: 3
        case .authorized: 4
        case .declined: 5
        case .captureRequested: 6
        case .captured: 7
        case .captureFailed: 8
        case .voidRequested: 9
        case .voided: 10
        }
    }

    public var payment: PaymentID {
        switch self {
        case .requested(let requested): requested.payment
        case .attempted(let payment, _, _, _, _): payment
        case .deferred(let payment, _, _, _): payment
        case .authorized(let payment, _, _): payment
        case .declined(let payment, _, _): payment
        case .captureRequested(let payment, _, _): payment
        case .captured(let payment, _, _): payment
        case .captureFailed(let payment, _, _): payment
        case .voidRequested(let payment, _, _): payment
        case .voided(let payment, _): payment
        }
    }

    public var order: OrderID {
        switch self {
        case .requested(let requested): requested.order
        case .attempted(_, let order, _, _, _): order
        case .deferred(_, let order, _, _): order
        case .authorized(_, let order, _): order
        case .declined(_, let order, _): order
        case .captureRequested(_, let order, _): order
        case .captured(_, let order, _): order
        case .captureFailed(_, let order, _): order
        case .voidRequested(_, let order, _): order
        case .voided(_, let order): order
        }
    }

    public var correlation: String? { order.text }
}
