// SPDX-License-Identifier: Apache-2.0
/// Questions to read models as SQL: a text with a mark for each value, and the values.

import Ports

struct ViewSQL {
    private(set) var text = ""
    private(set) var values: [ViewValue] = []
    private let names: ViewNames

    /// `isHinted`: with the index that the question names.
    init(_ question: ViewQuestion, of generation: Int, isHinted: Bool = true) {
        names = ViewNames(number: generation)
        switch question {
        case .count(let table, let filters, let most):
            text = "SELECT count(*) FROM (SELECT 1 FROM \(names.table(table.name))"
            add(filters)
            text += " LIMIT ?)"
            values.append(.int(Int64(most)))
        case .rows(let query): add(query, isHinted: isHinted)
        }
    }

    private mutating func add(_ query: ViewQuery, isHinted: Bool) {
        let columns = query.table.columns.map(\.sql).joined(separator: ", ")
        text = "SELECT \(columns) FROM \(names.table(query.table.name))"
        if isHinted, let index = query.index {
            text += " INDEXED BY \(names.index(index, of: query.table))"
        }
        add(query.filters)
        let keyset = query.keyset.map(\.sql)
        if let after = query.after {
            let marks = after.map { _ in "?" }.joined(separator: ", ")
            text += query.filters.isEmpty ? " WHERE " : " AND "
            text += "(\(keyset.joined(separator: ", "))) "
            text += "\(query.isDescending ? "<" : ">") (\(marks))"
            values += after
        }
        let order = keyset.map { query.isDescending ? "\($0) DESC" : $0 }
        text += " ORDER BY \(order.joined(separator: ", ")) LIMIT ?"
        values.append(.int(Int64(query.limit)))
    }

    private mutating func add(_ filters: [ViewFilter]) {
        for (index, filter) in filters.enumerated() {
            text += index == 0 ? " WHERE " : " AND "
            add(filter)
        }
    }

    private mutating func add(_ filter: ViewFilter) {
        let name = filter.column.sql
        switch filter {
        case .equals(_, .null): text += "\(name) IS NULL"
        case .equals(_, let value):
            text += "\(name) = ?"
            values.append(value)
        case .isOneOf(_, let some):
            text += "\(name) IN (\(some.map { _ in "?" }.joined(separator: ", ")))"
            values += some
        case .range(_, let from, let to): add(name, from: from, to: to)
        case .hasPrefix(_, let prefix):
            add(name, from: prefix.isEmpty ? nil : .text(prefix), to: nil)
            if let end = Self.end(of: prefix) {
                // Compared as bytes: what follows the last text that begins so may be no text.
                text += " AND \(name) < CAST(? AS TEXT)"
                values.append(.bytes(end))
            }
        case .isPresent: text += "\(name) IS NOT NULL"
        case .isFound(_, let table, let found, let filters):
            text += "\(name) IN (SELECT \(found.sql) FROM \(names.table(table.name))"
            add(filters)
            text += ")"
        }
    }

    private mutating func add(_ name: String, from: ViewValue?, to: ViewValue?) {
        guard from != nil || to != nil else {
            text += "\(name) IS NOT NULL"
            return
        }
        var conditions: [String] = []
        if let from {
            conditions.append("\(name) >= ?")
            values.append(from)
        }
        if let to {
            conditions.append("\(name) < ?")
            values.append(to)
        }
        text += conditions.joined(separator: " AND ")
    }

    /// The first bytes that come after all texts that begin with `prefix`. No byte of a text is
    /// 255.
    private static func end(of prefix: String) -> [UInt8]? {
        var bytes = Array(prefix.utf8)
        guard let last = bytes.popLast() else { return nil }
        return bytes + [last + 1]
    }
}
