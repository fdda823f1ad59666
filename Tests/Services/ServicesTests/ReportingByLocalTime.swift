// SPDX-License-Identifier: Apache-2.0
/// Reports by the clocks of a place: every sale lies in the period that calendars there show, and
/// the parts make the whole.

import Contracts
import Foundation
import Kernel
import ReportingDomain
import ReportingService
import SampleFacts
import SeededRandom
import SystemAdapter
import Testing

@Suite struct `Reporting by local time` {
    // Case H12: Shopware counted orders of the first two hours of a local day on the day before.
    @Test(arguments: [
        ("Europe/Berlin", ["2026-06-30": 1, "2026-07-01": 2, "2026-07-02": 1]),
        ("UTC", ["2026-06-30": 2, "2026-07-01": 2]),
        ("Asia/Kolkata", ["2026-07-01": 2, "2026-07-02": 2]),
    ])
    func `has each order on its local day`(_ zone: String, _ days: [String: Int64]) async throws {
        let book = try SalesBook()
        let moments = [
            "2026-06-30T21:59:59.999Z", "2026-06-30T22:00:00.000Z", "2026-07-01T21:59:59.999Z",
            "2026-07-01T22:00:00.000Z",
        ]
        for (number, text) in moments.enumerated() {
            let moment = try #require(Timestamp(text: text))
            let story = SaleStory(UInt64(number), at: moment)
            try book.tell(story.sold, at: moment)
            try book.tell(story.canceled, at: moment.advanced(by: .hours(24)))
        }
        let report = try await book.report(in: zone, from: "2026-06-28", to: "2026-07-05")
        var found: [String: Int64] = [:]
        var canceled: [String: Int64] = [:]
        for (row, period) in report.rows.map(\.period.label).enumerated() {
            found[period] = try report.value("orders", row)
            canceled[period] = try report.value("canceled_orders", row)
        }
        #expect(found.filter { $0.value > 0 } == days)
        // None of these days is of 23 or 25 hours: a day later is the next day.
        let next = days.map { day, count in (Self.dayAfter(day), count) }
        #expect(canceled.filter { $0.value > 0 } == Dictionary(uniqueKeysWithValues: next))
        let months = try await book.report(
            by: "month", in: zone, from: "2026-06-01", to: "2026-07-01")
        #expect(try months.sum("orders") == days["2026-06-30"] ?? 0)
    }

    private static func dayAfter(_ day: String) -> String {
        day == "2026-06-30" ? "2026-07-01" : "2026-07-0\(Int(day.suffix(1)).map { $0 + 1 } ?? 0)"
    }

    /// Clocks change in both directions, on the half hour, at midnight and back over it.
    private static let zones = [
        "UTC", "Europe/London", "America/Sao_Paulo", "Asia/Beirut", "America/Havana",
        "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia",
    ]
    private static let year = 2018

    private struct Sold {
        let story: SaleStory
        let isHeld: Bool
        let canceledAt: Timestamp?
    }

