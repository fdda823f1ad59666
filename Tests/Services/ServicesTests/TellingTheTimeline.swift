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
    func `says what brought a fact about, and who asked for it`(
        cause: Cause, text: String
    ) throws {
        let rows = try rows(OrderEvent.samples, of: LogName("orders"), cause: cause)
        let (type, actor) = (Timeline.table["type"].index, Timeline.table["actor"].index)
        for row in rows {
            #expect(row[Timeline.table["cause"].index] == .text(text))
            #expect(row[actor].isNull == (row[type] != .text("order.placed.v1")))
        }
    }

    /// What is sealed stays so: no column holds a part of a fact's data but who asked for it.
    @Test func `holds nothing of a person`() throws {
        for (service, facts) in Self.samples {
            for row in try rows(facts, of: LogName(service)) {
                #expect(row.count == 9)
                for value in row { #expect(value.bytes == nil) }
            }
        }
    }
}
