// SPDX-License-Identifier: Apache-2.0
/// `ordersim bench ledger`: what the checks of every step cost for one order, decoding apart.

import ArgumentParser
import Contracts
import Foundation
import Invariants
import Kernel
import Ports

struct BenchLedger: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Checks at every step: nanoseconds an order, from placed to completed.",
        discussion: """
            Whole sagas of nineteen facts are told to the ledger of the invariants, one commit for \
            every few facts. Making the facts is not counted.
            """)

    @Option(help: "Orders to check.")
    var orders = 200_000

    @Option(help: "Orders that one ledger sees, as one run of a simulation would.")
    var each = 2_000

    @Option(help: "Lines of an order.")
    var lines = 3

    @Option(help: "Different articles.")
    var articles = 1_000

    func validate() throws {
        guard orders > 0, each > 0, lines > 0, articles >= lines else {
            throw ValidationError("Counts are positive; there are at least as many articles.")
        }
    }

    func run() throws {
        var sagas = SampleSagas(lines: lines, articles: articles, orders: each)
        let told = sagas.make()
        var seconds = 0.0
        var events = 0
        var checked = 0
        var breaches = 0
        while checked < orders {
            let start = ContinuousClock.now
            let ledger = Ledger(capacity: each)
            for fact in told { fact.tell(ledger) }
            ledger.checkCauses()
            let spent = ContinuousClock.now - start
            seconds += spent / .seconds(1)
            events += told.count { if case .commit = $0 { false } else { true } }
            checked += each
            breaches += ledger.findings.entries.reduce(0) { $0 + $1.breaches }
        }
        print(
            String(
                format: "ledger       %.0f ns an order, %.1f ns an event (%d orders, %d events)",
                seconds / Double(checked) * 1e9, seconds / Double(events) * 1e9, checked, events))
        print("breaches     \(breaches)")
        if breaches > 0 { throw ExitCode(1) }
    }
}

/// A fact with its place, typed, or the end of a commit.
private enum ToldFact {
    case order(OrderEvent, Place)
    case stock(StockEvent, Place)
    case payment(PaymentEvent, Place)
    case shipment(ShipmentEvent, Place)
    case message(MessageEvent, Place)
    case commit

    func tell(_ ledger: Ledger) {
        switch self {
        case .order(let event, let place): ledger.note(event, at: place)
        case .stock(let event, let place): ledger.note(event, at: place)
        case .payment(let event, let place): ledger.note(event, at: place)
        case .shipment(let event, let place): ledger.note(event, at: place)
        case .message(let event, let place): ledger.note(event, at: place)
        case .commit: ledger.settle()
        }
    }
}

/// Sagas that go straight through, as they would be logged.
private struct SampleSagas {
    let lines: Int
    let articles: Int
    let orders: Int
    private let ledger = Ledger()
    private var heads: [String: Int64] = [:]
    private var streams: [UInt64: (version: Int64, last: Int64)] = [:]
    private var told: [ToldFact] = []

    init(lines: Int, articles: Int, orders: Int) {
        self.lines = lines
        self.articles = articles
        self.orders = orders
    }

    mutating func make() -> [ToldFact] {
        guard let main = Warehouse("main") else { return [] }
        let skus = (0..<articles).compactMap { SKU("ART-\($0)") }
        for (number, sku) in skus.enumerated() {
            let place = place("inventory", UInt64(number) + 1, nil)
            told.append(
                .stock(
                    .counted(StockKey(sku, main), onHand: 1_000_000, delta: 1_000_000), place))
        }
        for number in 0..<orders { add(number, skus, main) }
        return told
    }

    private mutating func place(_ service: String, _ stream: UInt64, _ answers: String?) -> Place {
        let position = (heads[service] ?? 0) + 1
        heads[service] = position
        let known = streams[stream] ?? (0, 0)
        streams[stream] = (known.version + 1, position)
        var origin = Origin.command(InputID(high: stream, low: UInt64(position)))
        if let answers, let log = ledger.number(of: LogName(answers)) {
            origin = .fact(log, heads[answers] ?? 0)
        }
        guard let log = ledger.number(of: LogName(service)) else {
            preconditionFailure("a ledger knows every log")
        }
        return Place(
            log: log, position: position, version: known.version + 1, previous: known.last,
            origin: origin, at: Timestamp(milliseconds: 0))
    }

