// SPDX-License-Identifier: Apache-2.0
/// The writer's handle on a store file, with the house's settings.

import CSQLite
import Ports
import SQLiteFiles

/// An open file with the house's settings on it.
final class OpenFile {
    let handle: OpaquePointer
    let log: WriteAheadLog

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
        log = WriteAheadLog(
            opened, pagesMax: settings.checkpointPages(on: Volume.bytes(at: path)))
        sqlite3_busy_timeout(opened, Self.busyMilliseconds)
        let synchronous = settings.isFullySynchronous ? "FULL" : "NORMAL"
        for setting in [
            "synchronous = \(synchronous)", "cache_size = -\(settings.cacheBytes >> 10)",
            "journal_size_limit = \(WriteAheadLog.patientFrom * log.pagesMax * settings.pageSize)",
            // The first look at the file also makes the index of the log in shared memory.
            "schema_version",
        ] {
            let result = sqlite3_exec(opened, "PRAGMA \(setting)", nil, nil, nil)
            guard result == SQLITE_OK else { throw SQLiteError(code: result).failure }
        }
        guard SharedIndex.reserve(of: path) else { throw .unavailable }
    }

    deinit { sqlite3_close_v2(handle) }

    static let busyMilliseconds: Int32 = 2_000

    /// To be called when a commit has ended.
    func noteCommit() { log.checkpointIfLong() }

    /// Gives back what the log takes, as far as its pages find room in the file itself.
    func makeRoom() { log.empty() }
}
