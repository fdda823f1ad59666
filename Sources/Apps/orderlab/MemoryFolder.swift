// SPDX-License-Identifier: Apache-2.0
/// Real SQLite under simulation: a file for each node, in memory where the machine has such files.

import Foundation
import SQLiteAdapter
import Simulator

/// A folder that is gone when nobody holds it any more.
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

    /// The place where the node of number `index` keeps its data.
    func medium(_ index: Int) -> Medium {
        let file = "\(path)/\(index).sqlite"
        var settings = SQLiteStore.Configuration()
        settings.pageSize = 4_096
        settings.checkpointPages = 16
        return Medium(
            owner: { SQLiteStore(path: file, configuration: settings) },
            reader: SQLiteReader(path: file))
    }
}
