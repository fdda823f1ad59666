// SPDX-License-Identifier: Apache-2.0
/// What operators ask of the read models of a running house: a file for each request, which the
/// house takes away when it has carried it out. A running house has the only writer.

import Foundation
import NodeRuntime
import Projections
import ServiceModules

struct ProjectionRequests: Sendable {
    enum Kind: String, CaseIterable {
        case rebuild
        case resume
    }

    private let folder: String
    private static let interval = Duration.milliseconds(500)

    init(data: String) { folder = ReadSide.folder(data) }

    func path(_ kind: Kind, _ name: String) -> String { "\(folder)/\(name).\(kind.rawValue)" }

    /// Leaves a request for the house that runs here.
    func leave(_ kind: Kind, _ name: String) throws {
        guard FileManager.default.createFile(atPath: path(kind, name), contents: Data()) else {
            throw HouseFailure.unusableData("Can't write \(path(kind, name)).")
        }
    }

    /// True while the house has not taken it.
    func isWaiting(_ kind: Kind, _ name: String) -> Bool {
        FileManager.default.fileExists(atPath: path(kind, name))
    }

    func withdraw(_ kind: Kind, _ name: String) { unlink(path(kind, name)) }

    /// Hands requests on for as long as the house runs. A process that dies with a file there does
    /// in its next life what it may have done already, which harms nothing.
    func run(for runner: ProjectionRunner) async throws {
        while true {
            for name in ReadModels.all.map(\.name) {
                if isWaiting(.rebuild, name) {
                    _ = runner.rebuild(name) { withdraw(.rebuild, name) }
                }
                if isWaiting(.resume, name) {
                    _ = runner.resume(name) { withdraw(.resume, name) }
                }
            }
            try await Task.sleep(for: Self.interval)
        }
    }
}
