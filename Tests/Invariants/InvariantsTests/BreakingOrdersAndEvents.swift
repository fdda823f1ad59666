// SPDX-License-Identifier: Apache-2.0
/// What breaks the rules of orders, of events and of sagas, in the ledger.

import Contracts
import Invariants
import Kernel
import Ports
import SampleFacts

extension Breaker {
    private static let order = Sample.order

    static let orders: [Breaker] = [
        Breaker(.o1, by: "a confirmation before the hold") {
            Script.confirmed.without("order.reserved.v1").broken
        },
        Breaker(.o1, by: "a completion before the parcel arrived") {
            Script.completed.without("order.paid.v1").broken
        },
        Breaker(.o2, by: "a confirmation without an authorization") {
            Script.confirmed.replacing(
                "payment.authorized.v1",
                with: PaymentEvent.attempted(
                    order.payment(), order: order, attempt: 2, isQuestion: true,
                    leaseUntil: Sample.moment(30))
            ).broken
        },
        Breaker(.o2, by: "a reservation without a hold") {
            Script.awaitingPayment.replacing(
                "stock.held.v1", with: StockEvent.held(Sample.movement.toldAgain)
            ).broken
        },
        Breaker(.o2, by: "a release of stock that nobody asked for") {
            Script.confirmed.adding(
                StockEvent.released(Sample.movement, wasAllocated: true), .last(.orders)
            ).broken
        },
        Breaker(.o2, by: "money given back that nobody asked back") {
            Script.confirmed.adding(Sample.voided, .last(.orders)).broken
        },
        Breaker(.o3, by: "a parcel for an order that is not confirmed") {
            Script.awaitingPayment.adding(Sample.created, .last(.orders)).broken
        },
        Breaker(.o3, by: "a completion without a delivery") {
            Script.completed.putOff("shipment.delivered.v1").broken
        },
        Breaker(.o3, by: "an exception whose money may still come") {
            Script.unpaid.without("payment.capture-failed.v1").broken
        },
        Breaker(.o3, by: "an exception without a delivery") {
            Script.unpaid.putOff("shipment.delivered.v1").broken
        },
        Breaker(.o3, by: "money taken before the parcel left") {
            Script.confirmed.adding(
                PaymentEvent.captureRequested(
                    order.payment(), order: order, start: .now(leaseUntil: Sample.moment(30))),
                .last(.shipping)
            ).broken
        },
        Breaker(.o6, by: "a cancellation of what is completed") {
            Script.completed.adding(
                OrderEvent.canceling(order, reason: .customerAsked, shipment: nil)
            ).broken
        },
        Breaker(.o7, by: "a cancellation that leaves its stock held") {
            Script.canceled.without("stock.released.v1").changing("order.stock-returned.v1") {
                $0.because = .command()
            }.broken
        },
        Breaker(.o7, by: "a cancellation that leaves its money set aside") {
            Script.canceled.without("payment.voided.v1").broken
        },
        Breaker(.o8, by: "two orders of one request") {
            Script.rejected.adding(Sample.placed(.stranger), .command(7)).broken
        },
        Breaker(.o9, by: "a refusal when there was enough") {
            Script.rejected.inserting(
                StockEvent.counted(StockKey(.cup, .main), onHand: 3, delta: 1),
                before: "stock.refused.v1"
            ).broken
        },
        Breaker(.o9, by: "a rejection without a refusal") {
            Script.rejected.replacing(
                "stock.refused.v1", with: Sample.counted(.tea, 1)
            ).broken
        },
    ]

    static let events: [Breaker] = [
        Breaker(.e1, by: "a position that is left out") {
            Script.rejected.bending("order.rejected.v1") { $0.position += 1 }.broken
        },
        Breaker(.e1, by: "a version that comes twice") {
            Script.rejected.bending("order.rejected.v1") { $0.version = 1 }.broken
        },
        Breaker(.e1, by: "a link to another event") {
            Script.rejected.bending("order.rejected.v1") { $0.previous = 0 }.broken
        },
        Breaker(.e5, by: "an answer to a fact that does not exist") {
            Script.rejected.changing("order.rejected.v1") { $0.because = .fact(.inventory, 9) }
                .broken
        },
        Breaker(.e5, by: "an answer to what a service does not hear") {
            Script.rejected.changing("order.rejected.v1") { $0.because = .fact(.orders, 1) }
                .broken
        },
        Breaker(.e6, by: "facts that are heard in another order") {
            Script.completed.changing("order.completed.v1") { $0.because = .fact(.shipping, 2) }
                .broken
        },
        Breaker(.e7, by: "a fact that is answered twice") {
            Script.confirmed.adding(
                ShipmentEvent.deferred(
                    order.shipment(), order: order, isFailure: true, retryAt: Sample.moment(1)),
                .fact(.orders, 3)
            ).broken
        },
        Breaker(.q5, by: "an epoch that falls") {
            let ledger = Ledger()
            guard let log = ledger.number(of: LogName("orders")) else { return [] }
            ledger.note(epoch: 3, of: log)
            ledger.note(epoch: 3, of: log)
            ledger.note(epoch: 2, of: log)
            return Set(ledger.findings.rules)
        },
    ]

    static let sagas: [Breaker] = [
        Breaker(.g1, by: "a parcel that is stopped and leaves nevertheless") {
            Script.canceled.adding(Sample.left).broken
        },
        Breaker(.g1, by: "a parcel that left and is stopped nevertheless") {
            Script.completed.adding(Sample.parcelCanceled).broken
        },
        Breaker(.g1, by: "an exception whose goods came back") {
            Script.unpaid.replacing(
                "stock.shipped.v1",
                with: StockEvent.released(Sample.movement, wasAllocated: true)
            ).broken
        },
        Breaker(.g1, by: "an exception whose parcel is stopped nevertheless") {
            Script.unpaid.adding(Sample.parcelCanceled).broken
        },
        Breaker(.g2, by: "a stop before the parcel is stopped") {
            Script.canceled.putOff("shipment.canceled.v1").broken
        },
        Breaker(.g3, by: "a payment under another id") {
            Script.awaitingPayment.replacing(
                "payment.requested.v1", with: Sample.requested(payment: order.payment(1))
            ).broken
        },
        Breaker(.g3, by: "a second label") {
            Script.confirmed.adding(Sample.labeled).broken
        },
        Breaker(.g3, by: "a second mail of one kind") {
            Script.completed.adding(Sample.queued(.orderConfirmed), .last(.orders)).broken
        },
        Breaker(.g3, by: "a mail about a cancellation that was not") {
            Script.completed.adding(Sample.queued(.orderCanceled), .last(.orders)).broken
        },
        Breaker(.g3, by: "a mail about a failed cancellation that was not") {
            Script.completed.adding(Sample.queued(.orderCancelFailed), .last(.orders)).broken
        },
        Breaker(.g5, by: "an order that is reminded too early") {
            Script.awaitingPayment.until("order.placed.v1").adding(
                OrderEvent.reminded(
                    .init(
                        order: order, step: .hold(warehouse: .main, lines: Sample.lines),
                        remindAt: Sample.moment(120))), .time, at: 59
            ).broken
        },
        Breaker(.g5, by: "a payment that is tried again too early") {
            Script.awaitingPayment.adding(
                PaymentEvent.deferred(
                    order.payment(), order: order, because: .unavailable,
                    retryAt: Sample.moment(20))
            ).adding(
                PaymentEvent.attempted(
                    order.payment(), order: order, attempt: 2, isQuestion: false,
                    leaseUntil: Sample.moment(60)), .time, at: 19
            ).broken
        },
    ]
}
