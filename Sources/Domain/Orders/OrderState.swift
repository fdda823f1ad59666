// SPDX-License-Identifier: Apache-2.0
/// What an order is at a moment. The state says what is owed next: the order is its own saga.

package import Contracts
package import Kernel

/// One order. `details` is nil before it was placed.
package struct OrderState: EntityState {
    package var phase: Phase
    package var details: Details?
    /// When an answer that is waited for counts as overdue.
    package var remindAt: Timestamp?
    /// How often an answer was asked for again.
    package var reminders: Int64 = 0

    package static let absent = OrderState(phase: .absent)

    private init(phase: Phase) { self.phase = phase }

    package enum Phase: Sendable, Equatable {
        case absent
        /// Its lines are being held.
        case reserving
        /// Its payment is being authorized.
        case awaitingPayment
        /// Paid for; the shipment is being made.
        case confirmed
        /// On its way. `isCaptured` when the money is ours, `isDelivered` when it arrived.
        case inFulfillment(isCaptured: Bool, isDelivered: Bool)
        /// On its way or there, and only a person can bring it to a good end.
        case exception(ExceptionReason, isDelivered: Bool)
        case completed
        /// Being undone; what is still to be given back.
        case canceling(CancelReason, Undoing)
        case canceled(CancelReason)
        /// Never was: stock was short.
        case rejected([ShortLine])
    }

    /// What canceling still waits for.
    package struct Undoing: Sendable, Equatable {
        package var shipment: Bool
        package var hold: Bool
        package var payment: Bool

        package var isDone: Bool { !shipment && !hold && !payment }

        package init(shipment: Bool, hold: Bool, payment: Bool) {
            self.shipment = shipment
            self.hold = hold
            self.payment = payment
        }
    }

    /// What was agreed when the order was placed. Never changes, so that it can be an object: a
    /// state is copied at every step.
    package final class Details: Sendable {
        package let order: OrderID
        package let lines: [OrderLine]
        package let adjustments: [Adjustment]
        package let total: Money
        package let warehouse: Warehouse
        package let origin: OrderOrigin
        package let recipient: Recipient
        package let paymentToken: String
        package let principal: Principal
        package let at: Timestamp

        package init(_ placed: OrderEvent.Placed) {
            order = placed.order
            lines = placed.lines
            adjustments = placed.adjustments
            total = placed.total
            warehouse = placed.warehouse
            origin = placed.origin
            recipient = placed.recipient
            paymentToken = placed.paymentToken
            principal = placed.principal
            at = placed.at
        }

        package init(from reader: inout WireReader) throws(WireError) {
            order = try reader.id("order")
            lines = try reader.list("lines")
            adjustments = try reader.list("adjustments")
            total = try reader.money("total")
            guard let warehouse = Warehouse(try reader.string("warehouse")) else {
                throw .badField("warehouse")
            }
            self.warehouse = warehouse
            origin = try reader.value("origin")
            recipient = try reader.value("recipient")
            paymentToken = try reader.string("paymentToken")
            guard let principal = Principal(try reader.string("principal")) else {
                throw .badField("principal")
            }
            self.principal = principal
            at = try reader.timestamp("at")
        }

        /// The articles to be held.
        package var stockLines: [StockLine] { lines.stockLines }

        package var units: Int64 { lines.reduce(0) { $0 + Int64($1.quantity.units) } }
    }

    package var due: Timestamp? { remindAt }

    package var isAtRest: Bool {
        switch phase {
        case .completed, .canceled, .rejected, .exception(_, isDelivered: true): true
        case .absent, .reserving, .awaitingPayment, .confirmed, .inFulfillment, .exception,
            .canceling:
            false
        }
    }
}

extension OrderState.Phase {
    /// The name on the wire.
    package var slug: String {
        switch self {
        case .absent: "absent"
        case .reserving: "reserving"
        case .awaitingPayment: "awaiting-payment"
        case .confirmed: "confirmed"
        case .inFulfillment: "in-fulfillment"
        case .exception: "exception"
        case .completed: "completed"
        case .canceling: "canceling"
        case .canceled: "canceled"
        case .rejected: "rejected"
        }
    }
}

extension OrderState: WireCoded {
    package func write(to writer: inout WireWriter) {
        writer.field("phase", phase.slug)
        switch phase {
        case .inFulfillment(let isCaptured, let isDelivered):
            writer.field("isCaptured", isCaptured)
            writer.field("isDelivered", isDelivered)
        case .exception(let reason, let isDelivered):
            writer.slug("reason", reason)
            writer.field("isDelivered", isDelivered)
        case .canceling(let reason, let undoing):
            writer.slug("reason", reason)
            writer.field("shipment", undoing.shipment)
            writer.field("hold", undoing.hold)
            writer.field("payment", undoing.payment)
        case .canceled(let reason): writer.slug("reason", reason)
        case .rejected(let short): writer.list("short", short)
        case .absent, .reserving, .awaitingPayment, .confirmed, .completed: break
        }
        writer.optional("details", details)
        writer.field("remindAt", remindAt)
        writer.field("reminders", reminders)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init(phase: try Self.phase(&reader))
        details = try reader.optional("details")
        remindAt = try reader.optionalTimestamp("remindAt")
        reminders = try reader.int("reminders")
    }

    private static func phase(_ reader: inout WireReader) throws(WireError) -> Phase {
        switch try reader.string("phase") {
        case "absent": return .absent
        case "reserving": return .reserving
        case "awaiting-payment": return .awaitingPayment
        case "confirmed": return .confirmed
        case "in-fulfillment":
            let isCaptured = try reader.bool("isCaptured")
            return .inFulfillment(
                isCaptured: isCaptured, isDelivered: try reader.bool("isDelivered"))
        case "exception":
            let reason = try reader.slug("reason", of: ExceptionReason.self)
            return .exception(reason, isDelivered: try reader.bool("isDelivered"))
        case "completed": return .completed
        case "canceling":
            let reason = try reader.slug("reason", of: CancelReason.self)
            let shipment = try reader.bool("shipment")
            let hold = try reader.bool("hold")
            return .canceling(
                reason,
                Undoing(shipment: shipment, hold: hold, payment: try reader.bool("payment")))
        case "canceled": return .canceled(try reader.slug("reason"))
        case "rejected": return .rejected(try reader.list("short"))
        default: throw .badField("phase")
        }
    }
}

extension OrderState.Details: WireCoded {
    package func write(to writer: inout WireWriter) {
        writer.field("order", order)
        writer.list("lines", lines)
        writer.list("adjustments", adjustments)
        writer.field("total", total)
        writer.field("warehouse", warehouse.code)
        writer.field("origin", origin)
        writer.field("recipient", recipient)
        writer.field("paymentToken", paymentToken)
        writer.field("principal", principal.name)
        writer.field("at", at)
    }
}

extension OrderState.Details: Equatable {
    package static func == (left: OrderState.Details, right: OrderState.Details) -> Bool {
        left === right
            || left.order == right.order && left.lines == right.lines
                && left.adjustments == right.adjustments && left.total == right.total
                && left.warehouse == right.warehouse && left.origin == right.origin
                && left.recipient == right.recipient && left.paymentToken == right.paymentToken
                && left.principal == right.principal && left.at == right.at
    }
}
