// SPDX-License-Identifier: Apache-2.0
/// What was made of the logs for readers, when nothing moves any more, and whether it is right.

import Contracts
import Invariants
import Kernel
import MemoryAdapter
import NodeEngine
import OrderQueriesService
import OrdersService
import Ports
import ReportingDomain
import ReportingService
import ServiceModules

struct ReadStandstill {
    let logs: [ViewFold.Source]
    /// Where read models are kept, and how reports read them.
    let disk: MemoryViews.Disk
    let views: any ViewReader
    /// What reports take for the clocks of a place.
    let zones: @Sendable (any TimeZones) -> any TimeZones
    /// What the reader of the feed wanted.
    let feed: FactFeed.Filter
    let seed: UInt64

    func check(_ history: FeedHistory) -> Findings {
        var findings = Findings()
        do {
            try ViewFold(ReadModels.all, of: logs).check(kept, &findings)
            try history.checkEnd(heads(), &findings)
        } catch {
            findings.note(.q8) { "the logs can't be folded: \(error)" }
        }
        guard findings.isEmpty else { return findings }
        do {
            try checkReports(&findings)
        } catch {
            findings.note(.q9) { "a report can't be made: \(error)" }
        }
        return findings
    }

    private func kept(_ projection: String) -> ViewFold.Kept? {
        disk.published(projection).map { ViewFold.Kept(tables: $0.tables, cursors: $0.cursors) }
    }

    /// The logs that the reader of the feed follows, and their ends.
    private func heads() throws -> [LogName: Int64] {
        var heads: [LogName: Int64] = [:]
        for source in logs where feed.services?.contains(source.log.service) ?? true {
            heads[source.log] = try source.reader.contents().heads[source.log]?.position ?? 0
        }
        return heads
    }

    // MARK: Reports

    /// Less than a report may have.
    private static let daysMax: Int64 = 8_000

    private func checkReports(_ findings: inout Findings) throws {
        var book = SoldBook()
        for source in logs where source.log.service == Orders.name {
            for frame in try source.reader.frames(of: source.log, after: 0, limit: .max) {
                for record in try frame.records() {
                    guard let event = try source.codec.fact(of: record).of(OrderEvent.self) else {
                        continue
                    }
                    book.note(event, at: record.at)
                }
            }
        }
        let clocks = LocalClocks(seed: seed, near: book.moments)
        for kind in SoldBook.Kind.allCases {
            let sums = book.sums(kind) { clocks.offset(at: $0) }
            let days = Set(sums.keys.map(\.day)).sorted()
            guard let first = days.first, let last = days.last else { continue }
            for day in stride(from: first - 1, to: last + 2, by: Int(Self.daysMax)) {
                let part = day..<min(last + 2, day + Self.daysMax)
                try check(kind, sums, part, by: .day, clocks, &findings)
            }
            try check(kind, sums, first - 1..<last + 2, by: .month, clocks, &findings)
            // Each of some days alone, and what lies before and after them.
            let alone = [first, days[days.count / 2], last].flatMap { [$0 - 1, $0, $0 + 1] }
            for day in Set(alone).sorted() {
                try check(kind, sums, day..<day + 1, by: .day, clocks, &findings)
            }
        }
    }

    /// Asks for a report of `days`. What it says of days is compared day by day; what it says of
    /// months, all together.
    private func check(
        _ kind: SoldBook.Kind, _ sums: SoldBook.Sums, _ days: Range<Int64>, by unit: PeriodUnit,
        _ clocks: LocalClocks, _ findings: inout Findings
    ) throws {
        let question = try ReportQuestion(kind.report, zones: zones(clocks)) { option in
            switch option {
            case .from: LocalDate(days: days.lowerBound).text
            case .to: LocalDate(days: days.upperBound).text
            case .by: unit.rawValue
            case .zone: LocalClocks.name
            case .group: kind == .products ? nil : ReportQuestion.Dimension.country.rawValue
            }
        }
        let report = try SalesReport(question, atOnceFrom: views)
        var said: SoldBook.Sums = [:]
        for row in report.rows {
            let day = unit == .day ? LocalDate(text: row.period.label)?.days : days.lowerBound
            let place = SoldBook.Place(
                day: day ?? .min, group: row.groups.first ?? "", currency: row.currency)
            let figures = zip(report.columns.map(\.name), row.values).filter { $0.1 != 0 }
            said[place, default: [:]].merge(figures) { $0 &+ $1 }
        }
        let expected = unit == .day ? sums : SoldBook.together(sums, on: days.lowerBound)
        SoldBook.check(said, expected, days: days, "\(kind) by \(unit)", &findings)
    }
}

extension SoldBook.Kind {
    fileprivate var report: ReportQuestion.Kind {
        switch self {
        case .sales: .sales
        case .products: .products
        case .funnel: .funnel
        }
    }
}
