// SPDX-License-Identifier: Apache-2.0
/// Checks for free disk space before a start. On a full disk a start would fail halfway, and a
/// write to a mapped file without blocks would end the process by SIGBUS.

import Foundation

enum Room {
    /// What a start takes at most, in bytes: locks, books, the vault; and for each node.
    static let start = 512 << 10
    static let node = 256 << 10
    /// And for the read models.
    static let views = 512 << 10

    /// Free bytes below which a disk counts as full.
    private static let least = 64 << 10

    /// Throws unless `bytes` more can be stored in the folder `data`; with 0, unless the disk is
    /// not about full.
    static func demand(_ bytes: Int, in data: String) throws {
        guard bytes > 0 ? !canTake(bytes, data) : left(at: data) < least else { return }
        let left = left(at: data) >> 10
        let wanted = bytes > 0 ? ", and a start takes up to \(bytes >> 10) KiB" : ""
        throw HouseFailure.noRoom(
            "No room is left on the disk of \(data): \(left) KiB are free\(wanted).")
    }

    /// Takes the blocks for a moment, since quotas and reserves don't show in numbers. What fails
    /// for another reason than room shows that reason later.
    private static func canTake(_ bytes: Int, _ data: String) -> Bool {
        let path = "\(data)/room"
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { return errno != ENOSPC && errno != EDQUOT }
        defer {
            close(file)
            unlink(path)
        }
        #if canImport(Darwin)
            return left(at: data) >= bytes
        #else
            let code = posix_fallocate(file, 0, off_t(bytes))
            return code != ENOSPC && code != EDQUOT
        #endif
    }

    /// Bytes that are free where `path` is or would be.
    private static func left(at path: String) -> Int {
        var folder = URL(filePath: path)
        var status = statvfs()
        while statvfs(folder.path, &status) != 0 {
            guard folder.pathComponents.count > 1 else { return .max }
            folder.deleteLastPathComponent()
        }
        let (bytes, overflows) = Int(status.f_bavail).multipliedReportingOverflow(
            by: Int(status.f_frsize))
        return overflows ? .max : bytes
    }
}
