// SPDX-License-Identifier: Apache-2.0
/// Keeps a second process from working on the same folder. The kernel gives the lock back when the
/// process ends, however it ends, so no stale lock is ever to be cleared by hand.

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Holds `<directory>/lock` for as long as it lives.
package final class FileLock: Sendable {
    private let descriptor: Int32

    package init(directory: String) throws(FileLockFailure) {
        let file = open("\(directory)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .unavailable }
        if let failure = Self.take(file) {
            close(file)
            throw failure
        }
        descriptor = file
    }

    deinit { close(descriptor) }

    private static func take(_ file: Int32) -> FileLockFailure? {
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            return errno == EWOULDBLOCK ? .held(by: holder(file)) : .unavailable
        }
        // Who holds it is told to those who come too late; on a full disk they are not told.
        let text = Array("\(getpid())\n".utf8)
        if ftruncate(file, 0) == 0 { _ = pwrite(file, text, text.count, 0) }
        return nil
    }

    /// What the holder wrote; nil in the moment before it wrote, or when it is no number.
    private static func holder(_ file: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(file, &bytes, bytes.count, 0)
        return Int32(String(decoding: bytes.prefix(max(0, count)).dropLast(), as: UTF8.self))
    }
}

package enum FileLockFailure: Error, Equatable, Sendable {
    /// Another process, or another part of this one, holds the lock.
    case held(by: Int32?)
    /// The file can't be opened or locked.
    case unavailable
}
