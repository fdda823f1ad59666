// SPDX-License-Identifier: Apache-2.0
/// Every fact of stock, payments, shipments and messages, in every shape that it can have.

package import Contracts
import Kernel

extension StockEvent {
    package static let samples: [StockEvent] = {
        let order = OrderID.sample
        let movement = Movement(
            hold: order.hold(), order: order, warehouse: .north,
            lines: [.of(.cup, 8), .of(.tea, 2_000_000_000)])
        let short = [
            ShortLine(sku: .cup, wanted: 8, available: 7),
            ShortLine(sku: .pot, wanted: 1, available: -1),
        ]
        return [
            .counted(StockKey(.cup, .north), onHand: 1_000_000_000, delta: 999_999_990),
            .counted(StockKey(.pot, .main), onHand: 0, delta: -5),
            .held(movement), .held(movement.toldAgain),
            .refused(order.hold(), order: order, warehouse: .north, short: short),
            .refused(order.hold(1), order: order, warehouse: .main, short: []),
            .committed(movement), .committed(movement.toldAgain),
            .shipped(movement), .shipped(movement.toldAgain),
            .released(movement, wasAllocated: true), .released(movement, wasAllocated: false),
            .released(movement.toldAgain, wasAllocated: false),
            .changed([.of(.cup, 7, 2), .of(.tea, 805_306_368, 1)]),
            .changed([.of(.pot, 0, .max, in: .main)]),
            .listed(.main, skus: [.pot, .cup]), .listed(.north, skus: [.tea]),
        ]
    }()
}

extension PaymentEvent {
    package static let samples: [PaymentEvent] = {
        let order = OrderID.sample
        let payment = order.payment()
        let requested = Requested(
            payment: payment, order: order, amount: .eur(4_297), token: "tok_ok",
            start: .now(leaseUntil: .sample(30)), callUntil: .sample(82_800))
        return [
            .requested(requested),
            .attempted(
                payment, order: order, attempt: 2, isQuestion: true, leaseUntil: .sample(60)),
            .attempted(
                payment, order: order, attempt: .max, isQuestion: false, leaseUntil: .sample(90)),
            .authorized(payment, order: order, reference: "ref_1"),
            .authorized(payment, order: order, reference: ""),
            .declined(payment, order: order, code: "card-declined"),
            .captureRequested(payment, order: order, start: .now(leaseUntil: .sample(30))),
            .captureRequested(payment, order: order, start: .later(since: .sample(2))),
            .captured(payment, order: order, amount: Money(amount: 1, currency: .jpy)),
            .captureFailed(payment, order: order, code: "expired"),
            .voidRequested(payment, order: order, start: .now(leaseUntil: .sample(30))),
            .voided(payment, order: order),
        ]
            + DeferralReason.allCases.map {
                .deferred(payment, order: order, because: $0, retryAt: .sample(1))
            }
    }()
}

extension ShipmentEvent {
    package static let samples: [ShipmentEvent] = {
        let order = OrderID.sample
        let shipment = order.shipment()
        let created = Created(
            shipment: shipment, order: order, warehouse: .north, units: 11, recipient: .sample,
            start: .now(leaseUntil: .sample(30)))
        return [
            .created(created),
            .attempted(shipment, order: order, attempt: 3, leaseUntil: .sample(60)),
            .deferred(shipment, order: order, isFailure: true, retryAt: .sample(61)),
            .deferred(shipment, order: order, isFailure: false, retryAt: .sample(61)),
            .labeled(shipment, order: order, tracking: "GB 1", askAt: .sample(600)),
            .labeled(shipment, order: order, tracking: "", askAt: .sample(600)),
            .shipped(shipment, order: order, askAt: .sample(600)),
            .delivered(shipment, order: order),
            .cancelRequested(shipment, order: order, start: .now(leaseUntil: .sample(30))),
            .canceled(shipment, order: order),
        ]
    }()
}

extension MessageEvent {
    package static let samples: [MessageEvent] = {
        let order = OrderID.sample
        let message = order.message(.orderConfirmed)
        return MessageKind.allCases.map { kind in
            .queued(
                .init(
                    message: order.message(kind), order: order, kind: kind, total: .eur(4_297),
                    recipient: .sample, start: .now(leaseUntil: .sample(30))))
        } + [
            .attempted(message, order: order, attempt: 2, leaseUntil: .sample(60)),
            .deferred(message, order: order, retryAt: .sample(61)),
            .sent(message, order: order),
            .failed(message, order: order, code: "attempts-used-up"),
        ]
    }()
}
