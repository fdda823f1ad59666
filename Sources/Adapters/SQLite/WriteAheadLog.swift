// SPDX-License-Identifier: Apache-2.0
/// Keeps the write-ahead log short: SQLite's own checkpoints leave it as long as readers make it,
/// and never shorten it when the disk is full.

import CSQLite

/// The log of one writing connection. Belongs to its thread.
final class WriteAheadLog {
    /// Copied back from this length on.
    let pagesMax: Int
    private let database: OpaquePointer
    /// Its length after the last commit, in pages.
    private(set) var pages = 0
    /// Readers are waited for at this length.
    private var patientAt = 0

    /// Readers that hold the log up are waited for only so long: the node stands still meanwhile.
    private static let patienceMilliseconds: Int32 = 50
    /// Readers are waited for when the log is so many times as long as it should be, and again
    /// whenever it has grown by as much as it should have.
    static let patientFrom = 4

    init(_ database: OpaquePointer, pagesMax: Int) {
        self.database = database
        self.pagesMax = pagesMax
        // SAFETY: the hook is called on this connection's thread, in a commit, and the connection
        // is closed before its log goes.
        sqlite3_wal_hook(
            database,
            { context, _, _, pages in
                guard let context else { return SQLITE_OK }
                Unmanaged<WriteAheadLog>.fromOpaque(context).takeUnretainedValue().pages =
                    Int(pages)
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Copies the log back when it is long, so that the next commit begins it anew. Beside readers
    /// that still need it this does as much as it can; when it has grown to a multiple, they are
    /// waited for.
    func checkpointIfLong() {
        guard pages >= pagesMax else { return }
        if pages < Self.patientFrom * pagesMax { patientAt = Self.patientFrom * pagesMax }
        guard pages >= patientAt else { return checkpoint(SQLITE_CHECKPOINT_PASSIVE) }
        patientAt = pages + pagesMax
        checkpoint(SQLITE_CHECKPOINT_RESTART)
    }

    /// Copies it back and cuts it off, as far as there is room.
    func empty() { checkpoint(SQLITE_CHECKPOINT_TRUNCATE) }

    /// A checkpoint that fails has lost nothing: the log still holds all.
    private func checkpoint(_ mode: Int32) {
        sqlite3_busy_timeout(database, Self.patienceMilliseconds)
        sqlite3_wal_checkpoint_v2(database, nil, mode, nil, nil)
        sqlite3_busy_timeout(database, OpenFile.busyMilliseconds)
    }
}
