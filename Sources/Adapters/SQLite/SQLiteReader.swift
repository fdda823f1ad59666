// SPDX-License-Identifier: Apache-2.0
/// Readers of a store's file: connections of their own, opened read-only, that never hold up the
/// writer nor its checkpoints for longer than one bounded query.

import CSQLite
package import Ports
import Synchronization

/// A small pool of read-only connections to one store file.
package final class SQLiteReader: Reader {
    private let path: String
    private let idle = Mutex<[Lease]>([])
    private static let idleMax = 4

    /// A connection with the handle that keeps it open.
    // SAFETY: a lease is taken out of the pool by one thread at a time, and SQLite's handle is
    // opened without a mutex for exactly that use.
    private final class Lease: @unchecked Sendable {
        let connection: Connection
        private let handle: OpaquePointer

        init(_ path: String) throws(StoreFailure) {
            var opened: OpaquePointer?
            let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX
            let code = sqlite3_open_v2(path, &opened, flags, nil)
            guard code == SQLITE_OK, let opened else {
                sqlite3_close_v2(opened)
                throw .unavailable
            }
            sqlite3_busy_timeout(opened, 2_000)
            handle = opened
            do {
                try Schema.check(opened, isWriter: false)
                connection = try Connection(opened, isWriter: false)
            } catch {
                sqlite3_close_v2(opened)
                throw (error as? SQLiteError)?.failure ?? error as? StoreFailure ?? .unavailable
            }
        }

        deinit { sqlite3_close_v2(handle) }
    }

    package init(path: String) { self.path = path }

    package func row(_ key: RowKey) throws(StoreFailure) -> Row? {
        try with { connection throws(StoreFailure) in try connection.row(key) }
    }

    package func rows(
        in table: String, after: [UInt8]?, isDueOnly: Bool, limit: Int
    ) throws(StoreFailure) -> [Row] {
        try with { connection throws(StoreFailure) in
            try connection.rows(in: table, after: after, isDueOnly: isDueOnly, limit: limit)
        }
    }

    package func frames(
        of log: LogName, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [Frame] {
        try with { connection throws(StoreFailure) in
            try connection.frames(of: log, after: position, limit: limit)
        }
    }

    package func contents() throws(StoreFailure) -> StoreContents {
        try with { connection throws(StoreFailure) in
            do { return try connection.contents() } catch {
                throw (error as? SQLiteError)?.failure ?? error as? StoreFailure ?? .unavailable
            }
        }
    }

    private func with<Answer>(
        _ body: (Connection) throws(StoreFailure) -> Answer
    ) throws(StoreFailure) -> Answer {
        let lease: Lease
        if let waiting = idle.withLock({ $0.popLast() }) {
            lease = waiting
        } else {
            lease = try Lease(path)
        }
        let answer = try body(lease.connection)
        idle.withLock { if $0.count < Self.idleMax { $0.append(lease) } }
        return answer
    }
}
