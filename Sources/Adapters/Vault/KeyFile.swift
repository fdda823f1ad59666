// SPDX-License-Identifier: Apache-2.0
/// The file that the master key is kept in. Founded once, durable before anything is sealed, and
/// refused when others than its owner may touch it.

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Why a vault can't be opened.
package enum VaultOpenFailure: Error, Equatable, Sendable {
    /// There are persons' keys, but no master key. A new one would lock them away for good.
    case keyMissing
    /// Others than the owner may read or write the master key: whoever did may have it.
    case keyExposed
    /// The master key's file has another size than a key.
    case keyDamaged
    /// The database was founded with another master key.
    case wrongKey
    /// The database was written by a newer version of the house.
    case incompatible
    /// No room is left for its files.
    case full
    /// A file or folder can't be opened, read or written.
    case unavailable
}

extension VaultOpenFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .keyMissing: "there are persons' keys, but the master key is missing"
        case .keyExposed: "others than the owner may read or write the master key"
        case .keyDamaged: "the master key has another size than a key"
        case .wrongKey: "the database was founded with another master key"
        case .incompatible: "a newer version of the house wrote it"
        case .full: "no room is left on the disk"
        case .unavailable: "a file can't be opened, read or written"
        }
    }
}

enum KeyFile {
    /// Reads the key at `path`.
    static func read(_ path: String) throws(VaultOpenFailure) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw errno == ENOENT ? .keyMissing : .unavailable }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .unavailable }
        guard status.st_mode & 0o077 == 0 else { throw .keyExposed }
        var bytes = [UInt8](repeating: 0, count: MasterKey.byteCount + 1)
        guard pread(file, &bytes, bytes.count, 0) == MasterKey.byteCount else {
            throw .keyDamaged
        }
        return Array(bytes.prefix(MasterKey.byteCount))
    }

    /// Founds a key at `directory/name`, whole and durable or not at all.
    static func create(_ name: String, in directory: String) throws(VaultOpenFailure) {
        let temporary = "\(directory)/\(name).new"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .unavailable }
        var bytes = [UInt8](repeating: 0, count: MasterKey.byteCount)
        let isWritten =
            fchmod(file, 0o600) == 0 && getentropy(&bytes, bytes.count) == 0
            && write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
        close(file)
        guard isWritten, rename(temporary, "\(directory)/\(name)") == 0 else {
            unlink(temporary)
            throw .unavailable
        }
        let folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .unavailable }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw .unavailable }
    }

    /// Makes an empty file that only the owner may touch, unless there is one.
    static func reserve(_ path: String) throws(VaultOpenFailure) {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .unavailable }
        close(file)
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
