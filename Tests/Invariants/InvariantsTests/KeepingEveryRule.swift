// SPDX-License-Identifier: Apache-2.0
/// Histories as a sound house writes them break nothing, whatever way they go.

import Contracts
import Invariants
import Kernel
import SampleFacts
import Testing

@Suite struct `Keeping every rule` {
    static let sound: [(String, Script)] = [
        ("completed", .completed), ("canceled", .canceled), ("rejected", .rejected),
        ("delivered and not paid", .unpaid),
        ("an unknown outcome, asked about", unknown), ("a parcel that left", tooLate),
        ("canceled before it was held", early), ("told again", toldAgain),
        ("availability announced", announced),
        ("products put, described anew, withdrawn and put back", .products),
    ]

    @Test(arguments: 0..<sound.count)
    func `a sound history`(_ number: Int) {
        let (name, script) = Self.sound[number]
        #expect(script.told().findings.entries.map(\.examples) == [], "\(name)")
    }

    @Test(arguments: 0..<sound.count)
    func `every beginning of a sound history`(_ number: Int) {
        let lines = Self.sound[number].1.lines
        for end in lines.indices { #expect(Script(Array(lines[...end])).broken == []) }
    }

    /// What answers is noted before what it answers: it is judged when both are known.
    @Test func `logs that are noted one after another`() {
        var telling = Telling()
        let places = Script.completed.lines.map { ($0, telling.place(of: $0)) }
        let ledger = Ledger()
        for service in ServiceChecks.all {
            for (line, place) in places where line.service == service.name {
                ledger.note(line.fact, at: place)
            }
        }
        ledger.settle()
        ledger.checkCauses()
        #expect(ledger.findings.entries.map(\.examples) == [])
    }

    /// The orders were read first and the others went on: a running house is not blamed.
    @Test(arguments: 0..<Script.canceled.lines.count)
    func `orders that were read earlier than the rest`(_ count: Int) {
        var telling = Telling()
        let places = Script.canceled.lines.map { ($0, telling.place(of: $0)) }
        let ledger = Ledger()
        for (line, place) in places.prefix(count) where line.service == .orders {
            ledger.note(line.fact, at: place)
        }
        for (line, place) in places where line.service != .orders {
            ledger.note(line.fact, at: place)
        }
        ledger.settle()
        #expect(ledger.findings.entries.map(\.examples) == [])
    }

    private static let unknown: Script = {
        let (payment, order) = (Sample.order.payment(), Sample.order)
        var script = Script.awaitingPayment
        for fact: PaymentEvent in [
            .deferred(payment, order: order, because: .unknown, retryAt: Sample.moment(9)),
            .attempted(
                payment, order: order, attempt: 2, isQuestion: true, leaseUntil: Sample.moment(40)),
            .attempted(
                payment, order: order, attempt: 3, isQuestion: false,
                leaseUntil: Sample.moment(40)),
            .deferred(payment, order: order, because: .unavailable, retryAt: Sample.moment(50)),
            .attempted(
                payment, order: order, attempt: 4, isQuestion: false,
                leaseUntil: Sample.moment(80)), Sample.authorized,
        ] { script = script.adding(fact, .time, at: 50) }
        return script
    }()

    private static let tooLate: Script = {
        var lines = Script.completed.lines
        guard
            let left = lines.firstIndex(where: {
                $0.fact.wireName.text == "order.in-fulfillment.v1"
            })
        else { return Script.completed }
        lines[left].because = .last(.shipping)
        lines.insert(
            Line(fact: Sample.sent(.orderCancelFailed), because: .command()), at: left + 1)
        lines.insert(
            Line(fact: Sample.queued(.orderCancelFailed), because: .fact(.orders, 5)), at: left + 1)
        lines.insert(
            Line(fact: Sample.cancelFailed, because: .last(.shipping)), at: left)
        lines.insert(
            Line(
                fact: OrderEvent.canceling(
                    Sample.order, reason: .merchantAsked, shipment: Sample.order.shipment()),
                because: .command(9)), at: left)
        return Script(lines)
    }()

    /// The warehouse hears of the end before it hears of the beginning.
    private static let early = Script([
        Line(fact: Sample.counted(.cup, 5), because: .command()),
        Line(fact: Sample.placed(), because: .command(7)),
        Line(
            fact: OrderEvent.canceling(Sample.order, reason: .customerAsked, shipment: nil),
            because: .command(8)),
        Line(fact: Sample.stopped(payment: false), because: .command(8)),
        Line(
            fact: StockEvent.released(Sample.movement.toldAgain, wasAllocated: false),
            because: .fact(.orders, 3)),
        Line(fact: Sample.canceled, because: .last(.inventory)),
    ])

    /// Listed, counted, held and given back, each with what can be had then.
    private static let announced: Script = {
        func changed(_ levels: (SKU, Int64, Int64)...) -> StockEvent {
            .changed(
                levels.map {
                    StockLevel(StockKey($0.0, .main), available: $0.1, announcement: $0.2)
                })
        }
        let counts = [
            Line(fact: StockEvent.listed(.main, skus: [.tea, .cup]), because: .command()),
            Line(fact: Sample.counted(.cup, 15), because: .command()),
            Line(fact: changed((.cup, 12, 1)), because: .command()),
            Line(fact: Sample.counted(.tea, 5), because: .command()),
            Line(fact: changed((.tea, 5, 1)), because: .command()),
        ]
        return Script(counts + Script.canceled.lines.dropFirst(2))
            .inserting(changed((.tea, 4, 2)), before: "order.reserved.v1")
            .inserting(changed((.tea, 5, 3)), before: "payment.void-requested.v1")
    }()

    private static let toldAgain: Script = {
        let reminded = OrderEvent.reminded(
            .init(
                order: Sample.order, step: .hold(warehouse: .main, lines: Sample.lines),
                remindAt: Sample.moment(120)))
        return Script.awaitingPayment.until("stock.held.v1").adding(reminded, .time, at: 60)
            .adding(StockEvent.held(Sample.movement.toldAgain), .last(.orders))
            .adding(Sample.reserved(), .fact(.inventory, 3))
    }()
}