    private mutating func add(_ number: Int, _ skus: [SKU], _ main: Warehouse) {
        let id = OrderID(
            UUIDv7(
                milliseconds: Int64(number), bucket: 7,
                entropy: UInt64(number + 1) &* 0x9e37_79b9_7f4a_7c15))
        let now = Timestamp(milliseconds: 0)
        let wanted = (0..<lines).map { skus[(number * 7 + $0 * 31) % skus.count] }
        guard let one = Quantity(1), let price = UnitPrice(decimal: "1.00", currency: .eur) else {
            return
        }
        let orderLines = wanted.compactMap {
            try? OrderLine(sku: $0, quantity: one, unitPrice: price)
        }
        let total = Money(amount: Int64(100 * lines), currency: .eur)
        let sealed = Sealed(person: PersonID(UUIDv7(high: 0, low: 1)), box: [])
        guard let country = Country("GB") else { return }
        let recipient = Recipient(sealed: sealed, country: country)
        let movement = StockEvent.Movement(
            hold: id.hold(), order: id, warehouse: main,
            lines: wanted.map { StockLine(sku: $0, units: 1) })
        order(
            id,
            .placed(
                .init(
                    order: id, lines: orderLines, adjustments: [], total: total, warehouse: main,
                    origin: .unknown, recipient: recipient, paymentToken: "tok",
                    principal: .anonymous, at: now,
                    remindAt: now)), nil)
        stock(movement.hold, .held(movement), "orders")
        order(
            id, .reserved(.init(order: id, amount: total, paymentToken: "tok", expiresAt: now)),
            "inventory")
        payment(
            id,
            .requested(
                .init(
                    payment: id.payment(), order: id, amount: total, token: "tok",
                    start: .now(leaseUntil: now),
                    callUntil: now)), "orders")
        told.append(.commit)
        confirm(id, movement, total, recipient)
        finish(id, movement, total)
    }

    private mutating func confirm(
        _ id: OrderID, _ movement: StockEvent.Movement, _ total: Money, _ recipient: Recipient
    ) {
        let now = Timestamp(milliseconds: 0)
        let confirmed = OrderEvent.Confirmed(
            order: id, warehouse: movement.warehouse, total: total, units: Int64(lines),
            recipient: recipient, remindAt: now)
        payment(id, .authorized(id.payment(), order: id, reference: "r"), nil)
        order(id, .confirmed(confirmed), "payments")
        stock(movement.hold, .committed(movement), "orders")
        shipment(
            id,
            .created(
                .init(
                    shipment: id.shipment(), order: id, warehouse: movement.warehouse,
                    units: Int64(lines), recipient: recipient,
                    start: .now(leaseUntil: now))), "orders")
        message(
            id,
            .queued(
                .init(
                    message: id.message(.orderConfirmed), order: id, kind: .orderConfirmed,
                    total: total, recipient: recipient, start: .now(leaseUntil: now))), "orders")
        told.append(.commit)
        shipment(id, .labeled(id.shipment(), order: id, tracking: "t", askAt: now), nil)
        message(id, .sent(id.message(.orderConfirmed), order: id), nil)
        told.append(.commit)
    }

    private mutating func finish(
        _ id: OrderID, _ movement: StockEvent.Movement, _ total: Money
    ) {
        let now = Timestamp(milliseconds: 0)
        shipment(id, .shipped(id.shipment(), order: id, askAt: now), nil)
        order(id, .inFulfillment(id), "shipping")
        stock(movement.hold, .shipped(movement), "shipping")
        let start = CallStart.now(leaseUntil: now)
        payment(id, .captureRequested(id.payment(), order: id, start: start), "shipping")
        told.append(.commit)
        payment(id, .captured(id.payment(), order: id, amount: total), nil)
        order(id, .paid(id), "payments")
        told.append(.commit)
        shipment(id, .delivered(id.shipment(), order: id), nil)
        order(id, .completed(id), "shipping")
        told.append(.commit)
    }

    private mutating func order(_ id: OrderID, _ event: OrderEvent, _ answers: String?) {
        told.append(.order(event, place("orders", id.raw.low, answers)))
    }

    private mutating func stock(_ id: HoldID, _ event: StockEvent, _ answers: String?) {
        told.append(.stock(event, place("inventory", id.raw.low, answers)))
    }

    private mutating func payment(_ id: OrderID, _ event: PaymentEvent, _ answers: String?) {
        told.append(.payment(event, place("payments", id.payment().raw.low, answers)))
    }

    private mutating func shipment(_ id: OrderID, _ event: ShipmentEvent, _ answers: String?) {
        told.append(.shipment(event, place("shipping", id.shipment().raw.low, answers)))
    }

    private mutating func message(_ id: OrderID, _ event: MessageEvent, _ answers: String?) {
        let stream = id.message(.orderConfirmed).raw.low
        told.append(.message(event, place("notifications", stream, answers)))
    }
}
