// SPDX-License-Identifier: Apache-2.0
/// How a store's file came to have its form: steps that are only ever added to.

import CSQLite

/// The steps from an empty file to the schema of today. The file's `user_version` says how many it
/// has taken.
enum Migrations {
    /// The version of a file that has taken them all.
    static let version: Int64 = 4
    /// The first whose facts can be read, and whose tables have the names of today. Those before it
    /// were never released.
    static let oldest: Int64 = 4

    /// The step that leads away from version `taken`, run within a transaction. Returns the
    /// version to which it leads.
    private static func step(
        from taken: Int64, on handle: OpaquePointer
    ) throws(SQLiteError) -> Int64 {
        switch taken {
        case 0: try execute(tables, on: handle)
        default: throw SQLiteError(code: SQLITE_CORRUPT)
        }
        return max(taken + 1, oldest)
    }

    private static let tables = """
        CREATE TABLE log (
            id INTEGER PRIMARY KEY,
            service TEXT NOT NULL,
            shard INTEGER NOT NULL,
            UNIQUE (service, shard));
        CREATE TABLE frame (
            log INTEGER NOT NULL,
            first INTEGER NOT NULL,
            count INTEGER NOT NULL CHECK (count > 0),
            epoch INTEGER NOT NULL,
            at INTEGER NOT NULL,
            bytes BLOB NOT NULL,
            chain BLOB NOT NULL,
            PRIMARY KEY (log, first)) WITHOUT ROWID;
        CREATE TABLE epoch (
            epoch INTEGER NOT NULL,
            log INTEGER NOT NULL,
            base INTEGER NOT NULL,
            PRIMARY KEY (epoch, log)) WITHOUT ROWID;
        PRAGMA application_id = \(Schema.applicationID);
        """

    /// Takes the steps that the file has not, each in a transaction of its own, between any two of
    /// which the process may die.
    static func run(_ handle: OpaquePointer, upTo last: Int64 = version) throws(SQLiteError) {
        while true {
            try execute("BEGIN IMMEDIATE", on: handle)
            do throws(SQLiteError) {
                let taken = try number("PRAGMA user_version", handle)
                guard taken < last else { return try execute("COMMIT", on: handle) }
                let reached = try step(from: taken, on: handle)
                try execute("PRAGMA user_version = \(reached); COMMIT", on: handle)
            } catch {
                sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
                throw error
            }
        }
    }

    /// The first column of the first row; 0 when there is none.
    static func number(_ sql: String, _ handle: OpaquePointer) throws(SQLiteError) -> Int64 {
        let statement = try Statement(sql, on: handle)
        return try statement.step() ? statement.int(0) : 0
    }

    static func execute(_ sql: String, on handle: OpaquePointer) throws(SQLiteError) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else {
            throw SQLiteError(code: sqlite3_extended_errcode(handle))
        }
    }
}
