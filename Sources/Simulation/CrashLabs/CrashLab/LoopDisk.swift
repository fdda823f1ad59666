// SPDX-License-Identifier: Apache-2.0
/// A small ext4 disk in a file, whose power can be cut: what was written and not flushed is gone.

import Foundation
package import TemporaryFolders

#if canImport(Glibc)
    import Glibc
#endif

/// Needs root and loop devices.
package final class LoopDisk: Sendable {
    /// Where it is mounted.
    package let path: String
    private let image: String
    private let folder: TestFolder

    enum Failure: Error, Equatable {
        /// A system tool ended with that.
        case refused(String, ProcessEnd, String)
        /// The file system did not take the order to shut down.
        case notCut(Int32)
    }

    /// Whether this machine lets us have one.
    package static var isPossible: Bool {
        get async {
            guard let folder = try? TestFolder() else { return false }
            defer { folder.remove() }
            do {
                let disk = try await LoopDisk(in: folder, megabytes: 8)
                try disk.cut()
                try await disk.remove()
                return true
            } catch {
                return false
            }
        }
    }

    /// Makes a new disk and mounts it in `folder`.
    package init(in folder: TestFolder, megabytes: Int = 64) async throws {
        self.folder = folder
        path = folder.path("disk")
        image = folder.path("disk.image")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try await run(["truncate", "-s", "\(megabytes)M", image])
        // Nothing is held back for root, and all is ready at once.
        try await run(["mkfs.ext4", "-q", "-F", "-m", "0", "-E", "lazy_itable_init=0", image])
        try await mount()
    }

    package func mount() async throws { try await run(["mount", "-o", "loop", image, path]) }

    /// Flushes everything and takes it off.
    package func unmount() async throws {
        // Whoever had a file open on it may have ended a moment ago.
        for _ in 0..<50 {
            do { return try await run(["umount", path]) } catch {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        try await run(["umount", path])
    }

    /// Cuts the power: from now on every call fails, and nothing more reaches the image, not even
    /// what the journal holds in memory. To be unmounted and mounted again then.
    package func cut() throws {
        #if canImport(Glibc)
            let file = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard file >= 0 else { throw Failure.notCut(errno) }
            defer { close(file) }
            // _IOR('X', 125, __u32) with EXT4_GOING_FLAGS_NOLOGFLUSH.
            let shutDown: UInt = 2 << 30 | 4 << 16 | 0x58 << 8 | 125
            var withoutLogFlush: UInt32 = 2
            guard ioctl(file, shutDown, &withoutLogFlush) == 0 else { throw Failure.notCut(errno) }
        #else
            throw Failure.notCut(0)
        #endif
    }

    package func remove() async throws {
        try await unmount()
        try FileManager.default.removeItem(atPath: image)
    }

    private func run(_ words: [String]) async throws {
        let process = try ChildProcess("/usr/bin/env", words, in: folder)
        let end = try await process.wait(.seconds(20))
        guard end == .exited(0) else {
            throw Failure.refused(words[0], end, process.errorTail)
        }
    }
}
