// SPDX-License-Identifier: Apache-2.0
/// What was sold, when, and what was canceled: every order counts once, in one row of each report.

import Contracts
import Foundation
import Kernel
import MemoryAdapter
import Ports
import ReportingDomain
import ReportingService
import SampleFacts
import Testing

@testable import NodeEngine
@testable import Projections

/// Sums that follow from some facts of orders.
private final class Ledger {
    let views = MemoryViews()
    private let generation: ViewGeneration
    private let changes: ViewChanges
    private var position: Int64 = 0

    init() throws {
        generation = try views.create(Sales().schema)
        changes = ViewChanges(Sales().schema, in: generation, of: views)
    }

    func tell(_ event: OrderEvent, at milliseconds: Int64) throws {
        position += 1
        let provenance = Provenance(
            at: Timestamp(milliseconds: milliseconds), cause: .time, trace: nil)
        let logged = LoggedFact(position: position, fact: event, provenance: provenance)
        try Sales().project(Envelope(logged, of: LogName("orders")), into: changes)
    }

    func commit() throws {
        var batch = ViewBatch(generation)
        batch.changes = changes.collect()
        batch.isPublishing = true
        try views.commit(batch)
        changes.settle()
    }

    func report(
        _ unit: PeriodUnit = .day, _ grouping: SalesReport.Grouping = .total, in zone: Zone = .utc,
        from: String = "2010-10-30", to: String = "2010-11-02"
    ) throws -> SalesReport {
        try commit()
        let from = try #require(LocalDate(text: from))
        let to = try #require(LocalDate(text: to))
        return try SalesReport(
            zone.periods(unit, from: from, to: to), by: grouping, from: views)
    }
}

/// An order of the sample's lines, told step by step.
private struct Story {
    let id: OrderID
    let placedAt: Int64
    var origin = OrderOrigin.unknown
    var adjustments: [Adjustment] = []
    var lines: [OrderLine] = [.of(.tea, 2, at: "10.00"), .of(.cup, 1, at: "2.50")]
    var total = Money.eur(2_250)

    init(_ number: UInt64, at placedAt: Int64) {
        id = OrderID(UUIDv7(high: 0x7000, low: 1 << 63 | number))
        self.placedAt = placedAt
    }

    var placed: OrderEvent {
        .placed(
            .init(
                order: id, lines: lines, adjustments: adjustments, total: total,
                warehouse: .main, origin: origin, recipient: .sample, paymentToken: "tok_ok",
                principal: .shop, at: Timestamp(milliseconds: placedAt), remindAt: Timestamp(milliseconds: 0)))
    }

    var reserved: OrderEvent {
        .reserved(
            .init(order: id, amount: total, paymentToken: "tok_ok", expiresAt: Timestamp(milliseconds: 0)))
    }

    var confirmed: OrderEvent {
        .confirmed(
            .init(
                order: id, warehouse: .main, total: total, units: 3, recipient: .sample,
                remindAt: Timestamp(milliseconds: 0)))
    }

    var canceled: OrderEvent {
        .canceled(
            .init(order: id, reason: .customerAsked, total: total, recipient: .sample))
    }
}

@Suite struct `Summing up sales` {
    /// 2010-10-31T12:00:00Z, a Sunday.
    private static let noon: Int64 = 1_288_526_400_000
    private static let hour: Int64 = 3_600_000

    private func value(
        _ name: String, _ row: SalesReport.Row?, _ grouping: SalesReport.Grouping = .total
    ) throws -> Int64 {
        let columns = SalesReport.columns(of: grouping)
        let place = try #require(columns.firstIndex { $0.name == name })
        return try #require(row).values[place]
    }

    @Test func `counts an order once its stock is held, when it was placed`() throws {
        let ledger = try Ledger()
        var story = Story(1, at: Self.noon)
        story.adjustments = [
            Adjustment(kind: .shipping, label: "", amount: .eur(490)),
            Adjustment(kind: .discount, label: "", amount: .eur(100)),
            Adjustment(kind: .tax, label: "", amount: .eur(359), isIncluded: true),
        ]
        story.total = .eur(2_640)
        try ledger.tell(story.placed, at: Self.noon)
        var row = try ledger.report().rows.first
        #expect(try value("placed", row) == 1 && value("orders", row) == 0)
        try ledger.tell(story.reserved, at: Self.noon + 48 * Self.hour)
        let rows = try ledger.report().rows
        row = rows.first
        #expect(rows.count == 1 && row?.period.label == "2010-10-31" && row?.currency == "EUR")
        for (name, sum) in [
            ("orders", 1), ("units", 3), ("revenue", 2_640), ("tax", 359), ("discounts", 100),
            ("shipping", 490), ("rejected", 0), ("canceled", 0),
        ] as [(String, Int64)] {
            #expect(try value(name, row) == sum, "\(name)")
        }
    }

