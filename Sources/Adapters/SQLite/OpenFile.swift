// SPDX-License-Identifier: Apache-2.0
/// The writer's handle on a store file, with the house's settings.

import CSQLite
import Ports

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// An open file with the house's settings on it.
final class OpenFile {
    let handle: OpaquePointer
    private let path: String
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
        self.path = path
        log = WriteAheadLog(
            opened, pagesMax: settings.checkpointPages(on: Self.volume(of: path)))
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
        guard reserveIndex() else { throw .unavailable }
    }

    deinit { sqlite3_close_v2(handle) }

    static let busyMilliseconds: Int32 = 2_000

    /// To be called when a commit has ended.
    func noteCommit() { log.checkpointIfLong() }

    /// Gives back what the log takes, as far as its pages find room in the file itself.
    func makeRoom() { log.empty() }

    /// Takes the blocks of the log's index in shared memory. SQLite itself only writes the last
    /// byte of each 4 KiB of it: where blocks are smaller, as on small volumes, the rest are holes,
    /// and touching one of them when the disk is full is a fatal signal.
    ///
    /// By SQLite's own descriptor: to close one of ours would drop every lock that this process
    /// has on the file, and the next process to look at it would take it for unused and cut it off
    /// under us (https://www.sqlite.org/howtocorrupt.html, 2.2).
    private func reserveIndex() -> Bool {
        #if canImport(Darwin)
            return true
        #else
            guard let index = Self.descriptor(of: path + "-shm") else { return true }
            var status = stat()
            guard fstat(index, &status) == 0 else { return false }
            return status.st_size == 0 || posix_fallocate(index, 0, status.st_size) == 0
        #endif
    }

    #if !canImport(Darwin)
        /// The descriptor under which this process has the file at `path` open; nil when it has
        /// not, or does not say so.
        private static func descriptor(of path: String) -> Int32? {
            var wanted = stat()
            guard stat(path, &wanted) == 0, let folder = opendir("/proc/self/fd")
            else { return nil }
            defer { closedir(folder) }
            while let entry = readdir(folder) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                var found = stat()
                guard let number = Int32(name), fstat(number, &found) == 0 else { continue }
                if found.st_dev == wanted.st_dev && found.st_ino == wanted.st_ino { return number }
            }
            return nil
        }
    #endif

    /// The size of the volume that holds `path`; nil when it can't be told.
    private static func volume(of path: String) -> Int? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        let (bytes, overflows) = Int(status.f_blocks).multipliedReportingOverflow(
            by: Int(status.f_frsize))
        return overflows ? nil : bytes
    }
}
