// SPDX-License-Identifier: Apache-2.0
/// The timeline has a row for each fact about an order, of whatever shape, and none for others.

import Contracts
import Kernel
import MemoryAdapter
import OrderQueriesService
import Ports
import SampleFacts
import Testing

@testable import NodeEngine
@testable import Projections

@Suite struct `The timeline` {
    private let views = MemoryViews()
    private let changes: ViewChanges

    init() throws {
        let generation = try views.create(Timeline().schema)
        changes = ViewChanges(Timeline().schema, in: generation, of: views)
    }

    private static let samples: [(service: String, facts: [any Fact])] = [
        ("orders", OrderEvent.samples), ("inventory", StockEvent.samples),
        ("payments", PaymentEvent.samples), ("shipping", ShipmentEvent.samples),
        ("notifications", MessageEvent.samples),
    ]

    /// The rows of `facts`, told in their order.
    private func rows(
        _ facts: [any Fact], of log: LogName, cause: Cause = .time, trace: String? = nil
    ) throws -> [ViewRow] {
        let timeline = Timeline()
        for (index, fact) in facts.enumerated() {
            let provenance = Provenance(
                at: Timestamp(milliseconds: Int64(index)), cause: cause, trace: trace)
            let logged = LoggedFact(
                position: Int64(index + 1), fact: fact, provenance: provenance)
            try timeline.project(Envelope(logged, of: log), into: changes)
        }
        return changes.collect().flatMap(\.rows).compactMap(\.new)
    }

