// SPDX-License-Identifier: Apache-2.0
/// Drops the tables of removed generations in small pieces: a large table at once would keep the
/// writer, and whoever waits for a row, for seconds.

/// Tables that nobody reads or writes any more. Belongs to the writer's thread.
struct ViewLeftovers {
    /// As they are called in statements.
    private var tables: [String] = []

    /// Rows that are deleted at a time: a few milliseconds.
    static let rowsAtOnce = 2_000

    init(_ tables: [String] = []) { self.tables = tables }

    /// Drops one index, some rows, or one table that is empty. What fails is tried again.
    mutating func dropSome(on handle: OpaquePointer) throws(SQLiteError) {
        guard let table = tables.last else { return }
        // Rows that lie side by side in the table lie anywhere in its indexes.
        if let index = try Self.index(of: table, handle) {
            return try Migrations.execute("DROP INDEX \(index)", on: handle)
        }
        let key = try Self.key(of: table, handle)
        let count = try Migrations.number(
            "SELECT count(*) FROM (SELECT 1 FROM \(table) LIMIT \(Self.rowsAtOnce + 1))", handle)
        guard count > Self.rowsAtOnce else {
            try Migrations.execute("DROP TABLE \(table)", on: handle)
            tables.removeLast()
            return
        }
        try Migrations.execute(
            """
            DELETE FROM \(table) WHERE (\(key)) < (
                SELECT \(key) FROM \(table) ORDER BY \(key) LIMIT 1 OFFSET \(Self.rowsAtOnce))
            """, on: handle)
    }

    private static func index(
        of table: String, _ handle: OpaquePointer
    ) throws(SQLiteError) -> String? {
        let select = try Statement(
            "SELECT name FROM pragma_index_list(?) WHERE origin = 'c' LIMIT 1", on: handle)
        select.bind(1, String(table.dropFirst().dropLast()))
        return try select.step() ? ViewNames.quoted(select.text(0)) : nil
    }

    /// The columns of its primary key.
    private static func key(
        of table: String, _ handle: OpaquePointer
    ) throws(SQLiteError) -> String {
        let select = try Statement(
            "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", on: handle)
        select.bind(1, String(table.dropFirst().dropLast()))
        var names: [String] = []
        while try select.step() { names.append(ViewNames.quoted(select.text(0))) }
        return names.joined(separator: ", ")
    }
}
