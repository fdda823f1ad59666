// SPDX-License-Identifier: Apache-2.0
/// The writer's handle on a store file, with the house's settings.

import CSQLite
import Ports

/// An open file with the house's settings on it.
final class OpenFile {
    let handle: OpaquePointer

    init(_ path: String, _ settings: SQLiteStore.Configuration) throws(StoreFailure) {
        try Schema.migrate(path, pageSize: settings.pageSize)
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            sqlite3_close_v2(opened)
            throw .unavailable
        }
        handle = opened
        sqlite3_busy_timeout(opened, 2_000)
        let synchronous = settings.isFullySynchronous ? "FULL" : "NORMAL"
        for setting in [
            "synchronous = \(synchronous)", "cache_size = -\(settings.cacheBytes >> 10)",
            "wal_autocheckpoint = \(settings.checkpointPages)",
            "journal_size_limit = 268435456",
        ] {
            let result = sqlite3_exec(opened, "PRAGMA \(setting)", nil, nil, nil)
            guard result == SQLITE_OK else { throw SQLiteError(code: result).failure }
        }
    }

    deinit { sqlite3_close_v2(handle) }
}
