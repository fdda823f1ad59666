// SPDX-License-Identifier: Apache-2.0
/// The file's schema, its migrations, and the refusal of files that a newer house wrote.

import GRDB
import GRDBSQLite
import Ports

enum Schema {
    /// "ordr": marks the file as one of ours.
    static let applicationID: Int64 = 0x6f72_6472
    static let version: Int64 = 2

    /// Makes the file, or brings it up to date; leaves nothing open.
    static func migrate(_ path: String, pageSize: Int) throws(StoreFailure) {
        try look(at: path)
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(2)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA page_size = \(pageSize)")
        }
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try migrator.migrate(queue)
            try queue.close()
        } catch let error as DatabaseError {
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: throw .corrupt
            case .SQLITE_BUSY, .SQLITE_LOCKED: throw .locked
            default: throw .unavailable
            }
        } catch {
            throw error as? StoreFailure ?? .unavailable
        }
    }

    /// Refuses what is not a house's file without changing what it says: to open it for writing
    /// would give a stranger's file a write-ahead log. Only a half-written transaction is taken
    /// back first, as its owner would.
    private static func look(at path: String) throws(StoreFailure) {
        var opened: OpaquePointer?
        defer { sqlite3_close_v2(opened) }
        let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX
        // What can't be opened is made next, or fails again.
        guard sqlite3_open_v2(path, &opened, flags, nil) == SQLITE_OK, let opened else { return }
        sqlite3_busy_timeout(opened, 2_000)
        if isHalfWritten(opened) { takeBack(path) }
        try check(opened, isWriter: true)
    }

    /// A process that died while it made the file, or brought it up to date, left a journal, which
    /// only a connection that may write can take back.
    private static func isHalfWritten(_ handle: OpaquePointer) -> Bool {
        // What the header calls SQLITE_READONLY_ROLLBACK.
        let mustRollBack = SQLITE_READONLY | 3 << 8
        guard sqlite3_exec(handle, "SELECT 1 FROM sqlite_master", nil, nil, nil) != SQLITE_OK
        else { return false }
        return sqlite3_extended_errcode(handle) == mustRollBack
    }

    /// Brings the file to where its last transaction ended; its owner's next look would do the
    /// same, also where that is a stranger.
    private static func takeBack(_ path: String) {
        var opened: OpaquePointer?
        defer { sqlite3_close_v2(opened) }
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX
        guard sqlite3_open_v2(path, &opened, flags, nil) == SQLITE_OK else { return }
        sqlite3_busy_timeout(opened, 2_000)
        sqlite3_exec(opened, "SELECT 1 FROM sqlite_master", nil, nil, nil)
    }

    /// Refuses what is not ours, and what a newer house wrote. Only the writer takes what an older
    /// one wrote, or what is still empty: it brings it up to date.
    static func check(_ handle: OpaquePointer, isWriter: Bool) throws(StoreFailure) {
        let id, stored: Int64
        do throws(SQLiteError) {
            let isUnborn = try isUnborn(handle)
            if isWriter && isUnborn { return }
            id = try number("PRAGMA application_id", handle)
            stored = try number("PRAGMA user_version", handle)
        } catch {
            throw error.failure
        }
        let readable = isWriter ? 1...version : version...version
        guard id == applicationID, readable.contains(stored) else { throw .incompatible }
    }

    /// True for a file without tables, but for the list of migrations, which comes before the first
    /// of them and in a transaction of its own.
    private static func isUnborn(_ handle: OpaquePointer) throws(SQLiteError) -> Bool {
        let others = "SELECT count(*) FROM sqlite_master WHERE tbl_name <> 'grdb_migrations'"
        let count = try number(others, handle)
        let id = try number("PRAGMA application_id", handle)
        let stored = try number("PRAGMA user_version", handle)
        return count == 0 && id == 0 && stored == 0
    }

    private static func number(
        _ sql: String, _ handle: OpaquePointer
    ) throws(SQLiteError) -> Int64 {
        let statement = try Statement(sql, on: handle)
        return try statement.step() ? statement.int(0) : 0
    }

    /// Each migration is a transaction of its own, between any two of which the process may die: it
    /// leaves behind the version that it leads to, which the next start takes.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: frames, epochs, tables") { db in
            try db.execute(
                sql: """
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
                    """)
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: "PRAGMA user_version = 1")
        }
        migrator.registerMigration("2: states without what nobody needs any more") { db in
            try forgetRows(db)
            try db.execute(sql: "PRAGMA user_version = 2")
        }
        return migrator
    }

    /// Tables that are no caches of the log.
    private static let lasting: Set = ["t_cursors", "t_courier", "t_parked", "t_deaths"]

    /// States are caches of the log: without their rows and marks the next start makes them again,
    /// in the form of today.
    private static func forgetRows(_ db: Database) throws {
        let tables = try String.fetchAll(
            db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 't_*'")
        for table in tables
        where !lasting.contains(table) && !table.hasPrefix("t_replies_") {
            try db.execute(sql: "DELETE FROM \(table)")
        }
    }
}
