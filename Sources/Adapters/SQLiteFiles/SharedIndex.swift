// SPDX-License-Identifier: Apache-2.0
/// The blocks of the index that SQLite keeps of a write-ahead log, in a file beside it that all
/// its processes map into their memory.

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

package enum SharedIndex {
    /// Takes the blocks of the index of the log of `database`, which this process has open. SQLite
    /// itself only writes the last byte of each 4 KiB of it: where blocks are smaller, as on small
    /// volumes, the rest are holes, and touching one of them when the disk is full is a fatal
    /// signal. False when there is no room for them.
    ///
    /// By SQLite's own descriptor: to close one of ours would drop every lock that this process
    /// has on the file, and the next process to look at it would take it for unused and cut it off
    /// under us (https://www.sqlite.org/howtocorrupt.html, 2.2).
    package static func reserve(of database: String) -> Bool {
        #if canImport(Darwin)
            return true
        #else
            guard let index = descriptor(of: database + "-shm") else { return true }
            var status = stat()
            guard fstat(index, &status) == 0 else { return false }
            return status.st_size == 0 || posix_fallocate(index, 0, status.st_size) == 0
        #endif
    }

    /// False when there is no room for the index of a log beside `database`, which is about to be
    /// opened. Where an earlier connection left a log, SQLite makes its index anew while it opens,
    /// before anybody could take the blocks.
    package static func hasRoom(beside database: String) -> Bool {
        #if canImport(Darwin)
            return true
        #else
            let path = database + "-room"
            let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            guard file >= 0 else { return errno != ENOSPC && errno != EDQUOT }
            defer {
                close(file)
                unlink(path)
            }
            let code = posix_fallocate(file, 0, roomBytes)
            return code != ENOSPC && code != EDQUOT
        #endif
    }

    /// Eight times what the index of a log of 64 MiB takes; others write meanwhile.
    private static let roomBytes = 256 << 10

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
}
