// SPDX-License-Identifier: Apache-2.0
/// Whose file it is, bringing it up to date, and the refusal of files in a form that this house
/// does not know.

import CSQLite
import Ports

enum Schema {
    /// "ordr": marks the file as one of ours.
    static let applicationID: Int64 = 0x6f72_6472
    static let version = Migrations.version

    /// Makes the file, or brings it up to date; leaves nothing open.
    static func migrate(
        _ path: String, pageSize: Int, upTo last: Int64 = version
    ) throws(StoreFailure) {
        try look(at: path)
        var opened: OpaquePointer?
        defer { sqlite3_close_v2(opened) }
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        guard sqlite3_open_v2(path, &opened, flags, nil) == SQLITE_OK, let opened else {
            throw .unavailable
        }
        sqlite3_busy_timeout(opened, 2_000)
        do throws(SQLiteError) {
            // A file's page size is settled by its first page.
            try Migrations.execute("PRAGMA page_size = \(pageSize)", on: opened)
            try keepLog(opened)
            try Migrations.run(opened, upTo: last)
        } catch {
            throw error.failure
        }
    }

    /// Where a file can't have a write-ahead log, SQLite leaves it without one, and says so only
    /// here.
    private static func keepLog(_ handle: OpaquePointer) throws(SQLiteError) {
        let mode = try Statement("PRAGMA journal_mode = WAL", on: handle)
        guard try mode.step(), mode.text(0) == "wal" else {
            throw SQLiteError(code: SQLITE_CANTOPEN)
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

    /// Refuses what is not ours, and what a newer house wrote, or one from before the oldest form
    /// that is still read. Only the writer takes what an older one wrote, or what is still empty:
    /// it brings it up to date.
    static func check(_ handle: OpaquePointer, isWriter: Bool) throws(StoreFailure) {
        let id, stored: Int64
        do throws(SQLiteError) {
            let isUnborn = try isUnborn(handle)
            if isWriter && isUnborn { return }
            id = try Migrations.number("PRAGMA application_id", handle)
            stored = try Migrations.number("PRAGMA user_version", handle)
        } catch {
            throw error.failure
        }
        let readable = isWriter ? Migrations.oldest...version : version...version
        guard id == applicationID, readable.contains(stored) else { throw .incompatible }
    }

    /// True for a file that nobody has written to yet.
    private static func isUnborn(_ handle: OpaquePointer) throws(SQLiteError) -> Bool {
        let count = try Migrations.number("SELECT count(*) FROM sqlite_master", handle)
        let id = try Migrations.number("PRAGMA application_id", handle)
        let stored = try Migrations.number("PRAGMA user_version", handle)
        return count == 0 && id == 0 && stored == 0
    }
}