    @Test func `does not count what was refused`() throws {
        let ledger = try Ledger()
        let story = Story(1, at: Self.noon)
        try ledger.tell(story.placed, at: Self.noon)
        try ledger.tell(.rejected(story.id, short: []), at: Self.noon)
        let row = try ledger.report().rows.first
        #expect(try value("placed", row) == 1 && value("rejected", row) == 1)
        #expect(try value("orders", row) == 0 && value("revenue", row) == 0)
        #expect(try ledger.report(.day, .product).rows.isEmpty)
    }

    @Test func `counts an order on its day and its cancellation on its own`() throws {
        let ledger = try Ledger()
        let story = Story(1, at: Self.noon)
        try ledger.tell(story.placed, at: Self.noon)
        try ledger.tell(story.reserved, at: Self.noon)
        try ledger.tell(story.canceled, at: Self.noon + 24 * Self.hour)
        let rows = try ledger.report().rows
        #expect(rows.map(\.period.label) == ["2010-10-31", "2010-11-01"])
        #expect(try value("orders", rows.first) == 1 && value("canceled", rows.first) == 1)
        #expect(try value("revenue", rows.first) == 2_250)
        #expect(try value("canceled_orders", rows.first) == 0)
        #expect(try value("orders", rows.last) == 0 && value("canceled", rows.last) == 0)
        #expect(try value("canceled_orders", rows.last) == 1)
        #expect(try value("canceled_units", rows.last) == 3)
        #expect(try value("canceled_revenue", rows.last) == 2_250)
        let articles = try ledger.report(.day, .product).rows
        #expect(articles.map(\.group) == [SKU.cup.code, SKU.tea.code, SKU.cup.code, SKU.tea.code])
        #expect(try value("revenue", articles[1], .product) == 2_000)
        #expect(try value("canceled_revenue", articles[3], .product) == 2_000)
        #expect(try value("canceled_units", articles[2], .product) == 1)
    }

    @Test func `knows no cancellation of what never counted`() throws {
        let ledger = try Ledger()
        let story = Story(1, at: Self.noon)
        try ledger.tell(story.placed, at: Self.noon)
        try ledger.tell(story.canceled, at: Self.noon)
        let row = try ledger.report().rows.first
        #expect(try value("placed", row) == 1 && value("canceled", row) == 0)
        #expect(try value("canceled_orders", row) == 0)
    }

