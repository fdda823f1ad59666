// SPDX-License-Identifier: Apache-2.0
/// How the tables of a generation are called in the file, and the statements that make them.

import Ports

/// The tables of one generation. People read the SQL views of the published one, which have the
/// tables' declared names.
struct ViewNames {
    let number: Int

    /// The table that holds the rows of a declared one.
    func table(_ name: String) -> String { Self.quoted("g\(number)_\(name)") }

    /// No table has two `_` in a row in its name.
    func index(_ index: ViewIndex, of table: ViewTable) -> String {
        let place = table.indexes.firstIndex(of: index) ?? 0
        let columns = index.columns.joined(separator: "_")
        return Self.quoted("g\(number)_\(table.name)__\(place)_\(columns)")
    }

    /// An identifier of SQL, also when it is one of its keywords.
    static func quoted(_ name: String) -> String { "\"\(name)\"" }

    /// Generation and declared name of a stored table; nil for every other table.
    static func parse(_ stored: String) -> (number: Int, table: String)? {
        guard stored.first == "g", let end = stored.firstIndex(of: "_"),
            let number = Int(stored[stored.index(after: stored.startIndex)..<end])
        else { return nil }
        return (number, String(stored[stored.index(after: end)...]))
    }

    func creation(of table: ViewTable) -> [String] {
        let columns = table.columns.map { column in
            "\(column.sql) \(column.kind.rawValue.uppercased())"
                + (column.isNullable ? "" : " NOT NULL")
        }
        let key = table.key.map(\.sql).joined(separator: ", ")
        let name = self.table(table.name)
        let indexes = table.indexes.map { index in
            let columns = index.columns.map(Self.quoted)
            return "CREATE INDEX \(self.index(index, of: table)) ON \(name) "
                + "(\(columns.joined(separator: ", ")))"
                + (index.isSparse ? " WHERE \(columns[0]) IS NOT NULL" : "")
        }
        return [
            """
            CREATE TABLE \(name) (
                \(columns.joined(separator: ",\n    ")),
                PRIMARY KEY (\(key))) WITHOUT ROWID
            """
        ] + indexes
    }

    /// The SQL view by which people read a table.
    func sqlView(of table: String) -> String {
        "CREATE VIEW \(Self.quoted(table)) AS SELECT * FROM \(self.table(table))"
    }

    static func dropView(of table: String) -> String {
        "DROP VIEW IF EXISTS \(quoted(table))"
    }
}

extension ViewColumn {
    /// Its name in a statement.
    var sql: String { ViewNames.quoted(name) }
}
