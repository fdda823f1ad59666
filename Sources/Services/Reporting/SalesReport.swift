// SPDX-License-Identifier: Apache-2.0
/// What was sold in each period: the sums of `Sales`, added up for the clocks of a place.

import JSONCodec
import Kernel
package import Ports
import Projections
package import ReportingDomain

/// The sums of the parts are the whole: periods are half-open and leave nothing out, and each
/// quarter of an hour lies in one of them.
package struct SalesReport: Sendable {
    /// What rows of one period are told apart by, beside their currency.
    package enum Grouping: String, CaseIterable, Sendable {
        case total, country, region, source, product
    }

    package struct Row: Equatable, Sendable {
        package let period: Period
        /// A country, region, source or SKU; empty for `total`, and where the shop did not say it.
        package let group: String
        /// ISO 4217.
        package let currency: String
        /// In the order of `columns`; money in minor units.
        package let values: [Int64]
    }

    package let grouping: Grouping
    /// By period, group and currency. Where nothing happened there is no row.
    package let rows: [Row]

    /// Rows that are read at a time.
    private static let pageSize = 5_000

    /// The sums of `periods`, which follow each other. While the house runs they are those of
    /// shortly before, and sales that are noted meanwhile may be in some of them.
    package init(
        _ periods: [Period], by grouping: Grouping, from reader: any ViewReader
    ) throws {
        self.grouping = grouping
        let table = Self.table(of: grouping)
        let columns = Self.columns(of: grouping)
        guard let first = periods.first, let last = periods.last else {
            rows = []
            return
        }
        let range = ViewFilter.range(
            table["quarter"], from: .int(first.start.milliseconds), to: .int(last.end.milliseconds))
        var query = ViewQuery(table, [range], limit: Self.pageSize)
        var sums: [Key: [Int64]] = [:]
        var place = 0
        while true {
            let answer = try reader.answer([.rows(query)], of: Sales().schema)
            let found = answer.results.first ?? []
            for row in found {
                let quarter = row[0].int ?? 0
                while place < periods.count - 1, periods[place].end.milliseconds <= quarter {
                    place += 1
                }
                let key = Key(
                    period: place, group: Self.group(of: row, grouping),
                    currency: row[1].text ?? "")
                try Self.add(row, columns, to: &sums[key, default: []])
            }
            guard found.count == Self.pageSize, let end = found.last else { break }
            query.after = query.place(of: end)
        }
        rows = sums.sorted { $0.key < $1.key }.map { key, values in
            Row(
                period: periods[key.period], group: key.group, currency: key.currency,
                values: values)
        }
    }

    private struct Key: Hashable, Comparable {
        let period: Int
        let group: String
        let currency: String

        static func < (one: Key, other: Key) -> Bool {
            (one.period, one.group, one.currency) < (other.period, other.group, other.currency)
        }
    }

    private static func add(
        _ row: ViewRow, _ columns: [ViewColumn], to sums: inout [Int64]
    ) throws {
        if sums.isEmpty { sums = Array(repeating: 0, count: columns.count) }
        for (place, column) in columns.enumerated() {
            let (sum, overflows) = sums[place].addingReportingOverflow(row[column.index].int ?? 0)
            guard !overflows else { throw MoneyError.overflow }
            sums[place] = sum
        }
    }

    private static func table(of grouping: Grouping) -> ViewTable {
        grouping == .product ? Sales.products : Sales.sales
    }

    /// What is summed up: every column after the key.
    package static func columns(of grouping: Grouping) -> [ViewColumn] {
        let table = table(of: grouping)
        return Array(table.columns.dropFirst(table.keyCount))
    }

    private static func group(of row: ViewRow, _ grouping: Grouping) -> String {
        switch grouping {
        case .total: ""
        case .country, .product: row[2].text ?? ""
        case .region: row[3].text ?? ""
        case .source: row[4].text ?? ""
        }
    }
}

// MARK: Texts

extension SalesReport {
    /// The columns whose values are money.
    private static let money: Set = [
        "revenue", "tax", "discounts", "shipping", "canceled_revenue",
    ]

    private var names: [String] {
        ["period"] + (grouping == .total ? [] : [grouping.rawValue]) + ["currency"]
            + Self.columns(of: grouping).map(\.name)
    }

    /// By RFC 4180, with a line of names. Money is in major units. No cell begins a formula where a
    /// spreadsheet opens it: words of the shop's own get an apostrophe before (OWASP, "CSV
    /// Injection").
    package var csv: String {
        var text = names.joined(separator: ",") + "\r\n"
        for row in rows {
            var cells = [Self.cell(row.period.label)]
            if grouping != .total { cells.append(Self.cell(row.group)) }
            cells.append(row.currency)
            cells += row.figures(of: Self.columns(of: grouping))
            text += cells.joined(separator: ",") + "\r\n"
        }
        return text
    }

    static func cell(_ text: String) -> String {
        let begins = text.utf8.first.map { "=+-@\t\r".utf8.contains($0) } ?? false
        let safe = begins ? "'" + text : text
        guard safe.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }

    /// An array of objects; money is in minor units beside its currency.
    package var json: [UInt8] {
        let columns = Self.columns(of: grouping)
        var json = JSONWriter(capacity: 256 + rows.count * 320)
        json.beginArray()
        for row in rows {
            json.beginObject()
            json.key("period")
            json.string(row.period.label)
            json.key("start")
            json.string(row.period.start.text)
            json.key("end")
            json.string(row.period.end.text)
            if grouping != .total {
                json.key(grouping.rawValue)
                json.string(row.group)
            }
            json.key("currency")
            json.string(row.currency)
            for (column, value) in zip(columns, row.values) {
                json.key(Self.camelCase(column.name))
                json.int(value)
            }
            json.endObject()
        }
        json.endArray()
        return json.bytes
    }

    private static func camelCase(_ name: String) -> String {
        let words = name.split(separator: "_")
        return words.prefix(1).joined() + words.dropFirst().map(\.capitalizedFirst).joined()
    }

    fileprivate static func isMoney(_ column: ViewColumn) -> Bool { money.contains(column.name) }
}

extension SalesReport.Row {
    /// The values as a person reads them.
    fileprivate func figures(of columns: [ViewColumn]) -> [String] {
        let currency = Currency(code: currency)
        return zip(columns, values).map { column, value in
            guard SalesReport.isMoney(column), let currency else { return String(value) }
            return Money(amount: value, currency: currency).decimal
        }
    }
}

extension Substring {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
