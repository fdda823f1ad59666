// SPDX-License-Identifier: Apache-2.0
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

    public struct Placed: Sendable, Equatable {
        public let order: OrderID
        public let lines: [OrderLine]
        public let total: Money
        public let warehouse: Warehouse
        public let recipient: Recipient
        /// What the payment provider needs to charge the customer; never a card number.
        public let paymentToken: String
        public let principal: Principal
        public let at: Timestamp
        /// When an unanswered request for the hold is repeated.
        public let remindAt: Timestamp

        public init(
            order: OrderID, lines: [OrderLine], total: Money, warehouse: Warehouse,
            recipient: Recipient, paymentToken: String, principal: Principal, at: Timestamp,
            remindAt: Timestamp
        ) {
            self.order = order
            self.lines = lines
            self.total = total
            self.warehouse = warehouse
            self.recipient = recipient
            self.paymentToken = paymentToken
            self.principal = principal
            self.at = at
            self.remindAt = remindAt
        }
    }

    public struct Reserved: Sendable, Equatable {
        public let order: OrderID
        public let amount: Money
        public let paymentToken: String
        /// When an unpaid order gives its stock back.
        public let expiresAt: Timestamp

        public init(
            order: OrderID, amount: Money, paymentToken: String, expiresAt: Timestamp
        ) {
            self.order = order
            self.amount = amount
            self.paymentToken = paymentToken
            self.expiresAt = expiresAt
        }
    }

    public struct Confirmed: Sendable, Equatable {
        public let order: OrderID
        public let warehouse: Warehouse
        public let total: Money
        public let units: Int64
        public let recipient: Recipient
        public let remindAt: Timestamp

        public init(
            order: OrderID, warehouse: Warehouse, total: Money, units: Int64,
            recipient: Recipient, remindAt: Timestamp
        ) {
            self.order = order
            self.warehouse = warehouse
            self.total = total
            self.units = units
            self.recipient = recipient
            self.remindAt = remindAt
        }
    }

    public struct Stopped: Sendable, Equatable {
        public let order: OrderID
        public let reason: CancelReason
        /// What is to be given back; nil when it was never asked for.
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

    public struct Canceled: Sendable, Equatable {
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

    /// Who has to be told that the order could not be canceled, and why it should have been.
    public struct CancelFailed: Sendable, Equatable {
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

    /// The request that was not answered, whole, so that its receiver needs no memory of it.
    public struct Reminded: Sendable, Equatable {
        public let order: OrderID
        public let step: Step
        public let remindAt: Timestamp

        public init(order: OrderID, step: Step, remindAt: Timestamp) {
            self.order = order
            self.step = step
            self.remindAt = remindAt
        }

        public enum Step: Sendable, Equatable {
            case hold(warehouse: Warehouse, lines: [StockLine])
            case ship(Confirmed)
            case stopShipment(ShipmentID)
            case giveBack(hold: HoldID?, payment: PaymentID?)
            case capture(PaymentID)
            case track(ShipmentID)
        }
    }
}

/// Why an order needs a person.
public enum ExceptionReason: String, Sendable, CaseIterable {
    /// The parcel left, and the provider does not hand out the money for it.
    case captureFailed = "capture-failed"
}

/// Why an order was undone.
public enum CancelReason: String, Sendable, CaseIterable {
    case customerAsked = "customer-asked"
    case merchantAsked = "merchant-asked"
    case paymentDeclined = "payment-declined"
    case paymentExpired = "payment-expired"
}
