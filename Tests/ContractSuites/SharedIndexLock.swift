// SPDX-License-Identifier: Apache-2.0
/// Whether anybody holds SQLite's lock on the index of a write-ahead log: by it, whoever opens the
/// file next sees that it is in use.

#if os(Linux)
    import Glibc

    public enum SharedIndexLock {
        /// True when a lock is held on the index of `database`, by this process or another one; nil
        /// when that can't be told.
        public static func isHeld(of database: String) -> Bool? {
            let file = open(database + "-shm", O_RDWR | O_CLOEXEC)
            guard file >= 0 else { return nil }
            var lock = flock()
            lock.l_type = Int16(F_WRLCK)
            lock.l_whence = Int16(SEEK_SET)
            // The byte by which SQLite knows whether anybody uses the index (walIndexWriteHdr and
            // unixShmLock in its sources: 120 + SQLITE_SHM_NLOCK).
            lock.l_start = 128
            lock.l_len = 1
            // A lock of an open file description meets those of its own process, too.
            let getOpenFileLock: Int32 = 36  // F_OFD_GETLK, which Glibc does not import.
            let isTold = fcntl(file, getOpenFileLock, &lock) == 0
            // Last: to close it drops the locks of this process on the file.
            close(file)
            return isTold ? lock.l_type == Int16(F_RDLCK) : nil
        }
    }
#endif
