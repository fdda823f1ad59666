// SPDX-License-Identifier: Apache-2.0
/// The calls that decide what is left after a loss of power or on a full disk, so that a test can
/// count them and let them fail.

#if canImport(Darwin)
    import Darwin
#else
    import CSyncfs
    import Glibc
#endif

package protocol MailDisk: Sendable {
    /// As `pwrite(2)`: the number of bytes that were written, or -1 and `errno`.
    func write(_ bytes: UnsafeRawBufferPointer, to file: Int32, at offset: Int) -> Int
    /// Makes the bytes of a file durable.
    func flush(_ file: Int32) -> Bool
    /// Makes the names in a folder durable.
    func flush(folder: Int32) -> Bool
    /// Makes all files in `folders` durable, which lie on one file system; reports each failure
    /// since the last call.
    func sync(_ folders: [Int32]) -> Bool
}

package struct SystemMailDisk: MailDisk {
    package init() {}

    package func write(
        _ bytes: UnsafeRawBufferPointer, to file: Int32, at offset: Int
    ) -> Int {
        pwrite(file, bytes.baseAddress, bytes.count, off_t(offset))
    }

    package func flush(_ file: Int32) -> Bool {
        #if canImport(Darwin)
            fcntl(file, F_FULLFSYNC) == 0
        #else
            fdatasync(file) == 0
        #endif
    }

    package func flush(folder: Int32) -> Bool { fsync(folder) == 0 }

    package func sync(_ folders: [Int32]) -> Bool {
        #if canImport(Darwin)
            // There is no syncfs: one file after the other, then the drive's cache for all.
            folders.allSatisfy { folder in
                FolderEntries.names(in: folder).allSatisfy { name in
                    let file = openat(folder, name, O_RDONLY | O_CLOEXEC)
                    // A reader may have taken it away.
                    guard file >= 0 else { return errno == ENOENT }
                    defer { close(file) }
                    return fsync(file) == 0
                } && fsync(folder) == 0
            } && folders.allSatisfy { fcntl($0, F_FULLFSYNC) == 0 }
        #else
            folders.first.map { syncfs($0) == 0 } ?? true
        #endif
    }
}

extension MailDisk {
    /// False when not all of it was written; `errno` says why.
    func writeAll(_ bytes: UnsafeRawBufferPointer, to file: Int32, at offset: Int) -> Bool {
        var written = 0
        while written < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
            let count = write(rest, to: file, at: offset + written)
            if count > 0 {
                written += count
            } else if count == 0 || errno != EINTR {
                return false
            }
        }
        return true
    }
}

enum FolderEntries {
    /// What lies in an open folder, but for names with a leading dot; empty when it can't be read.
    static func names(in folder: Int32) -> [String] {
        let copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { return [] }
        guard let stream = fdopendir(copy) else {
            close(copy)
            return []
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.first != "." { names.append(name) }
        }
        return names
    }

    /// The whole file; nil when it can't be read, is longer, or is no file.
    static func contents(of name: String, in folder: Int32, bytesMax: Int) -> [UInt8]? {
        let file = openat(folder, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_size <= bytesMax
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var count = 0
        while count < bytes.count {
            let read = bytes.withUnsafeMutableBytes { buffer in
                let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
                return pread(file, rest.baseAddress, rest.count, off_t(count))
            }
            if read > 0 {
                count += read
            } else if read == 0 {
                break
            } else if errno != EINTR {
                return nil
            }
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}