    @Test(arguments: samples.indices)
    func `has a row for each fact about an order`(index: Int) throws {
        let (service, facts) = Self.samples[index]
        let rows = try rows(facts, of: LogName(service, 2), trace: "00-1")
        let about = facts.filter { $0.correlation != nil }
        #expect(rows.count == about.count && rows.count > 4)
        let types = Timeline.table["type"].index
        #expect(
            rows.compactMap { $0[types].text }.sorted() == about.map(\.wireName.text).sorted())
        for row in rows {
            #expect(row[0].text?.hasPrefix("ord_") ?? false)
            #expect(row[2] == .text(service) && row[3] == .int(2))
            #expect(row[Timeline.table["trace"].index] == .text("00-1"))
        }
    }

    @Test func `has none for facts about articles and products`() throws {
        let counted = StockEvent.samples.filter { $0.correlation == nil }
        #expect(!counted.isEmpty)
        #expect(try rows(counted, of: LogName("inventory")).isEmpty)
    }

    @Test(
        arguments: [
            (Cause.time, "time"), (.elapsedTime, "elapsed-time"),
            (.fact(LogName("payments", 3), 17), "evt_payments/3/17"),
        ])
    func `says what brought a fact about`(cause: Cause, text: String) throws {
        let rows = try rows(OrderEvent.samples, of: LogName("orders"), cause: cause)
        for row in rows { #expect(row[Timeline.table["cause"].index] == .text(text)) }
    }

    /// Which log comes first, and where batches end, is nobody's to say.
    @Test func `has the same rows in any order of the logs, in batches of any size`() throws {
        let orders = told(OrderEvent.samples, in: LogName("orders"))
        let payments = told(PaymentEvent.samples, in: LogName("payments", 1))
        #expect(orders.count > 10 && payments.count > 10)
        let sideBySide = zip(payments, orders).flatMap { [$0, $1] }
            + orders.dropFirst(payments.count) + payments.dropFirst(orders.count)
        var all: [[[ViewRow]]] = []
        for envelopes in [orders + payments, payments + orders, sideBySide] {
            for batch in [1, 7, 1_000] { all.append(try filled(envelopes, batch)) }
        }
        #expect(all[0][0].count == orders.count + payments.count)
        for rows in all { #expect(rows == all[0]) }
        #expect(try filled(orders, 1_000) != all[0])
    }

    private func told(_ facts: [any Fact], in log: LogName) -> [Envelope] {
        facts.enumerated().map { index, fact in
            let provenance = Provenance(
                at: Timestamp(milliseconds: Int64(index / 3)), cause: .time, trace: nil)
            return Envelope(
                LoggedFact(position: Int64(index + 1), fact: fact, provenance: provenance),
                of: log)
        }
    }

    private func filled(_ envelopes: [Envelope], _ batch: Int) throws -> [[ViewRow]] {
        let views = MemoryViews()
        let generation = try views.create(Timeline().schema)
        let changes = ViewChanges(Timeline().schema, in: generation, of: views)
        for start in stride(from: 0, to: envelopes.count, by: batch) {
            for envelope in envelopes[start..<min(start + batch, envelopes.count)] {
                try Timeline().project(envelope, into: changes)
            }
            var commit = ViewBatch(generation)
            commit.changes = changes.collect()
            try views.commit(commit)
            changes.settle()
        }
        var publication = ViewBatch(generation)
        publication.isPublishing = true
        try views.commit(publication)
        return try views.answer(
            [.rows(ViewQuery(Timeline.table, limit: ViewQuery.limitMax))], of: Timeline().schema
        ).results
    }

    private static let principals: [(name: String, actor: String?)] = [
        ("anonymous", "anonymous"), ("shop:42", "shop:42"), ("ann.example.org", "ann.example.org"),
        ("ann@example.org", nil), ("@", nil), ("shop@", nil),
    ]

    @Test(arguments: principals)
    func `says who placed an order, unless that may be an e-mail address`(
        name: String, actor: String?
    ) throws {
        let rows = try rows([Marked.placed(by: .of(name))], of: LogName("orders"))
        #expect(rows.map { $0[Timeline.table["actor"].index] } == [.optional(actor)])
    }

    @Test(arguments: samples.indices)
    func `names nobody at other facts`(index: Int) throws {
        let (service, facts) = Self.samples[index]
        let (type, actor) = (Timeline.table["type"].index, Timeline.table["actor"].index)
        let others = try rows(facts, of: LogName(service))
            .filter { $0[type] != .text("order.placed.v1") }
        #expect(others.count > 4)
        for row in others { #expect(row[actor] == .null) }
    }

    /// Whoever is erased leaves nothing here: the marks stand in every fact, and in no row.
    @Test func `holds nothing of a person`() throws {
        for (service, facts) in Marked.facts {
            for fact in facts {
                var writer = WireWriter(binary: 500)
                fact.write(to: &writer)
                #expect(Marked.marks(in: [.bytes(writer.bytes)]) != [])
            }
            let rows = try rows(facts, of: LogName(service))
            #expect(rows.count >= facts.count)
            for row in rows { #expect(Marked.marks(in: row) == [], "\(row)") }
        }
        #expect(Marked.marks(in: [.null, .int(7), .text("Ann"), .bytes([1])]) == [])
        #expect(Marked.marks(in: [.text("to Ann Example, Leeds")]) == ["Ann Example"])
        #expect(Marked.marks(in: [.int(1), .bytes(Array("<ann@example.org>".utf8))]) != [])
    }
}

/// Facts about a person whose box is not sealed, so that whatever a row takes of it is seen.
private enum Marked {
    private static let person = PersonID(UUIDv7(milliseconds: 1, bucket: 2, entropy: 3))
    private static let recipient = Recipient(
        sealed: Sealed(
            person: person,
            box: Array("Ann Example <ann@example.org>, 1 High Street, LS1 1AA".utf8)),
        country: .of("GB"))

    private static let texts = [
        "Ann Example", "ann@example.org", "1 High Street", "LS1 1AA", "tok_of_ann", "user-17850",
        person.text,
    ]

    /// Those marks that some value of a row holds.
    static func marks(in row: ViewRow) -> [String] {
        texts.filter { mark in
            row.contains { value in
                let bytes = value.bytes ?? value.text.map { Array($0.utf8) } ?? []
                return bytes.indices.contains { bytes[$0...].starts(with: mark.utf8) }
            }
        }
    }

    static func placed(by principal: Principal) -> OrderEvent {
        .placed(
            .init(
                order: .sample, lines: [], adjustments: [], total: .eur(4_297),
                warehouse: .north, origin: OrderOrigin(customer: "user-17850"),
                recipient: recipient, paymentToken: "tok_of_ann", principal: principal,
                at: Timestamp(milliseconds: 0), remindAt: Timestamp(milliseconds: 1)))
    }

    private static let confirmed = OrderEvent.Confirmed(
        order: .sample, warehouse: .north, total: .eur(4_297), units: 11, recipient: recipient,
        remindAt: Timestamp(milliseconds: 1))

    private static let start = CallStart.later(since: Timestamp(milliseconds: 1))

    static let facts: [(service: String, facts: [any Fact])] = [
        (
            "orders",
            [
                placed(by: .of("ann@example.org")), OrderEvent.confirmed(confirmed),
                OrderEvent.cancelFailed(
                    .init(
                        order: .sample, reason: .customerAsked, total: .eur(4_297),
                        recipient: recipient)),
                OrderEvent.canceled(
                    .init(
                        order: .sample, reason: .customerAsked, total: .eur(4_297),
                        recipient: recipient)),
                OrderEvent.reminded(
                    .init(
                        order: .sample, step: .ship(confirmed),
                        remindAt: Timestamp(milliseconds: 1))),
            ]
        ),
        (
            "payments",
            [
                PaymentEvent.requested(
                    .init(
                        payment: OrderID.sample.payment(), order: .sample, amount: .eur(4_297),
                        token: "tok_of_ann", start: start, callUntil: Timestamp(milliseconds: 1)))
            ]
        ),
        (
            "shipping",
            [
                ShipmentEvent.created(
                    .init(
                        shipment: OrderID.sample.shipment(), order: .sample, warehouse: .north,
                        units: 11, recipient: recipient, start: start))
            ]
        ),
        (
            "notifications",
            [
                MessageEvent.queued(
                    .init(
                        message: OrderID.sample.message(.orderConfirmed), order: .sample,
                        kind: .orderConfirmed, total: .eur(4_297), recipient: recipient,
                        start: start))
            ]
        ),
    ]
}