    @Test func `follows an order to its end`() throws {
        let ledger = try Ledger()
        let story = Story(1, at: Self.noon)
        for event in [
            story.placed, story.reserved, story.confirmed, .inFulfillment(story.id),
            .paid(story.id), .delivered(story.id), .completed(story.id),
        ] {
            try ledger.tell(event, at: Self.noon + 5 * Self.hour)
            try ledger.commit()
        }
        let row = try ledger.report().rows.first
        for name in ["placed", "orders", "confirmed", "shipped", "completed"] {
            #expect(try value(name, row) == 1, "\(name)")
        }
        // Nothing is kept of an order that has ended.
        let open = try ledger.views.answer(
            [.count(Sales.open, [], atMost: 10)], of: Sales().schema)
        #expect(open.count(0) == 0)
        #expect(throws: SalesFailure.unknownOrder(story.id.text)) {
            try ledger.tell(story.canceled, at: Self.noon)
        }
    }

    @Test func `puts an order into the day of a place`() throws {
        let ledger = try Ledger()
        // 2010-10-31T23:30Z is the first of November in Berlin, and still October in New York.
        let story = Story(1, at: Self.noon + 11 * Self.hour + Self.hour / 2)
        try ledger.tell(story.placed, at: story.placedAt)
        try ledger.tell(story.reserved, at: story.placedAt)
        let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
        let zone = Zone("Europe/Berlin") { instant in
            let date = Date(timeIntervalSince1970: Double(instant.milliseconds) / 1_000)
            return Int64(berlin.secondsFromGMT(for: date)) * 1_000
        }
        #expect(try ledger.report(in: zone).rows.first?.period.label == "2010-11-01")
        #expect(try ledger.report().rows.first?.period.label == "2010-10-31")
    }

    /// The sums of the parts are the whole, whatever the parts are, and however facts were batched.
    @Test(arguments: [1, 7, 1_000])
    func `is the same in parts as in all`(batch: Int) throws {
        let ledger = try Ledger()
        var random = Draws(state: 42)
        var (orders, revenue, canceled): (Int64, Int64, Int64) = (0, 0, 0)
        for number in 0..<200 as Range<UInt64> {
            var story = Story(number, at: Self.noon + Int64(random.next() % 100) * 600_000)
            story.origin = OrderOrigin(
                source: ["web", "pos", nil][Int(random.next() % 3)],
                region: ["DE-BY", nil][Int(random.next() % 2)])
            try ledger.tell(story.placed, at: story.placedAt)
            if random.next() % 5 > 0 {
                try ledger.tell(story.reserved, at: story.placedAt)
                orders += 1
                revenue += story.total.amount
                if random.next() % 4 == 0 {
                    try ledger.tell(story.canceled, at: story.placedAt + 7_000_000)
                    canceled += 1
                }
            }
            if Int(number) % batch == 0 { try ledger.commit() }
        }
        for unit in PeriodUnit.allCases {
            for grouping in SalesReport.Grouping.allCases where grouping != .product {
                let rows = try ledger.report(unit, grouping).rows
                #expect(try rows.reduce(0) { try $0 + value("orders", $1) } == orders)
                #expect(try rows.reduce(0) { try $0 + value("revenue", $1) } == revenue)
                #expect(try rows.reduce(0) { try $0 + value("canceled_orders", $1) } == canceled)
            }
            let rows = try ledger.report(unit, .product).rows
            #expect(
                try rows.reduce(0) { try $0 + value("revenue", $1, .product) } == revenue)
        }
    }

    @Test func `is CSV that begins no formula and breaks no line`() throws {
        let ledger = try Ledger()
        let sources = ["=1+2", "+x", "-x", "@x", "a,b", "say\"so\"", "web"]
        for (number, source) in sources.enumerated() {
            var story = Story(UInt64(number), at: Self.noon)
            story.origin = OrderOrigin(source: source)
            try ledger.tell(story.placed, at: Self.noon)
            try ledger.tell(story.reserved, at: Self.noon)
        }
        let lines = try ledger.report(.month, .source).csv.split(separator: "\r\n")
        #expect(
            lines.first == """
                period,source,currency,placed,rejected,orders,units,revenue,tax,discounts,shipping,\
                confirmed,shipped,completed,canceled,canceled_orders,canceled_units,canceled_revenue
                """)
        #expect(
            Set(lines.dropFirst().map { String($0.dropFirst(8).split(separator: ",EUR,")[0]) }) == [
                "'=1+2", "'+x", "'-x", "'@x", "\"a,b\"", "\"say\"\"so\"\"\"", "web",
            ])
        #expect(lines.last?.contains(",1,0,1,3,22.50,0.00,") == true)
    }

    @Test func `is JSON in minor units`() throws {
        let ledger = try Ledger()
        let story = Story(1, at: Self.noon)
        try ledger.tell(story.placed, at: Self.noon)
        try ledger.tell(story.reserved, at: Self.noon)
        let text = String(decoding: try ledger.report(.day, .country).json, as: UTF8.self)
        #expect(
            text == """
                [{"period":"2010-10-31","start":"2010-10-31T00:00:00.000Z",\
                "end":"2010-11-01T00:00:00.000Z","country":"GB","currency":"EUR","placed":1,\
                "rejected":0,"orders":1,"units":3,"revenue":2250,"tax":0,"discounts":0,\
                "shipping":0,"confirmed":0,"shipped":0,"completed":0,"canceled":0,\
                "canceledOrders":0,"canceledUnits":0,"canceledRevenue":0}]
                """)
    }
}

/// The same numbers each time.
private struct Draws {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }
}
