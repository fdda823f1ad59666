// SPDX-License-Identifier: Apache-2.0
// Written by `make contracts` from Sources/Domain/Declarations: change it there.
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

    public struct Queued: Sendable, Equatable, WireCoded {
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

extension MessageEvent {
    public static let names = [
        WireName(1, "message.queued.v1"),
        WireName(2, "message.attempted.v1"),
        WireName(3, "message.deferred.v1"),
        WireName(4, "message.sent.v1"),
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

    public var code: UInt8 {
        switch self {
        case .queued: 1
        case .attempted: 2
        case .deferred: 3
        case .sent: 4
        case .failed: 5
        }
    }

    public var message: MessageID {
        switch self {
        case .queued(let queued): queued.message
        case .attempted(let message, _, _, _): message
        case .deferred(let message, _, _): message
        case .sent(let message, _): message
        case .failed(let message, _, _): message
        }
    }

    public var order: OrderID {
        switch self {
        case .queued(let queued): queued.order
        case .attempted(_, let order, _, _): order
        case .deferred(_, let order, _): order
        case .sent(_, let order): order
        case .failed(_, let order, _): order
        }
    }

    public var correlation: String? { order.text }
}
