// SPDX-License-Identifier: Apache-2.0
/// The read model of sales in memory, told fact by fact, and orders to tell it of.

import Contracts
import Kernel
import MemoryAdapter
import Ports
import ReportingService
import SampleFacts
import SystemAdapter
import Testing

@testable import NodeEngine
@testable import Projections

/// Sums that follow from some facts of orders.
final class SalesBook {
    let views = MemoryViews()
    private let generation: ViewGeneration
    private let changes: ViewChanges
    private var position: Int64 = 0

    init() throws {
        generation = try views.create(Sales().schema)
        changes = ViewChanges(Sales().schema, in: generation, of: views)
    }

    func tell(_ event: OrderEvent, at moment: Timestamp) throws {
        position += 1
        let provenance = Provenance(at: moment, cause: .time, trace: nil)
        let logged = LoggedFact(position: position, fact: event, provenance: provenance)
        try Sales().project(Envelope(logged, of: LogName("orders")), into: changes)
    }

    func tell(_ events: [OrderEvent], at moment: Timestamp) throws {
        for event in events { try tell(event, at: moment) }
    }

    func commit() throws {
        var batch = ViewBatch(generation)
        batch.changes = changes.collect()
        batch.isPublishing = true
        try views.commit(batch)
        changes.settle()
    }

    /// Rows of a table, as they are stored.
    func rows(_ table: ViewTable) throws -> [ViewRow] {
        try commit()
        return try views.answer([.rows(ViewQuery(table))], of: Sales().schema).results[0]
    }

    func report(
        _ kind: ReportQuestion.Kind = .sales, by unit: String = "day", in zone: String = "UTC",
        group: String? = nil, from: String = "2010-10-30", to: String = "2010-11-03"
    ) async throws -> SalesReport {
        try commit()
        let options: [ReportQuestion.Option: String?] = [
            .from: from, .to: to, .by: unit, .zone: zone, .group: group,
        ]
        let question = try ReportQuestion(kind, zones: SystemTimeZones()) { options[$0] ?? nil }
        return try await SalesReport(question, from: views)
    }
}

extension SalesReport {
    /// The value of the column `name` in a row; one that is missing fails the test.
    func value(_ name: String, _ row: Int = 0) throws -> Int64 {
        let place = try #require(columns.firstIndex { $0.name == name })
        try #require(rows.indices.contains(row))
        return rows[row].values[place]
    }

    /// Those values of a row that are not 0.
    func figures(_ row: Int = 0) -> [String: Int64] {
        guard rows.indices.contains(row) else { return [:] }
        return Dictionary(uniqueKeysWithValues: zip(columns.map(\.name), rows[row].values))
            .filter { $0.value != 0 }
    }

    func sum(_ name: String) throws -> Int64 {
        try rows.indices.reduce(0) { try $0 + value(name, $1) }
    }
}

/// An order of two articles, whose facts are told one by one.
struct SaleStory {
    let id: OrderID
    let placedAt: Timestamp
    var origin = OrderOrigin.unknown
    var country = Country.of("GB")
    var adjustments: [Adjustment] = []
    var lines: [OrderLine] = [.of(.tea, 2, at: "10.00"), .of(.cup, 1, at: "2.50")]
    var total = Money.eur(2_250)

    init(_ number: UInt64 = 1, at placedAt: Timestamp) {
        id = OrderID(UUIDv7(high: 0x7000, low: 1 << 63 | number))
        self.placedAt = placedAt
    }

    private static let later = Timestamp(milliseconds: 0)

    private var recipient: Recipient {
        Recipient(sealed: Recipient.sample.sealed, country: country)
    }

    var units: Int64 { lines.reduce(0) { $0 + Int64($1.quantity.units) } }

    var placed: OrderEvent {
        .placed(
            .init(
                order: id, lines: lines, adjustments: adjustments, total: total,
                warehouse: .main, origin: origin, recipient: recipient, paymentToken: "tok_ok",
                principal: .shop, at: placedAt, remindAt: Self.later))
    }

    var reserved: OrderEvent {
        .reserved(.init(order: id, amount: total, paymentToken: "tok_ok", expiresAt: Self.later))
    }

    var confirmed: OrderEvent {
        .confirmed(
            .init(
                order: id, warehouse: .main, total: total, units: units, recipient: recipient,
                remindAt: Self.later))
    }

    var canceled: OrderEvent {
        .canceled(.init(order: id, reason: .customerAsked, total: total, recipient: recipient))
    }

    /// Placed and held at once.
    var sold: [OrderEvent] { [placed, reserved] }
}
