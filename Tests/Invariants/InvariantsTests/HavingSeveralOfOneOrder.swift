// SPDX-License-Identifier: Apache-2.0
/// An order with several holds, payments and shipments: each of them is judged, and none is taken
/// for another.

import Contracts
import Invariants
import Kernel
import Ports
import SampleFacts
import Testing

@Suite struct `Several of one order` {
    private static let order = Sample.order
    private static let cups = movement(0, .main, .of(.cup, 3))
    private static let teas = movement(1, .north, .of(.tea, 1))

    private static func movement(
        _ ordinal: UInt32, _ warehouse: Warehouse, _ line: StockLine
    ) -> StockEvent.Movement {
        .init(hold: order.hold(ordinal), order: order, warehouse: warehouse, lines: [line])
    }

    private static func created(_ ordinal: UInt32) -> ShipmentEvent {
        .created(
            .init(
                shipment: order.shipment(ordinal), order: order, warehouse: .main, units: 2,
                recipient: .sample, start: .now(leaseUntil: Sample.moment(30))))
    }

    /// Held in two warehouses; the first payment was declined.
    private static let confirmed = Script([
        Line(fact: Sample.counted(.cup, 5), because: .command()),
        Line(
            fact: StockEvent.counted(StockKey(.tea, .north), onHand: 5, delta: 5),
            because: .command()),
        Line(fact: Sample.placed(), because: .command(7)),
        Line(fact: StockEvent.held(cups), because: .last(.orders)),
        Line(fact: StockEvent.held(teas), because: .last(.orders)),
        Line(fact: Sample.reserved(), because: .last(.inventory)),
        Line(fact: Sample.requested(), because: .last(.orders)),
        Line(fact: Sample.declined, because: .command()),
        Line(fact: Sample.requested(payment: order.payment(1)), because: .command()),
        Line(
            fact: PaymentEvent.authorized(order.payment(1), order: order, reference: "b"),
            because: .command()),
        Line(fact: Sample.confirmed, because: .last(.payments)),
        Line(fact: StockEvent.committed(cups), because: .last(.orders)),
        Line(fact: StockEvent.committed(teas), because: .last(.orders)),
        Line(fact: created(0), because: .last(.orders)),
        Line(fact: created(1), because: .last(.orders)),
    ])

    private static let completed = Script(
        confirmed.lines + [
            Line(fact: Sample.left, because: .command()),
            Line(fact: StockEvent.shipped(cups), because: .last(.shipping)),
            Line(
                fact: ShipmentEvent.shipped(
                    order.shipment(1), order: order, askAt: Sample.moment(600)),
                because: .command()),
            Line(fact: StockEvent.shipped(teas), because: .last(.shipping)),
            Line(
                fact: PaymentEvent.captureRequested(
                    order.payment(1), order: order, start: .now(leaseUntil: Sample.moment(30))),
                because: .last(.shipping)),
            Line(fact: OrderEvent.inFulfillment(order), because: .last(.shipping)),
            Line(
                fact: PaymentEvent.captured(order.payment(1), order: order, amount: Sample.total),
                because: .command()),
            Line(fact: OrderEvent.paid(order), because: .last(.payments)),
            Line(fact: Sample.arrived, because: .command()),
            Line(
                fact: ShipmentEvent.delivered(order.shipment(1), order: order),
                because: .command()),
            Line(fact: OrderEvent.completed(order), because: .last(.shipping)),
        ])

    /// Both parcels are stopped.
    private static let stopped = Script(
        confirmed.lines + [
            Line(
                fact: OrderEvent.canceling(
                    order, reason: .customerAsked, shipment: order.shipment()),
                because: .command(8)),
            Line(fact: Sample.parcelCanceled, because: .last(.orders)),
            Line(
                fact: ShipmentEvent.canceled(order.shipment(1), order: order),
                because: .last(.orders)),
            Line(fact: Sample.stopped(), because: .last(.shipping)),
        ])

    private static let canceled = Script(
        stopped.lines + [
            Line(
                fact: StockEvent.released(cups, wasAllocated: true), because: .last(.orders)),
            Line(
                fact: StockEvent.released(teas, wasAllocated: true), because: .last(.orders)),
            Line(fact: OrderEvent.stockReturned(order), because: .last(.inventory)),
            Line(
                fact: PaymentEvent.voided(order.payment(1), order: order),
                because: .last(.orders)),
            Line(fact: Sample.canceled, because: .last(.payments)),
        ])

    @Test func `a sound history breaks nothing, however far it has come`() {
        for script in [Self.completed, Self.canceled] {
            for end in script.lines.indices {
                let beginning = Script(Array(script.lines[...end]))
                #expect(beginning.told().findings.entries.map(\.examples) == [], "\(end)")
            }
        }
    }

    @Test func `stock of a second hold is not sold before the order is confirmed`() {
        let early = Script(
            Self.confirmed.until("order.reserved.v1").lines + [
                Line(fact: StockEvent.committed(Self.teas), because: .last(.orders))
            ])
        #expect(early.broken == [.o2])
    }

