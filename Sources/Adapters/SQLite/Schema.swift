// SPDX-License-Identifier: Apache-2.0
/// The file's schema, its migrations, and the refusal of files that a newer house wrote.

import GRDB
import Ports

enum Schema {
    /// "ordr": marks the file as one of ours.
    static let applicationID: Int64 = 0x6f72_6472
    static let version: Int64 = 1

    /// Makes the file, or brings it up to date; leaves nothing open.
    static func migrate(_ path: String, pageSize: Int) throws(StoreFailure) {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(2)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA page_size = \(pageSize)")
        }
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.write { db in try check(db) }
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

    /// Refuses what is not ours, and what a newer house wrote.
    static func check(_ db: Database) throws {
        let id = try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let stored = try Int64.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
        guard isEmpty || (id == applicationID && stored <= version) else {
            throw StoreFailure.incompatible
        }
    }

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
            try db.execute(sql: "PRAGMA user_version = \(version)")
        }
        return migrator
    }
}
