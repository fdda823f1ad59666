// SPDX-License-Identifier: Apache-2.0
/// What was sold in each period, or what became of it: the sums of `Sales`, added up for the clocks
/// of a place.

import Kernel
package import Ports
import Projections
package import ReportingDomain
import ServiceModel

/// The sums of the parts are the whole: periods are half-open and leave nothing out, and each
/// quarter of an hour lies in one of them.
package struct SalesReport: Sendable {
    package struct Row: Equatable, Sendable {
        package let period: Period
        /// What tells it apart, in the order of `groups`: empty where the shop did not say it.
        package let groups: [String]
        /// ISO 4217. Amounts of two currencies have no sum.
        package let currency: String
        /// In the order of `columns`; money in minor units.
        package let values: [Int64]
    }

    /// The names of what rows of a period are told apart by.
    package let groups: [String]
    /// What is summed up.
    package let columns: [ViewColumn]
    /// By period, groups and currency. Where nothing happened there is no row.
    package let rows: [Row]

    package static let rowsMax = 50_000
    /// Rows that are read at a time; then others have their turn.
    private static let pageSize = 2_000

    /// The sums as they were shortly before; sales that are noted meanwhile may be in some of them.
    /// What is asked for wrongly, or can't be answered, is thrown as a problem.
    package init(
        _ question: ReportQuestion, from reader: any ViewReader, rowsMax: Int = Self.rowsMax
    ) async throws {
        var sums = Sums(question, rowsMax: rowsMax)
        while try sums.addPage(of: reader) { await Task.yield() }
        self.init(sums)
    }

    /// The same for callers that nobody else has to wait for.
    package init(
        _ question: ReportQuestion, atOnceFrom reader: any ViewReader, rowsMax: Int = Self.rowsMax
    ) throws {
        var sums = Sums(question, rowsMax: rowsMax)
        while try sums.addPage(of: reader) {}
        self.init(sums)
    }

    private init(_ sums: Sums) {
        groups = sums.groups.map(\.name)
        columns = sums.columns
        rows = sums.sums.sorted { $0.key < $1.key }.map { key, values in
            Row(
                period: sums.periods[key.period], groups: key.groups, currency: key.currency,
                values: values)
        }
    }

    /// A report while its rows are read, page by page.
    private struct Sums {
        let groups: [ViewColumn]
        let columns: [ViewColumn]
        let periods: [Period]
        private(set) var sums: [Key: [Int64]] = [:]
        /// Nil when there is nothing more to read.
        private var query: ViewQuery?
        private let rowsMax: Int
        private var place = 0

        init(_ question: ReportQuestion, rowsMax: Int) {
            let table = SalesReport.table(of: question.kind)
            groups = SalesReport.groupColumns(of: question, in: table)
            columns = Array(table.columns.dropFirst(table.keyCount))
            periods = question.periods
            self.rowsMax = rowsMax
            guard let first = periods.first, let last = periods.last else { return }
            let range = ViewFilter.range(
                table["quarter"], from: .int(first.start.milliseconds),
                to: .int(last.end.milliseconds))
            query = ViewQuery(table, [range], limit: SalesReport.pageSize)
        }

        /// True when there are further pages.
        mutating func addPage(of reader: any ViewReader) throws -> Bool {
            guard let query else { return false }
            let answer = try asking { try reader.answer([.rows(query)], of: Sales().schema) }
            let found = answer.results.first ?? []
            for row in found {
                let quarter = row[0].int ?? 0
                while place < periods.count - 1, periods[place].end.milliseconds <= quarter {
                    place += 1
                }
                let key = Key(
                    period: place, groups: groups.map { row[$0.index].text ?? "" },
                    currency: row[1].text ?? "")
                SalesReport.add(row, columns, to: &sums[key, default: []])
            }
            guard sums.count <= rowsMax else { throw ProblemError(ReportProblem.tooLarge) }
            guard found.count == query.limit, let end = found.last else {
                self.query = nil
                return false
            }
            self.query?.after = query.keysetPosition(of: end)
            return true
        }
    }

    private struct Key: Hashable, Comparable {
        let period: Int
        let groups: [String]
        let currency: String

        static func < (one: Key, other: Key) -> Bool {
            guard one.period == other.period else { return one.period < other.period }
            guard one.groups == other.groups else {
                return one.groups.lexicographicallyPrecedes(other.groups)
            }
            return one.currency < other.currency
        }
    }

    private static func add(_ row: ViewRow, _ columns: [ViewColumn], to sums: inout [Int64]) {
        if sums.isEmpty { sums = Array(repeating: 0, count: columns.count) }
        for (place, column) in columns.enumerated() {
            sums[place] = sums[place].saturatingSum(row[column.index].int ?? 0)
        }
    }

    private static func table(of kind: ReportQuestion.Kind) -> ViewTable {
        switch kind {
        case .sales: Sales.sales
        case .products: Sales.products
        case .funnel: Sales.funnel
        }
    }

    private static func groupColumns(
        of question: ReportQuestion, in table: ViewTable
    ) -> [ViewColumn] {
        switch question.kind {
        case .sales, .funnel: question.groups.map { table[$0.rawValue] }
        case .products: [table["sku"]]
        }
    }
}
