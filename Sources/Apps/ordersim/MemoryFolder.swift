// SPDX-License-Identifier: Apache-2.0
/// Real SQLite under simulation: a file for each node, in memory where the machine has such files.

import Foundation
import SQLiteAdapter
import Simulator

/// A folder that is gone when no medium in it is held any more.
final class MemoryFolder: Sendable {
    private let path: String

    init() throws {
        let memory = "/dev/shm"
        let base =
            FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
        path = "\(base)/orderhouse-simulated-\(getpid())-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The place where a node keeps its data: a fresh one each time.
    static func medium() -> Medium {
        guard let folder = try? MemoryFolder() else {
            preconditionFailure("a folder for simulated stores can no longer be made")
        }
        let file = "\(folder.path)/node.sqlite"
        var settings = SQLiteStore.Configuration()
        settings.pageSize = 4_096
        settings.checkpointPages = 16
        return Medium(
            owner: { SQLiteStore(path: "\(folder.path)/node.sqlite", configuration: settings) },
            reader: SQLiteReader(path: file))
    }
}
