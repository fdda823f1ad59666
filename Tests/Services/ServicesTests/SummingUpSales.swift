// SPDX-License-Identifier: Apache-2.0
/// What was sold, when, and what was canceled: every order counts once, where it was placed.

import Contracts
import Kernel
import Ports
import ReportingDomain
import ReportingService
import SampleFacts
import Testing

@testable import Projections

@Suite struct `Summing up sales` {
    /// 2010-10-31T12:00:00Z, a Sunday.
    private static let noon = Timestamp(milliseconds: 1_288_526_400_000)
    private let book: SalesBook

    init() throws { book = try SalesBook() }

    @Test func `counts an order once its stock is held, when it was placed`() async throws {
        let story = SaleStory(at: Self.noon)
        try book.tell(story.placed, at: Self.noon)
        #expect(try await book.report().rows.isEmpty)
        try book.tell(story.reserved, at: Self.noon.advanced(by: .hours(48)))
        let report = try await book.report()
        #expect(report.rows.map(\.period.label) == ["2010-10-31"])
        #expect(report.rows.first?.currency == "EUR")
        #expect(report.figures() == ["orders": 1, "units": 3, "revenue": 2_250])
    }

    @Test func `shows tax, discounts and shipping apart`() async throws {
        var story = SaleStory(at: Self.noon)
        story.adjustments = [
            Adjustment(kind: .shipping, label: "", amount: .eur(490)),
            Adjustment(kind: .discount, label: "", amount: .eur(100)),
            Adjustment(kind: .tax, label: "", amount: .eur(300), isIncluded: true),
            Adjustment(kind: .tax, label: "", amount: .eur(59)),
        ]
        story.total = .eur(2_699)
        try book.tell(story.sold, at: Self.noon)
        #expect(
            try await book.report().figures() == [
                "orders": 1, "units": 3, "revenue": 2_699, "tax": 359, "discounts": 100,
                "shipping": 490,
            ])
        let products = try await book.report(.products)
        #expect(try products.sum("revenue") == 2_250)
    }

    @Test func `does not count what was refused`() async throws {
        let story = SaleStory(at: Self.noon)
        try book.tell([story.placed, .rejected(story.id, short: [])], at: Self.noon)
        #expect(try await book.report().rows.isEmpty)
        #expect(try await book.report(.products).rows.isEmpty)
        #expect(
            try await book.report(.funnel).figures() == [
                "placed": 1, "placed_amount": 2_250, "rejected": 1, "rejected_amount": 2_250,
            ])
        #expect(try book.rows(Sales.open).isEmpty)
    }

    @Test func `counts an order on its day and its cancellation on its own`() async throws {
        let story = SaleStory(at: Self.noon)
        try book.tell(story.sold, at: Self.noon)
        try book.tell(story.canceled, at: Self.noon.advanced(by: .hours(24)))
        let report = try await book.report()
        #expect(report.rows.map(\.period.label) == ["2010-10-31", "2010-11-01"])
        #expect(report.figures(0) == ["orders": 1, "units": 3, "revenue": 2_250])
        #expect(
            report.figures(1) == [
                "canceled_orders": 1, "canceled_units": 3, "canceled_revenue": 2_250,
            ])
        let products = try await book.report(.products)
        #expect(products.rows.map(\.groups) == [["CUP-01"], ["TEA"], ["CUP-01"], ["TEA"]])
        #expect(products.figures(1) == ["orders": 1, "units": 2, "revenue": 2_000])
        #expect(
            products.figures(3) == [
                "canceled_orders": 1, "canceled_units": 2, "canceled_revenue": 2_000,
            ])
        #expect(try book.rows(Sales.open).isEmpty)
    }

    @Test func `knows no cancellation of what never counted`() async throws {
        let story = SaleStory(at: Self.noon)
        try book.tell([story.placed, story.canceled], at: Self.noon)
        #expect(try await book.report().rows.isEmpty)
        #expect(
            try await book.report(.funnel).figures() == [
                "placed": 1, "placed_amount": 2_250, "canceled": 1, "canceled_amount": 2_250,
            ])
        #expect(try book.rows(Sales.open).isEmpty)
    }

    @Test func `counts an article once an order, however many lines have it`() async throws {
        var story = SaleStory(at: Self.noon)
        story.lines = [
            .of(.tea, 2, at: "10.00"), .of(.cup, 1, at: "2.50"), .of(.tea, 3, at: "9.00"),
        ]
        story.total = .eur(4_950)
        try book.tell(story.sold, at: Self.noon)
        let products = try await book.report(.products)
        #expect(products.figures(1) == ["orders": 1, "units": 5, "revenue": 4_700])
    }

    /// The funnel of an order by the facts that are told of it, in whichever order they come.
    private static let ways: [(facts: [String], stages: [String])] = [
        ([], ["placed"]),
        (["reserved"], ["placed", "reserved"]),
        (["reserved", "confirmed"], ["placed", "reserved", "confirmed"]),
        (
            ["reserved", "confirmed", "in-fulfillment", "paid"],
            ["placed", "reserved", "confirmed", "shipped", "paid"]
        ),
        (
            ["reserved", "confirmed", "in-fulfillment", "paid", "completed"],
            ["placed", "reserved", "confirmed", "shipped", "paid", "delivered", "completed"]
        ),
        (
            ["reserved", "confirmed", "in-fulfillment", "delivered", "completed"],
            ["placed", "reserved", "confirmed", "shipped", "paid", "delivered", "completed"]
        ),
        (
            ["reserved", "confirmed", "in-fulfillment", "exception", "delivered"],
            ["placed", "reserved", "confirmed", "shipped", "exception", "delivered"]
        ),
        (
            ["reserved", "confirmed", "in-fulfillment", "delivered", "exception"],
            ["placed", "reserved", "confirmed", "shipped", "exception", "delivered"]
        ),
        (["reserved", "confirmed", "canceled"], ["placed", "reserved", "confirmed", "canceled"]),
    ]

    private func fact(_ name: String, of story: SaleStory) throws -> OrderEvent {
        switch name {
        case "reserved": return story.reserved
        case "confirmed": return story.confirmed
        case "in-fulfillment": return .inFulfillment(story.id)
        case "paid": return .paid(story.id)
        case "delivered": return .delivered(story.id)
        case "completed": return .completed(story.id)
        case "exception": return .exception(story.id, reason: .captureFailed)
        case "canceled": return story.canceled
        default: throw SalesFailure.unknownOrder(name)
        }
    }

    @Test(arguments: ways)
    func `follows an order to its end`(_ facts: [String], _ stages: [String]) async throws {
        let story = SaleStory(at: Self.noon)
        try book.tell(story.placed, at: Self.noon)
        for (day, name) in facts.enumerated() {
            // Whenever the rest happens, it counts where the order was placed.
            let moment = Self.noon.advanced(by: .hours(24 * Int64(day + 1)))
            try book.tell(fact(name, of: story), at: moment)
            try book.commit()
        }
        let report = try await book.report(.funnel)
        #expect(report.rows.map(\.period.label) == ["2010-10-31"])
        var expected: [String: Int64] = [:]
        for stage in stages {
            expected[stage] = 1
            expected["\(stage)_amount"] = 2_250
        }
        #expect(report.figures() == expected)
        let ends = ["completed", "canceled"].contains { stages.contains($0) }
        let isOver = ends || Set(stages).isSuperset(of: ["exception", "delivered"])
        #expect(try book.rows(Sales.open).isEmpty == isOver)
    }

    @Test func `counts no step of an order twice`() async throws {
        let story = SaleStory(at: Self.noon)
        try book.tell(story.sold, at: Self.noon)
        try book.tell([story.confirmed, .inFulfillment(story.id)], at: Self.noon)
        try book.tell([.paid(story.id), .paid(story.id)], at: Self.noon)
        #expect(try await book.report(.funnel).value("paid") == 1)
        #expect(throws: ChangeFailure.rowExists("sales_orders")) {
            try book.tell(story.placed, at: Self.noon)
        }
    }

    @Test func `stops at a fact about an order that it does not know`() throws {
        let story = SaleStory(at: Self.noon)
        #expect(throws: SalesFailure.unknownOrder(story.id.text)) {
            try book.tell(story.confirmed, at: Self.noon)
        }
    }

    /// A caller may order for more than 64 bits of cents in a few orders: reports go on.
    @Test func `keeps sums that do not fit at the greatest number`() async throws {
        let most = Money.eur(.max)
        for number in 1...3 as ClosedRange<UInt64> {
            var story = SaleStory(number, at: Self.noon)
            story.total = most
            story.adjustments = [
                Adjustment(kind: .tax, label: "", amount: most, isIncluded: true),
                Adjustment(kind: .tax, label: "", amount: most, isIncluded: true),
            ]
            try book.tell(story.sold, at: Self.noon)
            try book.tell(story.canceled, at: Self.noon)
        }
        let report = try await book.report()
        #expect(try report.value("orders") == 3 && report.value("canceled_orders") == 3)
        for name in ["revenue", "tax", "canceled_revenue"] {
            #expect(try report.value(name) == .max)
        }
        #expect(try await book.report(.funnel).value("placed_amount") == .max)
    }

    @Test func `has no sum of two currencies`() async throws {
        try book.tell(SaleStory(1, at: Self.noon).sold, at: Self.noon)
        var other = SaleStory(2, at: Self.noon)
        other.lines = [.of(.tea, 1, at: "7", .jpy)]
        other.total = Money(amount: 7, currency: .jpy)
        try book.tell(other.sold, at: Self.noon)
        for kind in ReportQuestion.Kind.allCases {
            let report = try await book.report(kind, by: "month")
            #expect(Set(report.rows.map(\.currency)) == ["EUR", "JPY"])
        }
        let report = try await book.report()
        #expect(report.rows.map(\.currency) == ["EUR", "JPY"])
        #expect(try report.value("revenue", 0) == 2_250 && report.value("revenue", 1) == 7)
    }

    @Test func `tells orders apart by country, region and source`() async throws {
        let origins: [(String, OrderOrigin)] = [
            ("DE", OrderOrigin(source: "web", region: "DE-BY")),
            ("DE", OrderOrigin(source: "pos", region: "DE-BE")),
            ("GB", OrderOrigin(source: "web")), ("GB", .unknown),
        ]
        for (number, (country, origin)) in origins.enumerated() {
            var story = SaleStory(UInt64(number), at: Self.noon)
            story.country = .of(country)
            story.origin = origin
            try book.tell(story.sold, at: Self.noon)
        }
        for kind in [ReportQuestion.Kind.sales, .funnel] {
            let name = kind == .sales ? "orders" : "reserved"
            for (group, expected) in [
                ("country", [["DE"], ["GB"]]), ("region", [[""], ["DE-BE"], ["DE-BY"]]),
                ("source", [[""], ["pos"], ["web"]]),
                ("source,country", [["", "GB"], ["pos", "DE"], ["web", "DE"], ["web", "GB"]]),
            ] {
                let report = try await book.report(kind, group: group)
                #expect(report.rows.map(\.groups) == expected)
                #expect(try report.sum(name) == 4)
            }
            #expect(try await book.report(kind, group: "country").value(name, 1) == 2)
        }
    }
}
