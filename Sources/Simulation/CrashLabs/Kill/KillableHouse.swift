// SPDX-License-Identifier: Apache-2.0
/// What the kill lab needs of a house: the real one is a process, the planted ones of its tests
/// are not.

package import LoadGenerator
package import TemporaryFolders

/// A house that keeps its data when it is killed. One runs at a time.
package protocol KillableHouse: Sendable {
    /// Starts it on the data that the last one left. Given `lifetime`, it is killed after that,
    /// however far it has come, and there is no target.
    func start(lifetime: Duration?) async throws -> LoadTarget?
    /// Ends it without warning; returns when it is gone.
    func kill() async throws
    /// Asks it to stop; throws if it does not do so in time.
    func stop() async throws
    /// Checks the data that it left.
    func audit() async throws -> AuditReport
}

/// The real one.
package actor ProcessHouse: KillableHouse {
    private let binary: String
    private let arguments: [String]
    private let folder: TestFolder
    private var process: HouseProcess?

    package init(binary: String, arguments: [String] = [], folder: TestFolder) {
        self.binary = binary
        self.arguments = arguments
        self.folder = folder
    }

    private nonisolated var data: String { folder.path("data") }

    package func start(lifetime: Duration?) async throws -> LoadTarget? {
        guard let lifetime else {
            let process = try await HouseProcess.serve(
                binary, data: data, arguments: arguments, in: folder)
            self.process = process
            return process.target
        }
        try await HouseProcess.stumble(
            binary, data: data, arguments: arguments, in: folder, after: lifetime)
        return nil
    }

    package func kill() async throws {
        try await process?.kill9()
        process = nil
    }

    package func stop() async throws {
        try await process?.terminate()
        process = nil
    }

    package func audit() async throws -> AuditReport {
        try await AuditReport.run(binary, data: data, in: folder)
    }
}