    @Test(arguments: zones)
    func `finds every sale of a year in its period`(name: String) async throws {
        let book = try SalesBook()
        let sold = try Self.sales(in: name)
        for sale in sold {
            let placed = sale.story.placedAt
            try book.tell(sale.story.placed, at: placed)
            guard sale.isHeld else { continue }
            // Whenever its stock is held, it counts where it was placed.
            try book.tell(sale.story.reserved, at: placed.advanced(by: .hours(30)))
            if let moment = sale.canceledAt { try book.tell(sale.story.canceled, at: moment) }
        }
        let calendar = try LocalCalendar(name)
        for unit in ["hour", "day", "week", "month"] {
            for group in [nil, "country", "source,country"] where group == nil || unit != "hour" {
                let report = try await book.report(
                    by: unit, in: name, group: group, from: "\(Self.year)-01-01",
                    to: "\(Self.year + 1)-01-01")
                let names = group?.split(separator: ",").map(String.init) ?? []
                let expected = Self.expected(sold, calendar, unit, names)
                let found = try Self.figures(of: report)
                #expect(found.count == report.rows.count)
                #expect(found == expected, "\(unit) \(group ?? "")")
            }
            let funnel = try await book.report(
                .funnel, by: unit, in: name, from: "\(Self.year)-01-01",
                to: "\(Self.year + 1)-01-01")
            let placed = sold.filter { calendar.year(of: $0.story.placedAt) == Self.year }
            #expect(try funnel.sum("placed") == Int64(placed.count))
            #expect(try funnel.sum("reserved") == Int64(placed.count { $0.isHeld }))
            #expect(
                try funnel.sum("canceled")
                    == Int64(placed.count { $0.isHeld && $0.canceledAt != nil }))
            let products = try await book.report(
                .products, by: unit, in: name, from: "\(Self.year)-01-01",
                to: "\(Self.year + 1)-01-01")
            let whole = try await book.report(
                by: "month", in: name, from: "\(Self.year)-01-01", to: "\(Self.year + 1)-01-01")
            for name in ["units", "revenue", "canceled_units", "canceled_revenue"] {
                #expect(try products.sum(name) == whole.sum(name), "\(name)")
            }
        }
    }

    /// Orders, units, revenue; and of what was canceled.
    private typealias Figures = [String: [Int64]]

    /// From the sales themselves, by Foundation's calendar.
    private static func expected(
        _ sold: [Sold], _ calendar: LocalCalendar, _ unit: String, _ names: [String]
    ) -> Figures {
        var figures: Figures = [:]
        for sale in sold where sale.isHeld {
            let story = sale.story
            let groups = names.map {
                $0 == "country" ? story.country.code : story.origin.source ?? ""
            }
            let values = [1, story.units, story.total.amount]
            for (moment, place) in [(story.placedAt, 0), (sale.canceledAt, 3)] {
                guard let moment, calendar.year(of: moment) == year else { continue }
                let key = ([calendar.label(unit, moment)] + groups).joined(separator: "|")
                for (index, value) in values.enumerated() {
                    figures[key, default: Array(repeating: 0, count: 6)][place + index] += value
                }
            }
        }
        return figures
    }

    private static func figures(of report: SalesReport) throws -> Figures {
        var figures: Figures = [:]
        for (index, row) in report.rows.enumerated() {
            let key = ([row.period.label] + row.groups).joined(separator: "|")
            figures[key] = try [
                "orders", "units", "revenue", "canceled_orders", "canceled_units",
                "canceled_revenue",
            ].map { try report.value($0, index) }
        }
        return figures
    }

    /// Half of them, and of the cancellations, close to where a local day begins.
    private static func sales(in name: String) throws -> [Sold] {
        var random = SplitMix64(seed: UInt64(name.utf8.count))
        let calendar = try LocalCalendar(name)
        func moment(after first: Timestamp) throws -> Timestamp {
            let spread = Int64(random.next() % UInt64(366 * 86_400_000))
            let some = Timestamp(milliseconds: first.milliseconds + spread)
            guard random.next() % 2 == 0 else { return some }
            let distances: [Int64] = [-900_001, -1, 0, 1, 899_999, 1_799_999, 3_599_999]
            let distance = distances[Int(random.next() % UInt64(distances.count))]
            return Timestamp(milliseconds: calendar.startOfDay(some).milliseconds + distance)
        }
        let first = try #require(Timestamp(text: "\(year - 1)-12-31T12:00:00.000Z"))
        return try (0..<500 as Range<UInt64>).map { number in
            var story = SaleStory(number, at: try moment(after: first))
            story.country = .of(["GB", "DE"][Int(random.next() % 2)])
            story.origin = OrderOrigin(source: ["web", "pos", nil][Int(random.next() % 3)])
            let units = Int(random.next() % 9) + 1
            story.lines = [.of(.tea, units, at: "3.10"), .of(.cup, 1, at: "0.99")]
            story.total = .eur(Int64(units) * 310 + 99)
            let isCanceled = random.next() % 3 == 0
            return Sold(
                story: story, isHeld: random.next() % 5 > 0,
                canceledAt: isCanceled ? try moment(after: story.placedAt) : nil)
        }
    }
}

/// What calendars of a place show, by Foundation, which knows nothing of ours.
private struct LocalCalendar {
    private var calendar = Calendar(identifier: .iso8601)

    init(_ name: String) throws {
        calendar.timeZone = try #require(TimeZone(identifier: name))
    }

    private func date(_ moment: Timestamp) -> Date {
        Date(timeIntervalSince1970: Double(moment.milliseconds) / 1_000)
    }

    func year(of moment: Timestamp) -> Int { calendar.component(.year, from: date(moment)) }

    func startOfDay(_ moment: Timestamp) -> Timestamp {
        let start = calendar.startOfDay(for: date(moment)).timeIntervalSince1970
        return Timestamp(milliseconds: Int64((start * 1_000).rounded()))
    }

    func label(_ unit: String, _ moment: Timestamp) -> String {
        let date = date(moment)
        let parts = calendar.dateComponents(
            [.year, .month, .day, .hour, .minute, .weekOfYear, .yearForWeekOfYear], from: date)
        func two(_ number: Int?) -> String { String(format: "%02d", number ?? -1) }
        let month = "\(parts.year ?? 0)-\(two(parts.month))"
        switch unit {
        case "week": return "\(parts.yearForWeekOfYear ?? 0)-W\(two(parts.weekOfYear))"
        case "month": return month
        case "day": return "\(month)-\(two(parts.day))"
        default: return hourLabel("\(month)-\(two(parts.day))T\(two(parts.hour))", date, two)
        }
    }

    /// Where clocks changed within the hour, it begins with the change.
    private func hourLabel(
        _ hour: String, _ date: Date, _ two: (Int?) -> String
    ) -> String {
        let zone = calendar.timeZone
        let minutes = Double(calendar.component(.minute, from: date))
        let seconds = date.timeIntervalSince1970.truncatingRemainder(dividingBy: 60)
        let full = date.addingTimeInterval(-minutes * 60 - seconds)
        let offset = zone.secondsFromGMT(for: date) / 60
        let isWhole = zone.secondsFromGMT(for: full) / 60 == offset
        let sign = offset < 0 ? "-" : "+"
        let distance = "\(sign)\(two(abs(offset) / 60)):\(two(abs(offset) % 60))"
        return "\(hour):\(isWhole ? "00" : "30")\(distance)"
    }
}
