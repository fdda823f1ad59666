// SPDX-License-Identifier: Apache-2.0
/// A question for a page of rows of one table.

/// A page of rows.
public struct ViewQuery: Sendable {
    public let table: ViewTable
    /// A row passes all of them.
    public var filters: [ViewFilter]
    /// The column that comes before the primary key in the order; it is never null.
    public var order: ViewColumn?
    /// For the order's column and the primary key alike.
    public var isDescending = false
    /// The keyset position of the last row of the page before; nil for the first page.
    public var after: [ViewValue]?
    public var limit: Int
    /// The index that should serve the question, by its columns. A store may go another way; what
    /// is answered is the same.
    public var index: ViewIndex?

    public static let limitMax = 10_000

    public init(
        _ table: ViewTable, _ filters: [ViewFilter] = [], order: ViewColumn? = nil,
        isDescending: Bool = false, after: [ViewValue]? = nil, limit: Int = 100,
        index: ViewIndex? = nil
    ) {
        self.table = table
        self.filters = filters
        self.order = order
        self.isDescending = isDescending
        self.after = after
        self.limit = limit
        self.index = index
    }

    /// The columns by which the rows are ordered.
    public var keyset: [ViewColumn] {
        (order.map { order in table.key.contains(order) && table.key.first == order ? [] : [order] }
            ?? []) + table.key
    }

    /// Where a row stands in the order: what the next page begins after.
    public func keysetPosition(of row: ViewRow) -> [ViewValue] { keyset.map { row[$0.index] } }
}
