// SPDX-License-Identifier: Apache-2.0
/// The rules of an order's life, and its saga: what the order asks of others, what it makes of
/// their answers, how it is undone, and what it costs in all.

package import Contracts
package import Kernel

package enum OrderCommand: Sendable, Equatable {
    indirect case place(PlaceOrder)
    case cancel(OrderID, CancelReason)
    // What others announced.
    case noteHeld(OrderID)
    case noteRefused(OrderID, short: [ShortLine])
    case noteReleased(OrderID)
    case noteAuthorized(OrderID)
    case noteDeclined(OrderID)
    case noteCaptured(OrderID)
    case noteCaptureFailed(OrderID)
    case noteVoided(OrderID)
    case noteShipped(OrderID)
    case noteDelivered(OrderID)
    case noteShipmentCanceled(OrderID)
    /// Something may be overdue.
    case wake(OrderID)

    package var order: OrderID {
        switch self {
        case .place(let place): place.order
        case .cancel(let order, _), .noteRefused(let order, _): order
        case .noteHeld(let order), .noteReleased(let order), .noteAuthorized(let order),
            .noteDeclined(let order), .noteCaptured(let order), .noteCaptureFailed(let order),
            .noteVoided(let order), .noteShipped(let order), .noteDelivered(let order),
            .noteShipmentCanceled(let order), .wake(let order):
            order
        }
    }
}

/// What a shop asks for.
package struct PlaceOrder: Sendable, Equatable {
    package let order: OrderID
    package let lines: [OrderLine]
    package let adjustments: [Adjustment]
    /// What the shop has shown its customer; nil when it leaves the sum to the house.
    package let expectedTotal: Money?
    package let warehouse: Warehouse
    package let origin: OrderOrigin
    package let recipient: Recipient
    package let paymentToken: String
    /// Why the door could not price the lines: the order is refused, unless the request is a
    /// repeat, which gets its first answer.
    package let refusal: OrderRejection?

    package init(
        order: OrderID, lines: [OrderLine], adjustments: [Adjustment] = [],
        expectedTotal: Money? = nil, warehouse: Warehouse, origin: OrderOrigin = .unknown,
        recipient: Recipient, paymentToken: String, refusal: OrderRejection? = nil
    ) {
        self.order = order
        self.lines = lines
        self.adjustments = adjustments
        self.expectedTotal = expectedTotal
        self.warehouse = warehouse
        self.origin = origin
        self.recipient = recipient
        self.paymentToken = paymentToken
        self.refusal = refusal
    }
}

package enum OrderRejection: Error, Equatable, Sendable {
    case emptyOrder
    case tooManyLines
    case tooManyAdjustments
    /// No product on sale has this article with a price in the order's currency.
    case priceUnknown(SKU)
    case mixedCurrencies
    case totalTooLarge
    case totalNotPositive
    /// Lines and adjustments make another total than the shop has shown.
    case totalMismatch(Money)
    case alreadyPlaced
    case unknownOrder
    case tooLateToCancel
    case alreadyCanceling
    case orderRejected
}

