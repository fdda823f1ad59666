// SPDX-License-Identifier: Apache-2.0
/// Whole histories of one order that keep every promise.

import Contracts
import Invariants
import Kernel
import SampleFacts

enum Sample {
    static let order = OrderID.sample
    static let total = Money.eur(400)
    static let lines = [StockLine.of(.cup, 3), StockLine.of(.tea, 1)]
    static let movement = StockEvent.Movement(
        hold: order.hold(), order: order, warehouse: .main, lines: lines)
    static let orderLines = [OrderLine.of(.cup, 3, at: "1.00"), OrderLine.of(.tea, 1, at: "1.00")]

    static func moment(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: seconds * 1_000) }

    static func counted(_ sku: SKU, _ onHand: Int64) -> StockEvent {
        .counted(StockKey(sku, .main), onHand: onHand, delta: onHand)
    }

    static func placed(
        _ order: OrderID = Sample.order, lines: [OrderLine] = orderLines,
        adjustments: [Adjustment] = [], total: Money = total
    ) -> OrderEvent {
        .placed(
            .init(
                order: order, lines: lines, adjustments: adjustments, total: total,
                warehouse: .main, origin: .unknown, recipient: .sample, paymentToken: "tok_ok",
                principal: .shop, at: moment(0), remindAt: moment(60)))
    }

    static func reserved(_ amount: Money = total) -> OrderEvent {
        .reserved(
            .init(
                order: order, amount: amount, paymentToken: "tok_ok", expiresAt: moment(1_800)))
    }

    static func requested(
        _ amount: Money = total, payment: PaymentID = order.payment()
    ) -> PaymentEvent {
        .requested(
            .init(
                payment: payment, order: order, amount: amount, token: "tok_ok",
                start: .now(leaseUntil: moment(30)), callUntil: moment(82_800)))
    }

    static let authorized = PaymentEvent.authorized(order.payment(), order: order, reference: "a")
    static let declined = PaymentEvent.declined(order.payment(), order: order, code: "no")
    static let voided = PaymentEvent.voided(order.payment(), order: order)
    static let voidRequested = PaymentEvent.voidRequested(
        order.payment(), order: order, start: .now(leaseUntil: moment(30)))
    static func captured(_ amount: Money = total) -> PaymentEvent {
        .captured(order.payment(), order: order, amount: amount)
    }

    static let confirmed = OrderEvent.confirmed(
        .init(
            order: order, warehouse: .main, total: total, units: 4, recipient: .sample,
            remindAt: moment(60)))
    static let created = ShipmentEvent.created(
        .init(
            shipment: order.shipment(), order: order, warehouse: .main, units: 4,
            recipient: .sample, start: .now(leaseUntil: moment(30))))
    static let labeled = ShipmentEvent.labeled(
        order.shipment(), order: order, tracking: "T", askAt: moment(600))
    static let left = ShipmentEvent.shipped(order.shipment(), order: order, askAt: moment(600))
    static let arrived = ShipmentEvent.delivered(order.shipment(), order: order)
    static let parcelCanceled = ShipmentEvent.canceled(order.shipment(), order: order)

    static func queued(_ kind: MessageKind) -> MessageEvent {
        .queued(
            .init(
                message: order.message(kind), order: order, kind: kind, total: total,
                recipient: .sample, start: .now(leaseUntil: moment(30))))
    }

    static func sent(_ kind: MessageKind) -> MessageEvent {
        .sent(order.message(kind), order: order)
    }

    static func stopped(payment: Bool = true) -> OrderEvent {
        .stopped(
            .init(
                order: order, reason: .customerAsked, hold: order.hold(),
                payment: payment ? order.payment() : nil, remindAt: moment(60)))
    }

    static let canceled = OrderEvent.canceled(
        .init(order: order, reason: .customerAsked, total: total, recipient: .sample))
    static let cancelFailed = OrderEvent.cancelFailed(
        .init(order: order, reason: .merchantAsked, total: total, recipient: .sample))
    static let refused = StockEvent.refused(
        order.hold(), order: order, warehouse: .main,
        short: [ShortLine(sku: .cup, wanted: 3, available: 2)])
}

