// SPDX-License-Identifier: Apache-2.0
/// What breaks the rules of stock and of money, in the ledger.

import Contracts
import Invariants
import Kernel
import SampleFacts

extension Breaker {
    private static let bySku = StockKey(.cup, .main)

    private static func level(
        _ sku: SKU, _ available: Int64, _ announcement: Int64 = 1
    ) -> StockLevel {
        StockLevel(StockKey(sku, .main), available: available, announcement: announcement)
    }

    private static func movement(_ lines: [StockLine]) -> StockEvent.Movement {
        .init(
            hold: Sample.order.hold(), order: Sample.order, warehouse: .main, lines: lines)
    }

    static let stock: [Breaker] = [
        Breaker(.s1, by: "a count that is not the sum of what was booked") {
            Script.awaitingPayment.adding(StockEvent.counted(bySku, onHand: 6, delta: 2)).broken
        },
        Breaker(.s1, by: "an announcement of more than there is") {
            Script.awaitingPayment.adding(StockEvent.changed([level(.cup, 3)])).broken
        },
        Breaker(.s1, by: "an announcement of less than there is") {
            Script.awaitingPayment.adding(StockEvent.changed([level(.cup, 1)])).broken
        },
        Breaker(.s1, by: "an announcement of what nobody knows") {
            Script([Line(fact: StockEvent.changed([level(.pot, 0)]), because: .command())]).broken
        },
        Breaker(.e1, by: "an announcement that is passed over") {
            Script.awaitingPayment.adding(StockEvent.changed([level(.cup, 2, 2)])).broken
        },
        Breaker(.s2, by: "sold units that come back when they were only held") {
            Script.awaitingPayment.adding(
                StockEvent.released(Sample.movement, wasAllocated: true)
            ).broken
        },
        Breaker(.s3, by: "a hold of more than there is") {
            Script.awaitingPayment.replacing(
                "stock.held.v1", with: StockEvent.held(movement([.of(.pot, 4)]))
            ).broken
        },
        Breaker(.s4, by: "fewer units sold than were held") {
            Script.confirmed.replacing(
                "stock.committed.v1", with: StockEvent.committed(movement([.of(.cup, 3)]))
            ).broken
        },
        Breaker(.s5, by: "a hold that ends twice, with the units of another") {
            Script([
                Line(fact: Sample.counted(.cup, 9), because: .command()),
                Line(fact: StockEvent.held(movement([.of(.cup, 0)])), because: .command()),
                Line(
                    fact: StockEvent.released(movement([.of(.cup, 0)]), wasAllocated: false),
                    because: .command()),
                Line(
                    fact: StockEvent.released(movement([.of(.cup, 0)]), wasAllocated: false),
                    because: .command()),
            ]).broken
        },
        Breaker(.s6, by: "goods that leave before they are sold") {
            Script([
                Line(fact: Sample.counted(.cup, 9), because: .command()),
                Line(fact: StockEvent.held(movement([.of(.cup, 0)])), because: .command()),
                Line(fact: StockEvent.shipped(movement([.of(.cup, 0)])), because: .command()),
            ]).broken
        },
        Breaker(.s7, by: "a hold that is booked twice") {
            Script.awaitingPayment.adding(
                StockEvent.held(movement([.of(.cup, 1), .of(.tea, 1)]))
            ).broken
        },
    ]

    static let money: [Breaker] = [
        Breaker(.m2, by: "a payment that is captured and then given back") {
            Script.completed.until("payment.captured.v1").adding(Sample.voided).broken
        },
        Breaker(.m2, by: "a capture that fails when it was done") {
            Script.completed.until("payment.captured.v1").adding(
                PaymentEvent.captureFailed(
                    Sample.order.payment(), order: Sample.order, code: "expired")
            ).broken
        },
        Breaker(.m2, by: "a capture after one that failed") {
            Script.unpaid.until("payment.capture-failed.v1").adding(Sample.captured()).broken
        },
        Breaker(.m2, by: "a capture that fails and was not asked for") {
            Script.confirmed.adding(
                PaymentEvent.captureFailed(
                    Sample.order.payment(), order: Sample.order, code: "expired")
            ).broken
        },
        Breaker(.m2, by: "a payment that is declined when it was authorized") {
            Script.confirmed.adding(Sample.declined).broken
        },
        Breaker(.m2, by: "a payment that is asked for twice") {
            Script.awaitingPayment.adding(Sample.requested()).broken
        },
        Breaker(.m2, by: "another amount, when it is told again") {
            Script.completed.adding(Sample.captured(.eur(399))).broken
        },
        Breaker(.m3, by: "more than was authorized") {
            Script.completed.replacing("payment.captured.v1", with: Sample.captured(.eur(401)))
                .broken
        },
        Breaker(.m7, by: "a total that is not the sum") {
            Script([
                Line(fact: Sample.placed(total: .eur(399)), because: .command(7))
            ]).broken
        },
        Breaker(.m7, by: "shipping that is not in the total") {
            Script([
                Line(
                    fact: Sample.placed(adjustments: [
                        Adjustment(kind: .shipping, label: "", amount: .eur(1))
                    ]), because: .command(7))
            ]).broken
        },
        Breaker(.m7, by: "another amount asked for") {
            Script.awaitingPayment.replacing(
                "payment.requested.v1", with: Sample.requested(.eur(1))
            ).broken
        },
        Breaker(.m7, by: "another amount reserved") {
            Script.awaitingPayment.replacing("order.reserved.v1", with: Sample.reserved(.eur(1)))
                .broken
        },
        Breaker(.m8, by: "a tax in another currency") {
            Script([
                Line(
                    fact: Sample.placed(adjustments: [
                        Adjustment(
                            kind: .tax, label: "", amount: Money(amount: 0, currency: .usd),
                            isIncluded: true)
                    ]), because: .command(7))
            ]).broken
        },
        Breaker(.m8, by: "two currencies in one order") {
            Script([
                Line(
                    fact: Sample.placed(
                        lines: Sample.orderLines.dropLast() + [.of(.tea, 1, at: "1.00", .usd)]),
                    because: .command(7))
            ]).broken
        },
        Breaker(.m8, by: "a capture in another currency") {
            Script.completed.replacing(
                "payment.captured.v1",
                with: Sample.captured(Money(amount: 400, currency: .usd))
            ).broken
        },
        Breaker(.m9, by: "a capture for an order that was canceled") {
            Script.canceled.replacing("payment.voided.v1", with: Sample.captured()).broken
        },
        Breaker(.m11, by: "a second call when the outcome of the first is unknown") {
            Script.awaitingPayment.adding(
                PaymentEvent.deferred(
                    Sample.order.payment(), order: Sample.order, because: .unknown,
                    retryAt: Sample.moment(1))
            ).adding(
                PaymentEvent.attempted(
                    Sample.order.payment(), order: Sample.order, attempt: 2, isQuestion: false,
                    leaseUntil: Sample.moment(30)), .time, at: 5
            ).broken
        },
    ]
}