package enum OrderDecider: Decider {
    package static let linesMax = 2_000
    package static let adjustmentsMax = 100
    /// An unanswered request is repeated after this long, then after twice as long, and so on.
    package static let reminders = Backoff(base: .minutes(1), max: .hours(1))
    /// How long stock is held for an order that is not paid for.
    package static let paymentWindow = Span.minutes(30)

    package static let initial = OrderState.absent

    package static func keys(_ command: OrderCommand) -> Keys<OrderID> { .one(command.order) }
    package static func changes(_ event: OrderEvent) -> Keys<OrderID> { .one(event.order) }

    package static func decide(
        _ command: OrderCommand, _ states: States<OrderID, OrderState>, _ moment: Moment
    ) throws(OrderRejection) -> [OrderEvent] {
        let state = states.first
        guard let details = state.details else {
            if case .place(let order) = command { return [try place(order, moment)] }
            throw .unknownOrder
        }
        switch command {
        case .place: throw .alreadyPlaced
        case .cancel(_, let reason): return try cancel(state, details, reason, moment)
        case .wake: return wake(state, details, moment)
        case .noteRefused(_, let short):
            return state.phase == .reserving ? [.rejected(details.order, short: short)] : []
        case .noteHeld: return noteHeld(state, details, moment)
        case .noteAuthorized: return noteAuthorized(state, details, moment)
        case .noteDeclined: return noteDeclined(state, details, moment)
        case .noteShipped, .noteDelivered, .noteCaptured, .noteCaptureFailed:
            return noteProgress(command, state, details)
        case .noteShipmentCanceled, .noteReleased, .noteVoided:
            return noteUndone(command, state, details, moment)
        }
    }

    private static func place(
        _ order: PlaceOrder, _ moment: Moment
    ) throws(OrderRejection) -> OrderEvent {
        if let refusal = order.refusal { throw refusal }
        let total = try total(of: order)
        if let expected = order.expectedTotal, expected != total { throw .totalMismatch(total) }
        return .placed(
            .init(
                order: order.order, lines: order.lines, adjustments: order.adjustments,
                total: total, warehouse: order.warehouse, origin: order.origin,
                recipient: order.recipient, paymentToken: order.paymentToken,
                principal: moment.principal, at: moment.at, remindAt: nextReminder(0, moment)))
    }

    /// What is to be paid: the lines, and what comes on top of them or off.
    private static func total(of order: PlaceOrder) throws(OrderRejection) -> Money {
        guard let first = order.lines.first else { throw .emptyOrder }
        guard order.lines.count <= linesMax else { throw .tooManyLines }
        guard order.adjustments.count <= adjustmentsMax else { throw .tooManyAdjustments }
        var total = Money.zero(first.total.currency)
        do {
            for line in order.lines { total = try total.adding(line.total) }
            for adjustment in order.adjustments { total = try adjustment.applied(to: total) }
        } catch {
            throw error == .currencyMismatch ? .mixedCurrencies : .totalTooLarge
        }
        guard total.amount > 0, !order.lines.contains(where: \.total.isNegative),
            !order.adjustments.contains(where: \.amount.isNegative)
        else { throw .totalNotPositive }
        return total
    }

    private static func cancel(
        _ state: OrderState, _ details: OrderState.Details, _ reason: CancelReason,
        _ moment: Moment
    ) throws(OrderRejection) -> [OrderEvent] {
        let order = details.order
        switch state.phase {
        case .reserving:
            return [
                .canceling(order, reason: reason, shipment: nil),
                stopped(order, reason, hold: true, payment: false, moment),
            ]
        case .awaitingPayment:
            return [
                .canceling(order, reason: reason, shipment: nil),
                stopped(order, reason, hold: true, payment: true, moment),
            ]
        case .confirmed: return [.canceling(order, reason: reason, shipment: order.shipment())]
        case .inFulfillment, .exception, .completed: throw .tooLateToCancel
        case .canceling: throw .alreadyCanceling
        case .canceled: return []
        case .rejected: throw .orderRejected
        case .absent: throw .unknownOrder
        }
    }

    private static func noteHeld(
        _ state: OrderState, _ details: OrderState.Details, _ moment: Moment
    ) -> [OrderEvent] {
        guard state.phase == .reserving else { return [] }
        return [
            .reserved(
                .init(
                    order: details.order, amount: details.total,
                    paymentToken: details.paymentToken,
                    expiresAt: moment.at.advanced(by: paymentWindow)))
        ]
    }

    private static func noteAuthorized(
        _ state: OrderState, _ details: OrderState.Details, _ moment: Moment
    ) -> [OrderEvent] {
        guard state.phase == .awaitingPayment else { return [] }
        return [.confirmed(confirmed(details, nextReminder(0, moment)))]
    }

    private static func noteDeclined(
        _ state: OrderState, _ details: OrderState.Details, _ moment: Moment
    ) -> [OrderEvent] {
        switch state.phase {
        case .awaitingPayment:
            [
                .canceling(details.order, reason: .paymentDeclined, shipment: nil),
                stopped(details.order, .paymentDeclined, hold: true, payment: false, moment),
            ]
        // A declined payment owes nothing back.
        case .canceling: noteUndone(.noteVoided(details.order), state, details, moment)
        case .absent, .reserving, .confirmed, .inFulfillment, .exception, .completed, .canceled,
            .rejected:
            []
        }
    }

    private static func noteProgress(
        _ command: OrderCommand, _ state: OrderState, _ details: OrderState.Details
    ) -> [OrderEvent] {
        var isCaptured = false
        var isDelivered = false
        var events: [OrderEvent] = []
        switch state.phase {
        case .inFulfillment(let captured, let delivered):
            isCaptured = captured
            isDelivered = delivered
        case .confirmed: events = [.inFulfillment(details.order)]
        case .canceling(let reason, let undoing) where undoing.shipment:
            events = [cancelFailed(details, reason), .inFulfillment(details.order)]
        case .exception(_, isDelivered: false):
            // The provider has said its last word.
            guard case .noteDelivered = command else { return [] }
            return [.delivered(details.order)]
        case .exception, .absent, .reserving, .awaitingPayment, .completed, .canceling, .canceled,
            .rejected:
            return []
        }
        let wasBoth = isCaptured && isDelivered
        switch command {
        case .noteCaptured where !isCaptured:
            isCaptured = true
            if !isDelivered { events.append(.paid(details.order)) }
        case .noteCaptureFailed where !isCaptured:
            events.append(.exception(details.order, reason: .captureFailed))
        case .noteDelivered where !isDelivered:
            isDelivered = true
            if !isCaptured { events.append(.delivered(details.order)) }
        default: break
        }
        if isCaptured && isDelivered && !wasBoth { events.append(.completed(details.order)) }
        return events
    }

    private static func noteUndone(
        _ command: OrderCommand, _ state: OrderState, _ details: OrderState.Details,
        _ moment: Moment
    ) -> [OrderEvent] {
        guard case .canceling(let reason, var undoing) = state.phase else { return [] }
        let order = details.order
        switch command {
        case .noteShipmentCanceled where undoing.shipment:
            return [stopped(order, reason, hold: true, payment: true, moment)]
        case .noteReleased where undoing.hold: undoing.hold = false
        case .noteVoided where undoing.payment: undoing.payment = false
        default: return []
        }
        guard undoing.isDone else {
            return [undoing.hold ? .paymentUndone(order) : .stockReturned(order)]
        }
        return [
            .canceled(
                .init(
                    order: order, reason: reason, total: details.total,
                    recipient: details.recipient))
        ]
    }

    private static func wake(
        _ state: OrderState, _ details: OrderState.Details, _ moment: Moment
    ) -> [OrderEvent] {
        guard let due = state.remindAt, moment.reaches(due) else { return [] }
        let order = details.order
        let next = nextReminder(state.reminders + 1, moment)
        let step: OrderEvent.Reminded.Step
        switch state.phase {
        case .reserving:
            step = .hold(warehouse: details.warehouse, lines: details.stockLines)
        case .awaitingPayment:
            return [
                .canceling(order, reason: .paymentExpired, shipment: nil),
                stopped(order, .paymentExpired, hold: true, payment: true, moment),
            ]
        case .confirmed: step = .ship(confirmed(details, next))
        case .inFulfillment(let isCaptured, _):
            step = isCaptured ? .track(order.shipment()) : .capture(order.payment())
        case .exception: step = .track(order.shipment())
        case .canceling(_, let undoing):
            step =
                undoing.shipment
                ? .stopShipment(order.shipment())
                : .giveBack(
                    hold: undoing.hold ? order.hold() : nil,
                    payment: undoing.payment ? order.payment() : nil)
        case .absent, .completed, .canceled, .rejected: return []
        }
        return [.reminded(.init(order: order, step: step, remindAt: next))]
    }

    private static func confirmed(
        _ details: OrderState.Details, _ remindAt: Timestamp
    ) -> OrderEvent.Confirmed {
        .init(
            order: details.order, warehouse: details.warehouse, total: details.total,
            units: details.units, recipient: details.recipient, remindAt: remindAt)
    }

    private static func cancelFailed(
        _ details: OrderState.Details, _ reason: CancelReason
    ) -> OrderEvent {
        .cancelFailed(
            .init(
                order: details.order, reason: reason, total: details.total,
                recipient: details.recipient))
    }

    private static func stopped(
        _ order: OrderID, _ reason: CancelReason, hold: Bool, payment: Bool, _ moment: Moment
    ) -> OrderEvent {
        .stopped(
            .init(
                order: order, reason: reason, hold: hold ? order.hold() : nil,
                payment: payment ? order.payment() : nil, remindAt: nextReminder(0, moment)))
    }

    private static func nextReminder(_ already: Int64, _ moment: Moment) -> Timestamp {
        moment.at.advanced(by: reminders.pause(after: already + 1, draw: moment.draw))
    }
}
