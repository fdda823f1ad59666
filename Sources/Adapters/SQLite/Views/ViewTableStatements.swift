// SPDX-License-Identifier: Apache-2.0
/// The prepared statements by which the rows of one table are written.

import CSQLite
import Ports

/// Belongs to the writer's thread. Rows are inserted many at a time, and an update names only the
/// columns that changed, so that indexes of the others stay as they are.
///
/// Every statement that can break a constraint says `OR ROLLBACK`: one that could fail and leave
/// the transaction open makes SQLite copy each page that it touches to a journal of the
/// statement's own.
final class ViewTableStatements {
    private let table: ViewTable
    private let name: String
    private let database: OpaquePointer
    private let arena: Arena
    private var selection: Statement?
    private var insertions: [Int: Statement] = [:]
    private var updates: [UInt64: Statement] = [:]
    private var deletion: Statement?

    /// More at once gained nothing (measured for the store's rows).
    private static let rowsAtOnce = 32
    /// Different sets of changed columns whose statements are kept.
    private static let updatesMax = 64

    init(_ table: ViewTable, named name: String, on database: OpaquePointer, _ arena: Arena) {
        self.table = table
        self.name = name
        self.database = database
        self.arena = arena
    }

    private var keyCondition: String {
        table.key.map { "\($0.sql) = ?" }.joined(separator: " AND ")
    }

    func row(_ key: ViewKey) throws(SQLiteError) -> ViewRow? {
        let statement: Statement
        if let selection {
            statement = selection
        } else {
            let columns = table.columns.map(\.sql).joined(separator: ", ")
            statement = try Statement(
                "SELECT \(columns) FROM \(name) WHERE \(keyCondition)", on: database)
            selection = statement
        }
        bind([key], to: statement)
        defer { statement.reset() }
        return try statement.step() ? statement.row(table.columns.count) : nil
    }

    func write(_ rows: [ViewRowChange]) throws(SQLiteError) {
        var inserted: [ViewRow] = []
        for change in rows {
            switch (change.old, change.new) {
            case (nil, nil): break
            case (nil, let new?):
                inserted.append(new)
                if inserted.count == Self.rowsAtOnce {
                    try insert(inserted)
                    inserted.removeAll(keepingCapacity: true)
                }
            case (let old?, let new?): try update(old, to: new)
            case (let old?, nil): try delete(table.key(of: old))
            }
        }
        for row in inserted { try insert([row]) }
    }

    private func insert(_ rows: [ViewRow]) throws(SQLiteError) {
        let statement: Statement
        if let known = insertions[rows.count] {
            statement = known
        } else {
            let one = "(\(table.columns.map { _ in "?" }.joined(separator: ", ")))"
            statement = try Statement(
                "INSERT OR ROLLBACK INTO \(name) VALUES "
                    + Array(repeating: one, count: rows.count).joined(separator: ", "),
                on: database)
            insertions[rows.count] = statement
        }
        bind(rows, to: statement)
        try statement.run()
    }

    private func update(_ old: ViewRow, to new: ViewRow) throws(SQLiteError) {
        var changed: UInt64 = 0
        for index in table.keyCount..<new.count where old[index] != new[index] {
            changed |= 1 << UInt64(index)
        }
        guard changed != 0 else { return }
        let statement: Statement
        if let known = updates[changed] {
            statement = known
        } else {
            let columns = table.columns.filter { changed & 1 << UInt64($0.index) != 0 }
            let settings = columns.map { "\($0.sql) = ?" }.joined(separator: ", ")
            statement = try Statement(
                "UPDATE OR ROLLBACK \(name) SET \(settings) WHERE \(keyCondition)", on: database)
            if updates.count >= Self.updatesMax { updates.removeAll() }
            updates[changed] = statement
        }
        let values = new.indices.filter { changed & 1 << UInt64($0) != 0 }.map { new[$0] }
        bind([values, table.key(of: new)], to: statement)
        try statement.run()
        try demandOne()
    }

    private func delete(_ key: ViewKey) throws(SQLiteError) {
        let statement: Statement
        if let deletion {
            statement = deletion
        } else {
            statement = try Statement("DELETE FROM \(name) WHERE \(keyCondition)", on: database)
            deletion = statement
        }
        bind([key], to: statement)
        try statement.run()
        try demandOne()
    }

    /// A row that was read must be there to be changed.
    private func demandOne() throws(SQLiteError) {
        guard sqlite3_changes(database) == 1 else { throw SQLiteError(code: SQLITE_CONSTRAINT) }
    }

    private func bind(_ rows: [ViewRow], to statement: Statement) {
        arena.removeAll()
        for row in rows { arena.append(row) }
        var offset = 0
        var first: Int32 = 1
        for row in rows {
            statement.bind(row, from: first, in: arena, at: &offset)
            first += Int32(row.count)
        }
    }
}
