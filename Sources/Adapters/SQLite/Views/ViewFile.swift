// SPDX-License-Identifier: Apache-2.0
/// The file of the read models: whose it is, its settings, and the tables about its tables.

import CSQLite
import Ports
import SQLiteFiles

/// The writer's open file.
final class ViewFile {
    let handle: OpaquePointer
    let log: WriteAheadLog

    /// "ordv": marks the file as one of ours.
    static let applicationID: Int64 = 0x6f72_6476
    /// Grows when `tables` change; a file of another version is thrown away and filled again.
    static let version: Int64 = 1

    private static let tables = """
        CREATE TABLE projection_generation (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            projection TEXT NOT NULL,
            version INTEGER NOT NULL,
            shape TEXT NOT NULL,
            is_published INTEGER NOT NULL);
        CREATE TABLE projection_cursor (
            generation INTEGER NOT NULL,
            service TEXT NOT NULL,
            shard INTEGER NOT NULL,
            position INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            chain BLOB NOT NULL,
            PRIMARY KEY (generation, service, shard)) WITHOUT ROWID;
        CREATE VIEW projections AS
            SELECT g.projection AS name, g.version AS version,
                c.service || '/' || c.shard AS log, c.position AS position
            FROM projection_generation g JOIN projection_cursor c ON c.generation = g.number
            WHERE g.is_published;
        PRAGMA application_id = \(applicationID);
        PRAGMA user_version = \(version);
        """

    init(_ path: String, _ settings: SQLiteViews.Configuration) throws(ViewFailure) {
        // Opened again and again while a disk is full: see `hasRoom`.
        guard SharedIndex.hasRoom(beside: path) else { throw .unavailable }
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            sqlite3_close_v2(opened)
            throw .unavailable
        }
        handle = opened
        sqlite3_extended_result_codes(opened, 1)
        sqlite3_busy_timeout(opened, OpenFile.busyMilliseconds)
        var store = SQLiteStore.Configuration()
        store.pageSize = settings.pageSize
        store.checkpointPages = settings.checkpointPages
        log = WriteAheadLog(
            opened, pagesMax: store.checkpointPages(on: Volume.bytes(at: path)))
        do throws(SQLiteError) {
            try Migrations.execute("PRAGMA page_size = \(settings.pageSize)", on: opened)
            try Self.beginLog(opened)
        } catch {
            throw ViewFailure(error)
        }
        // Before anything is written: to touch an index without blocks is a fatal signal.
        guard SharedIndex.reserve(of: path) else { throw .unavailable }
        do throws(SQLiteError) {
            try Self.found(opened)
            for setting in [
                "synchronous = NORMAL", "cache_size = -\(settings.cacheBytes >> 10)",
                "journal_size_limit = "
                    + "\(WriteAheadLog.patientFrom * log.pagesMax * settings.pageSize)",
            ] { try Migrations.execute("PRAGMA \(setting)", on: opened) }
        } catch {
            throw ViewFailure(error)
        }
    }

    deinit { sqlite3_close_v2(handle) }

    /// A file that can't have a write-ahead log is left without one, and says so only here.
    private static func beginLog(_ handle: OpaquePointer) throws(SQLiteError) {
        let mode = try Statement("PRAGMA journal_mode = WAL", on: handle)
        guard try mode.step(), mode.text(0) == "wal" else {
            throw SQLiteError(code: SQLITE_CANTOPEN)
        }
        mode.reset()
        // The first look also makes the index of the log in shared memory.
        _ = try Migrations.number("PRAGMA schema_version", handle)
    }

    /// Makes an empty file one of ours, and refuses every other.
    private static func found(_ handle: OpaquePointer) throws(SQLiteError) {
        if try Migrations.number("SELECT count(*) FROM sqlite_master", handle) == 0 {
            do throws(SQLiteError) {
                try Migrations.execute("BEGIN IMMEDIATE;\(tables)COMMIT", on: handle)
            } catch {
                sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
                throw error
            }
        }
        guard try isOurs(handle) else { throw SQLiteError(code: SQLITE_NOTADB) }
    }

    /// True when the program knows the form of the file.
    static func isOurs(_ handle: OpaquePointer) throws(SQLiteError) -> Bool {
        let id = try Migrations.number("PRAGMA application_id", handle)
        let stored = try Migrations.number("PRAGMA user_version", handle)
        return id == applicationID && stored == version
    }
}

extension ViewFailure {
    init(_ error: SQLiteError) {
        switch error.primary {
        case SQLITE_CONSTRAINT, SQLITE_MISMATCH: self = .constraint
        case SQLITE_CORRUPT, SQLITE_NOTADB: self = .corrupt
        case SQLITE_BUSY, SQLITE_LOCKED: self = .locked
        default: self = .unavailable
        }
    }
}
