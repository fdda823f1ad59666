// SPDX-License-Identifier: Apache-2.0
/// The read models of a house: their file, the thread that fills them, and who reads them.

import Foundation
import JSONCodec
package import Kernel
import NodeEngine
package import NodeRuntime
package import Ports
package import Projections
import SQLiteAdapter
import ServiceLifecycle
package import ServiceModel
import ServiceModules

package struct ReadSide: Sendable {
    package let runner: ProjectionRunner
    package let reader: any ViewReader
    package let facts: any FactDoor
    private let requests: ProjectionRequests
    private let heads: @Sendable () -> [LogName: Int64]

    /// Follows what `nodes` commit.
    init(_ settings: HouseSettings, clock: any Ports.Clock, nodes: [RunningNode]) throws {
        let path = Self.path(settings.data)
        try FileManager.default.createDirectory(
            atPath: Self.folder(settings.data), withIntermediateDirectories: true)
        let plans = nodes.map(\.plan)
        let runner = ProjectionRunner(settings: settings.projections, clock: clock) {
            Self.projector(settings, plans, SQLiteViews(path: path, configuration: settings.views))
        }
        self.runner = runner
        reader = SQLiteViewReader(path: path)
        requests = ProjectionRequests(data: settings.data)
        let heads: @Sendable () -> [LogName: Int64] = {
            nodes.reduce(into: [:]) { heads, node in
                heads.merge(node.host.snapshot.heads) { first, _ in first }
            }
        }
        self.heads = heads
        let (readers, codecs) = Self.logs(settings, plans)
        facts = HouseFacts(codecs: codecs, readers: readers, currentHeads: heads)
        for node in nodes {
            node.host.connect { outlets in
                let others = outlets.committed
                outlets.committed = {
                    others?()
                    runner.wake()
                }
            }
        }
    }

    static func folder(_ data: String) -> String { "\(data)/views" }
    package static func path(_ data: String) -> String { "\(folder(data))/views.sqlite" }

    /// What fills the read models from the stores of `plans`.
    package static func projector(
        _ settings: HouseSettings, _ plans: [NodePlan], _ views: any Views,
        of projections: [any Projection] = ReadModels.all
    ) -> Projector {
        let (readers, codecs) = logs(settings, plans)
        return Projector(
            projections, views: views, source: StoreSource(readers), codecs: codecs,
            settings: settings.projector)
    }

    /// Who reads each log, and how.
    private static func logs(
        _ settings: HouseSettings, _ plans: [NodePlan]
    ) -> (readers: [LogName: any Reader], codecs: [LogName: LogCodec]) {
        var readers: [LogName: any Reader] = [:]
        var codecs: [LogName: LogCodec] = [:]
        for plan in plans {
            let reader = SQLiteReader(path: "\(settings.data)/nodes/\(plan.name)/store.sqlite")
            for shard in plan.shards {
                readers[shard.log] = reader
                codecs[shard.log] = shard.makeCodec()
            }
        }
        return (readers, codecs)
    }

    var services: [any ServiceLifecycle.Service] {
        [
            ProjectionService(runner: runner),
            Looping("projection-requests") { [requests, runner] in
                try await requests.run(for: runner)
            },
        ]
    }

    /// Each projection for operators, as an element of a JSON array.
    func write(to json: inout JSONWriter, at now: Timestamp) {
        let heads = heads()
        json.beginArray()
        for status in runner.statuses { Self.write(status, heads, now, to: &json) }
        json.endArray()
    }

    private static func write(
        _ status: ProjectionStatus, _ heads: [LogName: Int64], _ now: Timestamp,
        to json: inout JSONWriter
    ) {
        json.beginObject()
        json.key("name")
        json.string(status.name)
        json.key("state")
        json.string(status.state.rawValue)
        json.key("version")
        json.int(Int64(status.version))
        json.key("lagPositions")
        json.int(status.positionsBehind(heads))
        json.key("lagMilliseconds")
        json.int(status.lag(at: now).milliseconds)
        json.key("positions")
        write(status.positions, to: &json)
        if let building = status.building {
            json.key("building")
            write(building, to: &json)
        }
        if !status.unreadable.isEmpty {
            json.key("unreadable")
            json.beginObject()
            for (log, failure) in status.unreadable.sorted(by: { $0.key < $1.key }) {
                json.key(log.description)
                json.string(failure.description)
            }
            json.endObject()
        }
        for (name, failure) in [
            ("failure", status.failure), ("buildingFailure", status.buildingFailure),
        ] {
            guard let failure else { continue }
            json.key(name)
            write(failure, to: &json)
        }
        json.endObject()
    }

    private static func write(_ failure: ProjectionFailure, to json: inout JSONWriter) {
        json.beginObject()
        json.key("log")
        json.string(failure.log.description)
        json.key("position")
        json.int(failure.position)
        json.key("reason")
        json.string(failure.reason)
        json.endObject()
    }

    private static func write(_ positions: [LogName: Int64], to json: inout JSONWriter) {
        json.beginObject()
        for (log, position) in positions.sorted(by: { $0.key < $1.key }) {
            json.key(log.description)
            json.int(position)
        }
        json.endObject()
    }
}

extension ReadSide: ViewDoor {
    package func answer(
        _ questions: [ViewQuestion], of schema: ViewSchema
    ) throws(ViewFailure) -> ViewAnswer {
        try reader.answer(questions, of: schema)
    }

    package func status(of projection: String) -> ProjectionStatus? {
        runner.statuses.first { $0.name == projection }
    }

    package func wait(
        for projection: String, at positions: [LogName: Int64], atMost patience: Span
    ) async -> Bool {
        await runner.wait(for: projection, at: positions, atMost: patience)
    }
}

/// The thread of the read models, for as long as the house runs.
private struct ProjectionService: ServiceLifecycle.Service {
    let runner: ProjectionRunner

    func run() async throws {
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await runner.run()
            } onGracefulShutdown: {
                runner.stop()
            }
        } onCancel: {
            runner.stop()
        }
    }
}