    @Test func `a second hold is not left behind by a cancellation`() {
        let left = Script(
            Self.canceled.lines.filter {
                $0.fact.of(StockEvent.self) != .released(Self.teas, wasAllocated: true)
            })
        #expect(left.broken == [.o7])
    }

    @Test func `nothing is given back before the last parcel is stopped`() {
        let early = Script(
            Self.stopped.lines.filter { line in
                line.fact.of(ShipmentEvent.self)
                    != .canceled(Self.order.shipment(1), order: Self.order)
            })
        #expect(early.broken == [.g2])
    }

    @Test(arguments: [(399, [.m7]), (400, []), (401, [.m7])] as [(Int64, [Rule])])
    func `a payment after a declined one asks for the total`(amount: Int64, rules: [Rule]) {
        let script = Script(Array(Self.confirmed.lines[..<8])).adding(
            Sample.requested(.eur(amount), payment: Self.order.payment(1)))
        #expect(script.broken == Set(rules))
    }

    @Test func `two payments that stand do not ask for twice the total`() {
        let twice = Script.awaitingPayment.adding(
            Sample.requested(payment: Self.order.payment(1)))
        #expect(twice.broken == [.m7])
    }

    @Test func `a second payment is not captured for an order that was canceled`() {
        var lines = Self.canceled.lines
        lines[lines.count - 2].fact = PaymentEvent.captured(
            Self.order.payment(1), order: Self.order, amount: Sample.total)
        #expect(Script(lines).broken == [.m9])
    }

    @Test func `ids follow from the order, one after the other`() {
        let skipped = Script.confirmed.adding(Self.created(2), .last(.orders))
        #expect(skipped.broken == [.g3])
    }

    @Test func `parcels do not carry more than was ordered`() {
        // The first one carries all.
        #expect(Script.confirmed.adding(Self.created(1), .last(.orders)).broken == [.g3])
    }

    @Test func `holds do not set aside more than was ordered`() {
        let twice = Script(
            Self.confirmed.until("order.reserved.v1").lines + [
                Line(
                    fact: StockEvent.held(Self.movement(2, .main, .of(.cup, 1))),
                    because: .last(.orders))
            ])
        #expect(twice.broken == [.s7])
    }

    @Test func `a payment stays with its order`() {
        let moved = Script.awaitingPayment.adding(
            PaymentEvent.authorized(Self.order.payment(), order: .stranger, reference: "a"))
        #expect(moved.broken.contains(.g3))
    }
}

@Suite struct `Logs in several shards` {
    /// Tells of an order whose hold stands in one shard of inventory, and that answers a fact of
    /// the shard `answered`.
    private func told(holdIn shard: Int, answered: Int) -> Ledger {
        let logs = [LogName("orders"), LogName("inventory", 0), LogName("inventory", 1)]
        let ledger = Ledger(logs: logs)
        let numbers = logs.compactMap { ledger.number(of: $0) }
        func note(_ fact: any Fact, _ log: Int, _ version: Int64, _ origin: Origin) {
            let position = ledger.head(of: numbers[log]) + 1
            ledger.note(
                fact,
                at: Place(
                    log: numbers[log], position: position, version: version,
                    previous: version - 1, origin: origin, at: Sample.moment(0)))
        }
        let command = Origin.command(InputID(high: 0, low: 7))
        note(Sample.placed(), 0, 1, command)
        note(Sample.counted(.cup, 5), 1, 1, command)
        note(Sample.counted(.tea, 5), 2, 1, command)
        note(
            StockEvent.held(
                .init(
                    hold: Sample.order.hold(), order: Sample.order, warehouse: .main,
                    lines: [.of(shard == 0 ? .cup : .tea, 1)])), 1 + shard, 1, .fact(numbers[0], 1))
        // The other shard goes as far.
        note(
            StockEvent.counted(StockKey(.cup, .north), onHand: 1, delta: 1),
            2 - shard, 1, command)
        note(Sample.reserved(), 0, 2, .fact(numbers[1 + answered], 2))
        ledger.settle()
        return ledger
    }

    @Test(arguments: [0, 1])
    func `an answer is judged by the log that it answers`(shard: Int) {
        #expect(told(holdIn: shard, answered: shard).findings.rules == [])
        #expect(told(holdIn: shard, answered: 1 - shard).findings.rules == [.o2])
    }

    @Test func `any service may have them, and others are passed over`() throws {
        var house = Inspected()
        house.logs += [LogName("payments", 1), LogName("shipping", 3), LogName("weather")]
        #expect(try house.broken == [])
        house.shelf.frames[LogName("payments", 1)] = house.shelf.frames[LogName("payments")]
        #expect(try house.broken.contains(.q5))
    }

    @Test func `a log that nobody checks has no number`() {
        let ledger = Ledger(logs: [LogName("orders"), LogName("weather")])
        #expect(ledger.number(of: LogName("weather")) == nil)
        #expect(ledger.number(of: LogName("inventory")) == nil)
        #expect(ledger.number(of: LogName("orders")) != nil)
    }
}
