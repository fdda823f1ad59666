// SPDX-License-Identifier: Apache-2.0
/// What a vault's files may take of a small volume, and what they must have of a full one.

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

enum VaultRoom {
    /// The length of the write-ahead log, in pages of 4 KiB, at which it is copied back: 32 MiB, on
    /// small volumes no more than a sixty-fourth of them.
    static func logPages(at path: String) -> Int {
        let most = 8_000
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return most }
        let (bytes, overflows) = Int(status.f_blocks).multipliedReportingOverflow(
            by: Int(status.f_frsize))
        return overflows ? most : min(most, max(32, bytes / 64 / 4_096))
    }

    /// Takes the blocks of the log's index in shared memory. SQLite itself leaves holes where
    /// blocks are small, and touching a hole when the disk is full is a fatal signal.
    static func reserveIndex(of path: String) -> Bool {
        #if canImport(Darwin)
            return true
        #else
            let index = open(path + "-shm", O_RDWR | O_CLOEXEC)
            guard index >= 0 else { return errno == ENOENT }
            defer { close(index) }
            var status = stat()
            guard fstat(index, &status) == 0 else { return false }
            return status.st_size == 0 || posix_fallocate(index, 0, status.st_size) == 0
        #endif
    }
}
