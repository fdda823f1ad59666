// SPDX-License-Identifier: Apache-2.0
/// `orderlab bench views`: how fast read models are filled from the logs of whole sagas.

import ArgumentParser
import Foundation
import House
import Kernel
import Logging
import Ports
import Program
import Projections
import SQLiteAdapter
import ServiceLifecycle
import ServiceModules

struct BenchViews: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "views",
        abstract: "Events a second by which each projection is filled from nothing.",
        discussion: """
            A house runs full sagas first, and stops. Then each projection is filled alone, in a \
            file of its own, with the settings of a rebuild while the house stands still; the rows \
            of all rounds must be the same.
            """)

    @Option(help: "Orders whose facts are projected.")
    var orders = 20_000

    @Option(help: "Rebuilds of each projection; the median and the best are told.")
    var rounds = 3

    @Option(help: "Facts of one commit, about.")
    var batch = Projector.Settings().batchMax

    @Option(
        name: [.customLong("projection"), .customLong("only")],
        help: "Only the projection of this name.")
    var only: String?

    @Option(help: "The data of a house that does not run; one is made if it is not said.")
    var data: String?

    func validate() throws {
        guard orders > 0, rounds > 0, batch > 0 else {
            throw ValidationError("Counts are positive.")
        }
    }

    func run() async throws {
        let folder = data ?? NSTemporaryDirectory() + "orderhouse-bench-views-\(getpid())"
        defer { if data == nil { try? FileManager.default.removeItem(atPath: folder) } }
        if data == nil { try await place(in: folder) }
        Machine().lines.forEach { print($0) }
        var areSame = true
        for projection in ReadModels.all where only.map({ $0 == projection.name }) ?? true {
            var rebuilds: [Rebuild] = []
            for round in 0..<rounds {
                rebuilds.append(try fill(projection, in: folder, round))
                print(rebuilds[round].line(projection.name))
            }
            let rates = rebuilds.map(\.rate).sorted()
            let isSame = rebuilds.allSatisfy { $0.hash == rebuilds[0].hash }
            print(
                String(
                    format: "%@: %.0f events/s median, %.0f/s best; rows of all rounds are %@",
                    projection.name, rates[rates.count / 2], rates[rates.count - 1],
                    isSame ? "the same" : "DIFFERENT"))
            areSame = areSame && isSame
        }
        guard areSame else { throw ExitCode(1) }
    }

    private func place(in folder: String) async throws {
        var settings = HouseSettings(data: folder)
        settings.moveParcels(pickupDelay: .zero, deliveryDelay: .zero)
        settings.isMailDurable = false
        let house = try House(settings)
        let group = ServiceGroup(
            configuration: .init(
                services: house.services.map { .init(service: $0) }, gracefulShutdownSignals: [],
                logger: .init(label: "bench")))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            while !house.isReady { try await Task.sleep(for: .milliseconds(2)) }
            let load = SagaLoad(house: house, lines: 3, articles: 1_000)
            try await load.stock()
            try await load.place(orders, callers: 1_024, first: 0)
            try await load.settle(orders: orders)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func fill(
        _ projection: any Projection, in folder: String, _ round: Int
    ) throws -> Rebuild {
        let path = "\(folder)/views-bench.sqlite"
        defer {
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: path + suffix)
            }
        }
        var settings = HouseSettings(data: folder)
        settings.projector.batchMax = batch
        let views = SQLiteViews(path: path, configuration: .alone)
        defer { views.close() }
        let projector = ReadSide.projector(
            settings, try ProjectionTool(data: folder).plans, views, of: [projection])
        let before = Usage.now
        try projector.open()
        while try projector.step(at: Timestamp(milliseconds: 0)) {}
        let after = Usage.now
        guard let status = projector.statuses.first, status.state == .following else {
            throw ValidationError("\(projection.name) does not follow: \(projector.statuses)")
        }
        let content = try Self.content(of: projection, in: SQLiteViewReader(path: path))
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        return Rebuild(
            events: status.positions.values.reduce(0, +), facts: status.factCount,
            seconds: after.wall - before.wall, cpuSeconds: after.cpu - before.cpu,
            rows: content.rows, hash: content.hash, bytes: size ?? 0)
    }

    /// How many rows there are, and a hash of all that they hold.
    private static func content(
        of projection: any Projection, in reader: SQLiteViewReader
    ) throws -> (rows: Int, hash: UInt64) {
        var count = 0
        var hash: UInt64 = 0
        for table in projection.tables {
            var query = ViewQuery(table, limit: ViewQuery.limitMax)
            while true {
                let rows = try reader.answer([.rows(query)], of: projection.schema).results[0]
                for row in rows {
                    hash = Murmur3.hash128(Array("\(row)".utf8), seed: hash).0
                }
                count += rows.count
                guard let last = rows.last, rows.count == query.limit else { break }
                query.after = query.keysetPosition(of: last)
            }
        }
        return (count, hash)
    }
}

/// One rebuild of a projection.
private struct Rebuild {
    let events: Int64
    let facts: Int64
    let seconds: Double
    let cpuSeconds: Double
    let rows: Int
    let hash: UInt64
    let bytes: Int

    var rate: Double { Double(events) / seconds }

    func line(_ name: String) -> String {
        String(
            format: """
                %@: %.0f events/s (%lld in %.2f s, %lld projected), %.2f us CPU an event; \
                %d rows, %.1f MB
                """,
            name, rate, events, seconds, facts, cpuSeconds / Double(max(1, events)) * 1e6, rows,
            Double(bytes) / 1e6)
    }
}
