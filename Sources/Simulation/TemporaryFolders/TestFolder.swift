// SPDX-License-Identifier: Apache-2.0
/// A temporary folder that `scripts/sweep.sh` can clear away, with the processes that were started
/// in it, when the test run itself was killed.

import Foundation
import Synchronization

/// `orderhouse-test-…` in the temporary directory, with this process's id in `owner.pid`.
package final class TestFolder: Sendable {
    package let path: String
    private let lastNumber = Atomic<Int>(0)

    /// Runs `body` with a new folder, and removes it afterwards, also when `body` fails.
    package static func with<Answer>(
        _ body: (TestFolder) async throws -> Answer
    ) async throws -> Answer {
        let folder = try TestFolder()
        defer { folder.remove() }
        return try await body(folder)
    }

    /// The caller removes it.
    package init() throws {
        let parent = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        let blanks = String(repeating: "X", count: 6)
        var template = Array("\(parent)/orderhouse-test-\(blanks)".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: parent])
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try write("\(ProcessInfo.processInfo.processIdentifier)\n", to: "owner.pid")
    }

    /// The path of something in the folder.
    package func path(_ name: String) -> String { "\(path)/\(name)" }

    package func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path(name)))
    }

    package func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// A number that no other process of this folder has.
    package func nextNumber() -> Int { lastNumber.wrappingAdd(1, ordering: .relaxed).newValue }
}