extension Script {
    /// Up to the moment at which the order waits for its payment.
    static let awaitingPayment = Script([
        Line(fact: Sample.counted(.cup, 5), because: .command()),
        Line(fact: Sample.counted(.tea, 5), because: .command()),
        Line(fact: Sample.placed(), because: .command(7)),
        Line(fact: StockEvent.held(Sample.movement), because: .last(.orders)),
        Line(fact: Sample.reserved(), because: .last(.inventory)),
        Line(fact: Sample.requested(), because: .last(.orders)),
    ])

    static let confirmed = Script(
        awaitingPayment.lines + [
            Line(fact: Sample.authorized, because: .command()),
            Line(fact: Sample.confirmed, because: .last(.payments)),
            Line(fact: StockEvent.committed(Sample.movement), because: .last(.orders)),
            Line(fact: Sample.created, because: .last(.orders)),
            Line(fact: Sample.queued(.orderConfirmed), because: .last(.orders)),
            Line(fact: Sample.labeled, because: .command()),
            Line(fact: Sample.sent(.orderConfirmed), because: .command()),
        ])

    /// From placed to completed.
    static let completed = Script(
        confirmed.lines + [
            Line(fact: Sample.left, because: .command()),
            Line(fact: StockEvent.shipped(Sample.movement), because: .last(.shipping)),
            Line(
                fact: PaymentEvent.captureRequested(
                    Sample.order.payment(), order: Sample.order,
                    start: .now(leaseUntil: Sample.moment(30))),
                because: .last(.shipping)),
            Line(fact: OrderEvent.inFulfillment(Sample.order), because: .last(.shipping)),
            Line(fact: Sample.captured(), because: .command()),
            Line(fact: OrderEvent.paid(Sample.order), because: .last(.payments)),
            Line(fact: Sample.arrived, because: .command()),
            Line(fact: OrderEvent.completed(Sample.order), because: .last(.shipping)),
        ])

    /// Delivered, and the provider does not hand out the money.
    static let unpaid = Script(
        completed.until("order.in-fulfillment.v1").lines + [
            Line(
                fact: PaymentEvent.captureFailed(
                    Sample.order.payment(), order: Sample.order, code: "expired"),
                because: .command()),
            Line(
                fact: OrderEvent.exception(Sample.order, reason: .captureFailed),
                because: .last(.payments)),
            Line(fact: Sample.arrived, because: .command()),
            Line(fact: OrderEvent.delivered(Sample.order), because: .last(.shipping)),
        ])

    /// Confirmed, then undone.
    static let canceled = Script(
        confirmed.lines + [
            Line(
                fact: OrderEvent.canceling(
                    Sample.order, reason: .customerAsked, shipment: Sample.order.shipment()),
                because: .command(8)),
            Line(
                fact: ShipmentEvent.cancelRequested(
                    Sample.order.shipment(), order: Sample.order,
                    start: .now(leaseUntil: Sample.moment(30))),
                because: .last(.orders)),
            Line(fact: Sample.parcelCanceled, because: .command()),
            Line(fact: Sample.stopped(), because: .last(.shipping)),
            Line(
                fact: StockEvent.released(Sample.movement, wasAllocated: true),
                because: .last(.orders)),
            Line(fact: Sample.voidRequested, because: .last(.orders)),
            Line(fact: OrderEvent.stockReturned(Sample.order), because: .last(.inventory)),
            Line(fact: Sample.voided, because: .command()),
            Line(fact: Sample.canceled, because: .last(.payments)),
            Line(fact: Sample.queued(.orderCanceled), because: .last(.orders)),
            Line(fact: Sample.sent(.orderCanceled), because: .command()),
        ])

    /// Stock was short.
    static let rejected = Script([
        Line(fact: Sample.counted(.cup, 2), because: .command()),
        Line(fact: Sample.placed(), because: .command(7)),
        Line(fact: Sample.refused, because: .last(.orders)),
        Line(
            fact: OrderEvent.rejected(
                Sample.order, short: [ShortLine(sku: .cup, wanted: 3, available: 2)]),
            because: .last(.inventory)),
    ])
}
