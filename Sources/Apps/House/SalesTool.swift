// SPDX-License-Identifier: Apache-2.0
/// Reports of sales for operators, read from a house's read models while it runs or rests.

import Foundation
import Kernel
import Ports
import ReportingDomain
package import ReportingService
import SQLiteAdapter

/// What a report is to show.
package struct SalesQuestion: Sendable {
    /// The first day, `2010-12-01`.
    package let from: String
    /// The day after the last.
    package let to: String
    /// `hour`, `day`, `week` or `month`.
    package let unit: String
    /// The IANA name of a time zone.
    package let zone: String
    package let grouping: SalesReport.Grouping

    package init(
        from: String, to: String, unit: String, zone: String, grouping: SalesReport.Grouping
    ) {
        self.from = from
        self.to = to
        self.unit = unit
        self.zone = zone
        self.grouping = grouping
    }
}

package struct SalesTool: Sendable {
    private let data: String

    package init(data: String) throws {
        guard try DataDirectory.manifest(of: data) != nil else {
            throw HouseFailure.unusableData("There is no house in \(data).")
        }
        self.data = data
    }

    package func report(_ question: SalesQuestion) throws -> SalesReport {
        let periods = try Self.periods(question)
        do {
            return try SalesReport(
                periods, by: question.grouping, from: SQLiteViewReader(path: ReadSide.path(data)))
        } catch let failure as ViewFailure where [.notReady, .unavailable].contains(failure) {
            throw HouseFailure.unusableData(
                "The projection sales is not filled yet: start the house, or run "
                    + "`orderhouse rebuild sales`.")
        }
    }

    static func periods(_ question: SalesQuestion) throws -> [Period] {
        guard let from = LocalDate(text: question.from), let to = LocalDate(text: question.to)
        else { throw HouseFailure.badSettings("A day is written 2010-12-31.") }
        guard let unit = PeriodUnit(rawValue: question.unit) else {
            let units = PeriodUnit.allCases.map(\.rawValue).joined(separator: ", ")
            throw HouseFailure.badSettings("--by is one of \(units).")
        }
        guard let zone = zone(question.zone) else {
            throw HouseFailure.badSettings(
                "There is no time zone \(question.zone): Europe/Berlin is one.")
        }
        do throws(PeriodFailure) {
            return try zone.periods(unit, from: from, to: to)
        } catch {
            throw HouseFailure.badSettings(words(for: error))
        }
    }

    private static func words(for failure: PeriodFailure) -> String {
        switch failure {
        case .empty: "--from is a day before --to, which is the day after the last."
        case .tooMany: "A report has at most \(Zone.periodsMax) rows in time: ask for fewer days."
        case .outOfRange: "Reports are of the years from 1980 to 2199."
        }
    }

    /// The days, in UTC, of an hour ago and after today.
    package static var today: (from: String, to: String) {
        let seconds = Int64(Date().timeIntervalSince1970)
        let (first, last) = ((seconds - 3_600) / 86_400, seconds / 86_400)
        return (LocalDate(days: first).text, LocalDate(days: last + 1).text)
    }

    /// By the system's time zone database.
    static func zone(_ name: String) -> Zone? {
        if name == "UTC" { return .utc }
        guard name.contains("/"), let zone = TimeZone(identifier: name) else { return nil }
        return Zone(name) { instant in
            let date = Date(timeIntervalSince1970: Double(instant.milliseconds) / 1_000)
            return Int64(zone.secondsFromGMT(for: date)) * 1_000
        }
    }
}
