// SPDX-License-Identifier: Apache-2.0
/// What rows a question to a read model asks for.

/// What a row must have.
public indirect enum ViewFilter: Sendable {
    /// Null is equal to null.
    case equals(ViewColumn, ViewValue)
    case isOneOf(ViewColumn, [ViewValue])
    /// From the first value on, and less than the second; nil leaves that side open. Null is in no
    /// range.
    case range(ViewColumn, from: ViewValue?, to: ViewValue?)
    /// A text that begins so, byte for byte.
    case hasPrefix(ViewColumn, String)
    case isPresent(ViewColumn)
    /// The value stands in the column `found` of some row of another table of the projection that
    /// passes `filters`.
    case isFound(ViewColumn, ViewTable, found: ViewColumn, filters: [ViewFilter])

    /// Values of one filter.
    public static let valuesMax = 500
}

extension ViewFilter {
    static func check(
        _ filters: [ViewFilter], of table: ViewTable, in schema: ViewSchema
    ) throws(ViewFailure) {
        for filter in filters {
            guard table.columns.contains(filter.column), filter.hasFittingValues else {
                throw .badQuestion
            }
            guard case .isFound(let column, let other, let found, let inner) = filter else {
                continue
            }
            guard schema.tables.contains(other), other.columns.contains(found),
                column.kind == found.kind
            else { throw .badQuestion }
            try check(inner, of: other, in: schema)
        }
    }

    private var hasFittingValues: Bool {
        switch self {
        case .equals(let column, let value): column.takes(value)
        case .isOneOf(let column, let values):
            values.count <= Self.valuesMax
                && values.allSatisfy { column.takes($0) && !$0.isNull }
        case .range(let column, let from, let to):
            [from, to].allSatisfy { value in
                value.map { column.takes($0) && !$0.isNull } ?? true
            }
        case .hasPrefix(let column, _): column.kind == .text
        case .isPresent, .isFound: true
        }
    }

    public var column: ViewColumn {
        switch self {
        case .equals(let column, _), .isOneOf(let column, _), .range(let column, _, _),
            .hasPrefix(let column, _), .isPresent(let column), .isFound(let column, _, _, _):
            column
        }
    }
}
