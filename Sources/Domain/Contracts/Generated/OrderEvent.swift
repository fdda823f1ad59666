// SPDX-License-Identifier: Apache-2.0
// Written by `make contracts` from Sources/Domain/Declarations: change it there.
/// What can happen to an order. Past tense, facts only: added to, never renamed.

public import Kernel

public indirect enum OrderEvent: WireEvent {
    /// The order was accepted; its lines are now to be held.
    case placed(Placed)
    /// Every line is held; the payment is now to be authorized.
    case reserved(Reserved)
    /// Some lines could not be held: the end, nothing was taken.
    case rejected(OrderID, short: [ShortLine])
    /// Paid for: the hold becomes an allocation, the shipment is to be made.
    case confirmed(Confirmed)
    /// The carrier has the goods: the end of canceling, the payment is to be captured.
    case inFulfillment(OrderID)
    /// Someone wants it undone; the shipment, if there is one, is to be stopped first.
    case canceling(OrderID, reason: CancelReason, shipment: ShipmentID?)
    /// Nothing will leave the house any more: the stock is to be released, the payment voided.
    case stopped(Stopped)
    /// The goods had left before they could be stopped: the order goes on, and whoever wanted it
    /// canceled is to be told.
    case cancelFailed(CancelFailed)
    /// Undone: no stock is held and no money is owed.
    case canceled(Canceled)
    /// Delivered and paid.
    case completed(OrderID)
    /// An answer is overdue: what was asked for is asked for again, under the same ids.
    case reminded(Reminded)
    /// The money is ours; the parcel is still under way.
    case paid(OrderID)
    /// The parcel arrived; the money is still to come.
    case delivered(OrderID)
    /// Of an order that is being undone: its stock is back, its payment not yet.
    case stockReturned(OrderID)
    /// Of an order that is being undone: its payment is undone, its stock not back yet.
    case paymentUndone(OrderID)
    /// Something failed for good that only a person can mend; nothing more is asked for but where
    /// the parcel is.
    case exception(OrderID, reason: ExceptionReason)

    public struct Placed: Sendable, Equatable, WireCoded {
        public let order: OrderID
        public let lines: [OrderLine]
        public let adjustments: [Adjustment]
        /// Of lines and adjustments.
        public let total: Money
        public let warehouse: Warehouse
        public let origin: OrderOrigin
        public let recipient: Recipient
        /// What the payment provider needs to charge the customer; never a card number.
        public let paymentToken: String
        public let principal: Principal
        public let at: Timestamp
        /// When an unanswered request for the hold is repeated.
        public let remindAt: Timestamp

        public init(
            order: OrderID, lines: [OrderLine], adjustments: [Adjustment], total: Money,
            warehouse: Warehouse, origin: OrderOrigin, recipient: Recipient, paymentToken: String,
            principal: Principal, at: Timestamp, remindAt: Timestamp
        ) {
            self.order = order
            self.lines = lines
            self.adjustments = adjustments
            self.total = total
            self.warehouse = warehouse
            self.origin = origin
            self.recipient = recipient
            self.paymentToken = paymentToken
            self.principal = principal
            self.at = at
            self.remindAt = remindAt
        }
    }

    public struct Reserved: Sendable, Equatable, WireCoded {
        public let order: OrderID
        public let amount: Money
        public let paymentToken: String
        /// When an unpaid order gives its stock back.
        public let expiresAt: Timestamp

        public init(order: OrderID, amount: Money, paymentToken: String, expiresAt: Timestamp) {
            self.order = order
            self.amount = amount
            self.paymentToken = paymentToken
            self.expiresAt = expiresAt
        }
    }

    public struct Confirmed: Sendable, Equatable, WireCoded {
        public let order: OrderID
        public let warehouse: Warehouse
        public let total: Money
        public let units: Int64
        public let recipient: Recipient
        public let remindAt: Timestamp

        public init(
            order: OrderID, warehouse: Warehouse, total: Money, units: Int64, recipient: Recipient,
            remindAt: Timestamp
        ) {
            self.order = order
            self.warehouse = warehouse
            self.total = total
            self.units = units
            self.recipient = recipient
            self.remindAt = remindAt
        }
    }

    public struct Stopped: Sendable, Equatable, WireCoded {
        public let order: OrderID
        public let reason: CancelReason
        /// To be given back; nil: never asked for.
        public let hold: HoldID?
        public let payment: PaymentID?
        public let remindAt: Timestamp

        public init(
            order: OrderID, reason: CancelReason, hold: HoldID?, payment: PaymentID?,
            remindAt: Timestamp
        ) {
            self.order = order
            self.reason = reason
            self.hold = hold
            self.payment = payment
            self.remindAt = remindAt
        }
    }

    public struct CancelFailed: Sendable, Equatable, WireCoded {
        public let order: OrderID
        /// Why it should have been canceled.
        public let reason: CancelReason
        public let total: Money
        /// Who has to be told.
        public let recipient: Recipient

        public init(order: OrderID, reason: CancelReason, total: Money, recipient: Recipient) {
            self.order = order
            self.reason = reason
            self.total = total
            self.recipient = recipient
        }
    }

    public struct Canceled: Sendable, Equatable, WireCoded {
        public let order: OrderID
        public let reason: CancelReason
        public let total: Money
        public let recipient: Recipient

        public init(order: OrderID, reason: CancelReason, total: Money, recipient: Recipient) {
            self.order = order
            self.reason = reason
            self.total = total
            self.recipient = recipient
        }
    }

    public struct Reminded: Sendable, Equatable, WireCoded {
        public let order: OrderID
        /// The request that was not answered, whole.
        public let step: Step
        public let remindAt: Timestamp

        public init(order: OrderID, step: Step, remindAt: Timestamp) {
            self.order = order
            self.step = step
            self.remindAt = remindAt
        }
    }
}

