// SPDX-License-Identifier: Apache-2.0
/// What operators do with read models from outside: rebuild one, or let one that stopped try again.
/// While the house runs it does so itself; otherwise this process takes its place.

import Foundation
import Kernel
import NodeEngine
import Ports
import Projections
import SQLiteAdapter
import ServiceModules
import SystemAdapter

package struct ProjectionTool: Sendable {
    package enum Outcome: Sendable, Equatable {
        /// The running house has begun.
        case isUnderWay
        /// This many facts were projected.
        case done(facts: Int64)
        /// The house does not run: it tries again when it starts.
        case isNotRunning
    }

    /// The reference page of all projections.
    package static var page: String { ReadModels.page }

    private let data: String
    private let manifest: Manifest

    package init(data: String) throws {
        guard let manifest = try DataDirectory.manifest(of: data) else {
            throw HouseFailure.unusableData("There is no house in \(data).")
        }
        self.data = data
        self.manifest = manifest
    }

    private func demand(_ name: String) throws {
        let names = ReadModels.all.map(\.name)
        guard names.contains(name) else {
            throw HouseFailure.badSettings(
                "There is no projection \(name); there are \(names.joined(separator: ", ")).")
        }
    }

    private var settings: HouseSettings {
        var settings = HouseSettings(data: data)
        settings.topology = manifest.topology
        settings.orderShards = manifest.orderShards
        settings.partitions = manifest.partitions
        return settings
    }

    /// The nodes whose logs are followed.
    package var plans: [NodePlan] { manifest.plans }

    /// Fills the tables of `name` anew, beside those that are read, and puts them in their place.
    package func rebuild(_ name: String) throws -> Outcome {
        try demand(name)
        guard let lock = try lock() else {
            try leave(.rebuild, name)
            return .isUnderWay
        }
        return try withExtendedLifetime(lock) { .done(facts: try fill(name)) }
    }

    package func resume(_ name: String) throws -> Outcome {
        try demand(name)
        guard try lock() == nil else { return .isNotRunning }
        try leave(.resume, name)
        return .isUnderWay
    }

    /// Nil while a house runs here.
    private func lock() throws -> FileLock? {
        do { return try DataDirectory.lock(settings) } catch HouseFailure.inUse { return nil }
    }

    private func leave(_ kind: ProjectionRequests.Kind, _ name: String) throws {
        let requests = ProjectionRequests(data: data)
        try requests.leave(kind, name)
        for _ in 0..<Self.patience {
            guard requests.isWaiting(kind, name) else { return }
            Thread.sleep(forTimeInterval: 0.1)
        }
        requests.withdraw(kind, name)
        throw HouseFailure.cantStart("The process that holds \(data) takes no requests.")
    }

    /// Looks of 100 ms.
    private static let patience = 100

    private func fill(_ name: String) throws -> Int64 {
        let settings = settings
        let clock = SystemClock()
        let views = SQLiteViews(path: ReadSide.path(data), configuration: .alone)
        defer { views.close() }
        let projector = ReadSide.projector(settings, plans, views)
        do {
            try projector.open()
            _ = try projector.rebuild(name)
            while true {
                let hasMore = try projector.step(at: clock.now())
                guard let status = projector.statuses.first(where: { $0.name == name }) else {
                    return 0
                }
                if let failure = status.buildingFailure {
                    throw HouseFailure.cantStart(
                        "\(name) can't take the fact at \(failure.log)/\(failure.position): "
                            + "\(failure.reason). Its old rows stay.")
                }
                if status.building == nil { return status.factCount }
                guard hasMore else {
                    let logs = status.unreadable.map { "\($0.key): \($0.value)" }.sorted()
                    throw HouseFailure.cantStart(
                        "\(name) can't read all that it follows. \(logs.joined(separator: "; ")).")
                }
            }
        } catch let failure as ViewFailure {
            throw HouseFailure.cantStart("The read models in \(data) can't be written: \(failure).")
        }
    }
}
