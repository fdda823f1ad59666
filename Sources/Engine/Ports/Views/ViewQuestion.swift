// SPDX-License-Identifier: Apache-2.0
/// What can be asked of read models: rows of one table by filters, in an order, page by page. Every
/// store answers alike.

public enum ViewQuestion: Sendable {
    case rows(ViewQuery)
    /// How many rows pass all of the filters, counted no further than `atMost`.
    case count(ViewTable, [ViewFilter], atMost: Int)
}

/// The answers to some questions, all of one moment.
public struct ViewAnswer: Sendable, Equatable {
    /// How far the rows had followed each log. A log of which nothing was read yet is not in it.
    public let cursors: [LogName: ViewCursor]
    /// In the order of the questions: rows, or one row that holds a count.
    public let results: [[ViewRow]]

    public init(cursors: [LogName: ViewCursor], results: [[ViewRow]]) {
        self.cursors = cursors
        self.results = results
    }

    /// The answer to a `.count`.
    public func count(_ question: Int) -> Int { Int(results[question].first?.first?.int ?? 0) }
}

extension ViewQuestion {
    /// Throws when it does not fit the tables of `schema`: every store checks in the same way.
    public func check(against schema: ViewSchema) throws(ViewFailure) {
        switch self {
        case .count(let table, let filters, let most):
            guard schema.tables.contains(table), most >= 0 else { throw .badQuestion }
            try ViewFilter.check(filters, of: table, in: schema)
        case .rows(let query):
            guard schema.tables.contains(query.table),
                (0...ViewQuery.limitMax).contains(query.limit),
                query.index.map(query.table.indexes.contains) ?? true,
                query.order.map({ query.table.columns.contains($0) && !$0.isNullable }) ?? true
            else { throw .badQuestion }
            if let after = query.after {
                guard after.count == query.keyset.count,
                    zip(query.keyset, after).allSatisfy({ $0.takes($1) })
                else { throw .badQuestion }
            }
            try ViewFilter.check(query.filters, of: query.table, in: schema)
        }
    }
}
