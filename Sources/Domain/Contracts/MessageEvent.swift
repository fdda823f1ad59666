// SPDX-License-Identifier: Apache-2.0
/// What can happen to a message to a customer.

public import Kernel

public indirect enum MessageEvent: WireEvent {
    /// A message is to be sent; with credit this is also the first attempt.
    case queued(Queued)
    /// It is about to be handed to the mailer (again), under the same Message-ID.
    case attempted(MessageID, order: OrderID, attempt: Int64, leaseUntil: Timestamp)
    /// The mailer could not take it; it is tried again at `retryAt`.
    case deferred(MessageID, order: OrderID, retryAt: Timestamp)
    /// The mailer took it.
    case sent(MessageID, order: OrderID)
    /// It can't be sent, ever: the person was erased, or the mailer has failed for days.
    case failed(MessageID, order: OrderID, code: String)

    public struct Queued: Sendable, Equatable {
        public let message: MessageID
        public let order: OrderID
        public let kind: MessageKind
        public let total: Money
        public let recipient: Recipient
        public let start: CallStart

        public init(
            message: MessageID, order: OrderID, kind: MessageKind, total: Money,
            recipient: Recipient, start: CallStart
        ) {
            self.message = message
            self.order = order
            self.kind = kind
            self.total = total
            self.recipient = recipient
            self.start = start
        }
    }
}

/// What a message is about; at most one of each kind goes out for an order.
public enum MessageKind: String, Sendable, CaseIterable {
    case orderConfirmed = "order-confirmed"
    case orderCanceled = "order-canceled"
    /// The order was to be canceled, but its parcel had left.
    case orderCancelFailed = "order-cancel-failed"

    /// Part of the message's identity: never changed.
    var ordinal: UInt32 {
        switch self {
        case .orderConfirmed: 1
        case .orderCanceled: 2
        case .orderCancelFailed: 3
        }
    }
}

extension MessageEvent {
    public static let names = [
        WireName(1, "message.queued.v1"), WireName(2, "message.attempted.v1"),
        WireName(3, "message.deferred.v1"), WireName(4, "message.sent.v1"),
        WireName(5, "message.failed.v1"),
    ]

    public var wireName: WireName {
        switch self {
        case .queued: Self.names[0]
        case .attempted: Self.names[1]
        case .deferred: Self.names[2]
        case .sent: Self.names[3]
        case .failed: Self.names[4]
        }
    }

    public var message: MessageID { identity.0 }
    public var order: OrderID { identity.1 }
    public var correlation: String? { order.text }

    private var identity: (MessageID, OrderID) {
        switch self {
        case .queued(let queued): (queued.message, queued.order)
        case .attempted(let message, let order, _, _), .deferred(let message, let order, _),
            .sent(let message, let order), .failed(let message, let order, _):
            (message, order)
        }
    }

    public func write(to writer: inout WireWriter) {
        writer.field("message", message)
        writer.field("order", order)
        switch self {
        case .queued(let queued):
            writer.slug("kind", queued.kind)
            writer.field("total", queued.total)
            writer.field("recipient", queued.recipient)
            queued.start.write(to: &writer)
        case .attempted(_, _, let attempt, let leaseUntil):
            writer.field("attempt", attempt)
            writer.field("leaseUntil", leaseUntil)
        case .deferred(_, _, let retryAt): writer.field("retryAt", retryAt)
        case .sent: break
        case .failed(_, _, let code): writer.field("code", code)
        }
    }

    public static func read(
        _ name: WireName, from reader: inout WireReader
    ) throws(WireError) -> Self {
        let message: MessageID = try reader.id("message")
        let order: OrderID = try reader.id("order")
        switch name.code {
        case 1:
            let kind = try reader.slug("kind", of: MessageKind.self)
            let total = try reader.money("total")
            let recipient = try reader.value("recipient", of: Recipient.self)
            return .queued(
                Queued(
                    message: message, order: order, kind: kind, total: total,
                    recipient: recipient, start: try CallStart(from: &reader)))
        case 2:
            let attempt = try reader.int("attempt")
            return .attempted(
                message, order: order, attempt: attempt,
                leaseUntil: try reader.timestamp("leaseUntil"))
        case 3:
            return .deferred(message, order: order, retryAt: try reader.timestamp("retryAt"))
        case 4: return .sent(message, order: order)
        case 5:
            return .failed(message, order: order, code: try reader.string("code"))
        default: throw .unknownName(name.text)
        }
    }
}
