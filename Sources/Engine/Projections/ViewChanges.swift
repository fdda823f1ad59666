// SPDX-License-Identifier: Apache-2.0
/// What a projection does to its rows, gathered in memory: a row that many facts change is read
/// once and written once a batch.

package import Ports

/// The rows of one generation as the facts so far make them. Belongs to the projector's thread.
package final class ViewChanges {
    private let views: any Views
    private let generation: ViewGeneration
    private let tables: [TableRows]

    /// Rows of a table that stay in memory, so that the next facts about them need no read: twice
    /// as many at most.
    private static let rowsKept = 4_000

    package init(_ schema: ViewSchema, in generation: ViewGeneration, of views: any Views) {
        self.views = views
        self.generation = generation
        tables = schema.tables.map { TableRows($0) }
    }

    /// The row as it is now; nil when there is none.
    package func row(_ table: ViewTable, _ key: ViewKey) throws -> ViewRow? {
        try image(key, in: rows(of: table)).current
    }

    /// A row that was not there: it is not looked for, and one that is there stops the projection.
    /// In a table of which no row is ever asked for this costs no memory beyond the batch.
    package func insert(_ table: ViewTable, _ row: ViewRow) throws {
        let rows = try rows(of: table)
        guard row.count == table.columns.count, Self.fits(row, table) else {
            throw ChangeFailure.badRow(table.name)
        }
        guard rows.insert(row) else { throw ChangeFailure.rowExists(table.name) }
    }

    /// Changes the row of `key`, which is made, with every other column empty, when there is none.
    package func upsert(
        _ table: ViewTable, _ key: ViewKey, _ change: (inout EditedRow) throws -> Void
    ) throws {
        let rows = try rows(of: table)
        let image = try image(key, in: rows)
        try edit(image, image.current ?? Self.emptyRow(key, table), rows, change)
    }

    /// Changes the row of `key`; false when there is none.
    @discardableResult
    package func update(
        _ table: ViewTable, _ key: ViewKey, _ change: (inout EditedRow) throws -> Void
    ) throws -> Bool {
        let rows = try rows(of: table)
        let image = try image(key, in: rows)
        guard let current = image.current else { return false }
        try edit(image, current, rows, change)
        return true
    }

    /// Adds to one column of the row of `key`, which is made when there is none.
    package func increment(
        _ table: ViewTable, _ key: ViewKey, _ column: ViewColumn, by amount: Int64 = 1
    ) throws {
        try upsert(table, key) { try $0.add(amount, to: column) }
    }

    /// False when there was no such row.
    @discardableResult
    package func delete(_ table: ViewTable, _ key: ViewKey) throws -> Bool {
        let rows = try rows(of: table)
        let image = try image(key, in: rows)
        guard image.current != nil else { return false }
        image.current = nil
        rows.touch(image)
        return true
    }

    private func edit(
        _ image: RowImage, _ row: ViewRow, _ rows: TableRows,
        _ change: (inout EditedRow) throws -> Void
    ) throws {
        var edited = EditedRow(row, of: rows.table)
        try change(&edited)
        guard Self.fits(edited.values, rows.table) else {
            throw ChangeFailure.badRow(rows.table.name)
        }
        image.current = edited.values
        rows.touch(image)
    }

    private static func fits(_ row: ViewRow, _ table: ViewTable) -> Bool {
        for column in table.columns where !column.takes(row[column.index]) { return false }
        return true
    }

    private static func emptyRow(_ key: ViewKey, _ table: ViewTable) -> ViewRow {
        key + table.columns.dropFirst(table.keyCount).map(\.empty)
    }

    private func rows(of table: ViewTable) throws -> TableRows {
        for rows in tables where rows.table === table { return rows }
        guard let rows = tables.first(where: { $0.table == table }) else {
            throw ChangeFailure.unknownTable(table.name)
        }
        return rows
    }

    private func image(_ key: ViewKey, in rows: TableRows) throws -> RowImage {
        guard rows.allowQuestions() else { throw ChangeFailure.rowExists(rows.table.name) }
        if let known = rows.known(key) { return known }
        guard key.count == rows.table.keyCount,
            zip(rows.table.key, key).allSatisfy({ $0.takes($1) })
        else { throw ChangeFailure.badRow(rows.table.name) }
        let stored = try views.row(key, in: rows.table, of: generation)
        return rows.add(RowImage(stored), at: key)
    }

    // MARK: The batch

    /// The rows that changed since the last `settle`, in the order of their keys, which is the
    /// quickest to write.
    package func collect() -> [ViewTableChanges] {
        tables.compactMap { rows in
            let changed = rows.touched.filter { $0.stored != nil || $0.current != nil }
                .map { ViewRowChange(old: $0.stored, new: $0.current) }
                + rows.inserted.map { ViewRowChange(old: nil, new: $0) }
            guard !changed.isEmpty else { return nil }
            let keyCount = rows.table.keyCount
            return ViewTableChanges(
                rows.table, changed.sorted { Self.isBefore($0, $1, keyCount) })
        }
    }

    private static func isBefore(
        _ one: ViewRowChange, _ other: ViewRowChange, _ keyCount: Int
    ) -> Bool {
        guard let one = one.new ?? one.old, let other = other.new ?? other.old else { return false }
        for index in 0..<keyCount where one[index] != other[index] {
            return one[index] < other[index]
        }
        return false
    }

    /// What was collected is committed.
    func settle() { for rows in tables { rows.settle(keeping: Self.rowsKept) } }

    /// What was collected is not committed, or nobody knows: rows are read again.
    func forget() { for rows in tables { rows.forget() } }
}

/// A row while a projection changes it.
package struct EditedRow {
    package private(set) var values: ViewRow
    private let table: ViewTable

    init(_ values: ViewRow, of table: ViewTable) {
        self.values = values
        self.table = table
    }

    package subscript(column: ViewColumn) -> ViewValue {
        get throws {
            try demand(column)
            return values[column.index]
        }
    }

    private func demand(_ column: ViewColumn) throws {
        guard column.table == table.name, values.indices.contains(column.index) else {
            throw ChangeFailure.badColumn("\(column.table).\(column.name)")
        }
    }

    package mutating func set(_ column: ViewColumn, _ value: ViewValue) throws {
        try demand(column)
        guard column.index >= table.keyCount else {
            throw ChangeFailure.badColumn("\(column.table).\(column.name)")
        }
        values[column.index] = value
    }

    /// Null counts as 0.
    package mutating func add(_ amount: Int64, to column: ViewColumn) throws {
        let before = try self[column].int ?? 0
        let (sum, overflows) = before.addingReportingOverflow(amount)
        guard !overflows else { throw ChangeFailure.overflow(column.name) }
        try set(column, .int(sum))
    }
}

/// What a projection can't do to a row.
package enum ChangeFailure: Error, Equatable {
    case unknownTable(String)
    /// A column of another table, or one of the key that is to be changed.
    case badColumn(String)
    /// A value does not fit its column.
    case badRow(String)
    case rowExists(String)
    case overflow(String)
}
