// SPDX-License-Identifier: Apache-2.0
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

    public struct Requested: Sendable, Equatable {
        public let payment: PaymentID
        public let order: OrderID
        public let amount: Money
        public let token: String
        public let start: CallStart
        /// Until then the provider remembers our key; later it may only be asked, never called.
        public let callUntil: Timestamp

        public init(
            payment: PaymentID, order: OrderID, amount: Money, token: String,
            start: CallStart, callUntil: Timestamp
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

/// Why a step has to be tried again.
public enum DeferralReason: String, Sendable, CaseIterable {
    /// It may have happened or not: ask before anything else.
    case unknown
    /// It certainly did not happen.
    case unavailable
    /// Nobody will answer any more, since the process ended or the lease is over: it may have
    /// happened or not. The provider has not failed.
    case interrupted
    /// The provider was asked and knows nothing of it: it is to be called, once there is credit; or
    /// asked once more, when it is too late for calls.
    case notFound = "not-found"
}

extension PaymentEvent {
    public static let names = [
        WireName(1, "payment.requested.v1"), WireName(2, "payment.attempted.v1"),
        WireName(3, "payment.deferred.v1"), WireName(4, "payment.authorized.v1"),
        WireName(5, "payment.declined.v1"), WireName(6, "payment.capture-requested.v1"),
        WireName(7, "payment.captured.v1"), WireName(8, "payment.capture-failed.v1"),
        WireName(9, "payment.void-requested.v1"), WireName(10, "payment.voided.v1"),
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

    public var payment: PaymentID { identity.0 }
    public var order: OrderID { identity.1 }

    private var identity: (PaymentID, OrderID) {
        switch self {
        case .requested(let requested): (requested.payment, requested.order)
        case .attempted(let payment, let order, _, _, _),
            .deferred(let payment, let order, _, _),
            .authorized(let payment, let order, _), .declined(let payment, let order, _),
            .captureRequested(let payment, let order, _), .captured(let payment, let order, _),
            .captureFailed(let payment, let order, _), .voidRequested(let payment, let order, _),
            .voided(let payment, let order):
            (payment, order)
        }
    }

    public var correlation: String? { order.text }

    public func write(to writer: inout WireWriter) {
        writer.field("payment", payment)
        writer.field("order", order)
        switch self {
        case .requested(let requested):
            writer.field("amount", requested.amount)
            writer.secret("token", requested.token)
            requested.start.write(to: &writer)
            writer.field("callUntil", requested.callUntil)
        case .attempted(_, _, let attempt, let isQuestion, let leaseUntil):
            writer.field("attempt", attempt)
            writer.field("isQuestion", isQuestion)
            writer.field("leaseUntil", leaseUntil)
        case .deferred(_, _, let reason, let retryAt):
            writer.slug("because", reason)
            writer.field("retryAt", retryAt)
        case .authorized(_, _, let reference): writer.field("reference", reference)
        case .declined(_, _, let code), .captureFailed(_, _, let code): writer.field("code", code)
        case .captureRequested(_, _, let start), .voidRequested(_, _, let start):
            start.write(to: &writer)
        case .captured(_, _, let amount): writer.field("amount", amount)
        case .voided: break
        }
    }

    public static func read(
        _ name: WireName, from reader: inout WireReader
    ) throws(WireError) -> Self {
        let payment: PaymentID = try reader.id("payment")
        let order: OrderID = try reader.id("order")
        switch name.code {
        case 1:
            let amount = try reader.money("amount")
            let token = try reader.string("token")
            let start = try CallStart(from: &reader)
            return .requested(
                Requested(
                    payment: payment, order: order, amount: amount, token: token,
                    start: start, callUntil: try reader.timestamp("callUntil")))
        case 2:
            let attempt = try reader.int("attempt")
            let isQuestion = try reader.bool("isQuestion")
            return .attempted(
                payment, order: order, attempt: attempt, isQuestion: isQuestion,
                leaseUntil: try reader.timestamp("leaseUntil"))
        case 3:
            let reason = try reader.slug("because", of: DeferralReason.self)
            return .deferred(
                payment, order: order, because: reason, retryAt: try reader.timestamp("retryAt"))
        case 4:
            return .authorized(payment, order: order, reference: try reader.string("reference"))
        case 5: return .declined(payment, order: order, code: try reader.string("code"))
        case 6:
            return .captureRequested(payment, order: order, start: try CallStart(from: &reader))
        case 7: return .captured(payment, order: order, amount: try reader.money("amount"))
        case 8: return .captureFailed(payment, order: order, code: try reader.string("code"))
        case 9:
            return .voidRequested(payment, order: order, start: try CallStart(from: &reader))
        case 10: return .voided(payment, order: order)
        default: throw .unknownName(name.text)
        }
    }
}