extension OrderEvent {
    public static let names = [
        WireName(1, "order.placed.v1"),
        WireName(2, "order.reserved.v1"),
        WireName(3, "order.rejected.v1"),
        WireName(4, "order.confirmed.v1"),
        WireName(5, "order.in-fulfillment.v1"),
        WireName(6, "order.canceling.v1"),
        WireName(7, "order.stopped.v1"),
        WireName(8, "order.cancel-failed.v1"),
        WireName(9, "order.canceled.v1"),
        WireName(10, "order.completed.v1"),
        WireName(11, "order.reminded.v1"),
        WireName(12, "order.paid.v1"),
        WireName(13, "order.delivered.v1"),
        WireName(14, "order.stock-returned.v1"),
        WireName(15, "order.payment-undone.v1"),
        WireName(16, "order.exception.v1"),
    ]

    public var wireName: WireName {
        switch self {
        case .placed: Self.names[0]
        case .reserved: Self.names[1]
        case .rejected: Self.names[2]
        case .confirmed: Self.names[3]
        case .inFulfillment: Self.names[4]
        case .canceling: Self.names[5]
        case .stopped: Self.names[6]
        case .cancelFailed: Self.names[7]
        case .canceled: Self.names[8]
        case .completed: Self.names[9]
        case .reminded: Self.names[10]
        case .paid: Self.names[11]
        case .delivered: Self.names[12]
        case .stockReturned: Self.names[13]
        case .paymentUndone: Self.names[14]
        case .exception: Self.names[15]
        }
    }

    public var code: UInt8 {
        switch self {
        case .placed: 1
        case .reserved: 2
        case .rejected: 3
        case .confirmed: 4
        case .inFulfillment: 5
        case .canceling: 6
        case .stopped: 7
        case .cancelFailed: 8
        case .canceled: 9
        case .completed: 10
        case .reminded: 11
        case .paid: 12
        case .delivered: 13
        case .stockReturned: 14
        case .paymentUndone: 15
        case .exception: 16
        }
    }

    public var order: OrderID {
        switch self {
        case .placed(let placed): placed.order
        case .reserved(let reserved): reserved.order
        case .rejected(let order, _): order
        case .confirmed(let confirmed): confirmed.order
        case .inFulfillment(let order): order
        case .canceling(let order, _, _): order
        case .stopped(let stopped): stopped.order
        case .cancelFailed(let cancelFailed): cancelFailed.order
        case .canceled(let canceled): canceled.order
        case .completed(let order): order
        case .reminded(let reminded): reminded.order
        case .paid(let order): order
        case .delivered(let order): order
        case .stockReturned(let order): order
        case .paymentUndone(let order): order
        case .exception(let order, _): order
        }
    }

    public var correlation: String? { order.text }
}
