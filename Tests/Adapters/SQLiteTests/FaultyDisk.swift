// SPDX-License-Identifier: Apache-2.0
/// A disk that fails on purpose: a layer below SQLite (a VFS) that passes everything through, but
/// for the files of folders that are told to fail. SQLite reacts as it would to the real thing.

import CSQLite
import Foundation
import Synchronization

/// The faults of one folder. Everything works again when this is gone.
final class FaultyDisk: Sendable {
    struct Faults: Sendable {
        /// No file can grow.
        var isFull = false
        /// Flushing to the medium fails.
        var isUnflushable = false
        /// Nothing can be read.
        var isUnreadable = false
    }

    private let folder: Folder

    init(_ folder: Folder) {
        self.folder = folder
        Shim.install
        Shim.faults.withLock { $0[folder.path] = Faults() }
    }

    deinit { Shim.faults.withLock { $0[folder.path] = nil } }

    func set(_ change: (inout Faults) -> Void) {
        Shim.faults.withLock { faults in
            var folderFaults = faults[folder.path] ?? Faults()
            change(&folderFaults)
            faults[folder.path] = folderFaults
        }
    }
}

private typealias File = UnsafeMutablePointer<sqlite3_file>

private enum Shim {
    static let faults = Mutex<[String: FaultyDisk.Faults]>([:])

    /// Addresses, since pointers do not cross threads: a file's folder, and the methods that the
    /// patched ones stand for.
    private struct Known: Sendable {
        var folders: [UInt: String] = [:]
        var real: [UInt: UInt] = [:]
        var patched: [UInt: UInt] = [:]
    }

    private static let known = Mutex(Known())

    /// Becomes the process's default VFS, once.
    static let install: Void = {
        guard let real = sqlite3_vfs_find(nil) else { preconditionFailure("SQLite has a VFS") }
        let copy = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        copy.initialize(to: real.pointee)
        copy.pointee.zName = UnsafePointer(strdup("faulty"))
        copy.pointee.xOpen = { vfs, name, file, flags, out in
            guard let real = sqlite3_vfs_find("unix") else { return SQLITE_CANTOPEN }
            let code = real.pointee.xOpen(real, name, file, flags, out)
            if code == SQLITE_OK, let file, let name {
                Shim.adopt(file, path: String(cString: UnsafePointer(name)))
            }
            return code
        }
        sqlite3_vfs_register(copy, 1)
    }()

    /// Puts the patched methods in place for a file of a folder that is to fail.
    static func adopt(_ file: File, path: String) {
        let folder = faults.withLock { $0.keys.first { path.hasPrefix($0 + "/") } }
        guard let folder, let methods = file.pointee.pMethods else { return }
        let address = UInt(bitPattern: methods)
        let patched = known.withLock { known -> UInt in
            known.folders[UInt(bitPattern: file)] = folder
            if let patched = known.patched[address] { return patched }
            let copy = UInt(bitPattern: patch(methods))
            known.patched[address] = copy
            known.real[copy] = address
            return copy
        }
        file.pointee.pMethods = UnsafePointer(bitPattern: patched)
    }

    private static func patch(
        _ methods: UnsafePointer<sqlite3_io_methods>
    ) -> UnsafeMutablePointer<sqlite3_io_methods> {
        let copy = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        copy.initialize(to: methods.pointee)
        copy.pointee.xClose = { file in
            guard let file, let real = Shim.real(file) else { return SQLITE_IOERR_CLOSE }
            Shim.release(file)
            return real.pointee.xClose(file)
        }
        copy.pointee.xRead = { file, bytes, count, offset in
            guard let file, let real = Shim.real(file) else { return SQLITE_IOERR_READ }
            if Shim.faults(of: file).isUnreadable { return SQLITE_IOERR_READ }
            return real.pointee.xRead(file, bytes, count, offset)
        }
        copy.pointee.xWrite = { file, bytes, count, offset in
            guard let file, let real = Shim.real(file) else { return SQLITE_IOERR_WRITE }
            var size: sqlite3_int64 = 0
            _ = real.pointee.xFileSize(file, &size)
            if Shim.faults(of: file).isFull, offset + sqlite3_int64(count) > size {
                return SQLITE_FULL
            }
            return real.pointee.xWrite(file, bytes, count, offset)
        }
        copy.pointee.xSync = { file, flags in
            guard let file, let real = Shim.real(file) else { return SQLITE_IOERR_FSYNC }
            if Shim.faults(of: file).isUnflushable { return SQLITE_IOERR_FSYNC }
            return real.pointee.xSync(file, flags)
        }
        return copy
    }

    static func real(_ file: File) -> UnsafePointer<sqlite3_io_methods>? {
        let patched = UInt(bitPattern: file.pointee.pMethods)
        let real = known.withLock { $0.real[patched] }
        return real.flatMap { UnsafePointer(bitPattern: $0) }
    }

    static func faults(of file: File) -> FaultyDisk.Faults {
        let folder = known.withLock { $0.folders[UInt(bitPattern: file)] }
        return folder.flatMap { folder in faults.withLock { $0[folder] } } ?? FaultyDisk.Faults()
    }

    static func release(_ file: File) {
        known.withLock { _ = $0.folders.removeValue(forKey: UInt(bitPattern: file)) }
    }
}

/// The extended codes, which are macros in C.
private let SQLITE_IOERR_READ = SQLITE_IOERR | 1 << 8
private let SQLITE_IOERR_WRITE = SQLITE_IOERR | 3 << 8
private let SQLITE_IOERR_FSYNC = SQLITE_IOERR | 4 << 8
private let SQLITE_IOERR_CLOSE = SQLITE_IOERR | 16 << 8
