// SPDX-License-Identifier: Apache-2.0
/// The read models of a running house: they follow every service, are shown to operators, are made
/// again while the house runs and while it rests, and are the same wherever services run.

import Contracts
import Foundation
import House
import JSONCodec
import Kernel
import NodeEngine
import NodeRuntime
import OrderQueriesService
import Ports
import Projections
import SQLiteAdapter
import ServiceModel
import ServiceModules
import TemporaryFolders
import Testing

@Suite struct `A house with read models` {
    private func settings(
        _ data: String, _ topology: HouseSettings.Topology = .single
    ) -> HouseSettings {
        var settings = HouseSettings(data: data)
        settings.topology = topology
        settings.orderShards = topology == .split ? 2 : 1
        settings.isMailDurable = false
        settings.publisherInterval = .milliseconds(20)
        settings.moveParcels(pickupDelay: .zero, deliveryDelay: .zero)
        return settings
    }

    /// Places `count` orders that complete, and waits until they have and their timeline shows it.
    private func sell(_ count: Int, _ house: House) async throws -> [[ViewRow]] {
        let shop = Shop(house: house)
        try await shop.count(.ample)
        let orders = try PlannedOrder.uncontended(seed: 5).filter { $0.fate == .completes }
        var ids: [String] = []
        for order in orders.prefix(count) {
            ids.append(try await shop.place(order).id.text)
        }
        try await eventually("the orders are completed") {
            try ids.allSatisfy { try types(of: $0, house).contains("order.completed.v1") }
        }
        let heads = house.heads
        #expect(
            await house.readSide.runner.wait(for: "timeline", at: heads, atMost: .seconds(30)))
        return try ids.map { try rows(of: $0, house) }
    }

    private func rows(of order: String, _ house: House) throws -> [ViewRow] {
        let table = Timeline.table
        do {
            return try house.readSide.reader.answer(
                [.rows(ViewQuery(table, [.equals(table["order_id"], .text(order))]))],
                of: Timeline().schema
            ).results[0]
        } catch ViewFailure.notReady {
            return []
        }
    }

    private func types(of order: String, _ house: House) throws -> Set<String> {
        Set(try rows(of: order, house).compactMap { $0[Timeline.table["type"].index].text })
    }

    @Test(arguments: HouseSettings.Topology.allCases)
    func `shows every fact of an order, over all services`(
        topology: HouseSettings.Topology
    ) async throws {
        try await TestFolder.with { folder in
            let settings = settings(folder.path("house"), topology)
            let stories = try await withHouse(settings) { try await sell(3, $0) }
            let ledger = try Ledger.whole(settings)
            #expect(stories.count == 3 && ledger.stories.count == 3)
            for rows in stories {
                let id = try #require(rows.first?[0].text.flatMap { OrderID(text: $0) })
                let story = try #require(ledger.stories[id])
                let logged =
                    story.orderFacts.count + story.stockFacts.count + story.paymentFacts.count
                    + story.shipmentFacts.count
                    + story.messageFacts.values.reduce(0) { $0 + $1.count }
                #expect(rows.count == logged)
                #expect(rows.compactMap { $0[7].text } == ["anonymous"])
            }
        }
    }

    @Test func `is rebuilt while it runs and while it rests, to the same rows`() async throws {
        try await TestFolder.with { folder in
            var settings = settings(folder.path("house"))
            settings.partitions = 8
            let reader = SQLiteViewReader(path: ReadSide.path(settings.data))
            let tool = try await withHouse(settings) { house in
                let before = try await sell(2, house)
                let tool = try ProjectionTool(data: settings.data)
                // Nothing takes the standard number of partitions for the house's.
                #expect(tool.plans.flatMap(\.shards).allSatisfy { $0.partitioning.count == 8 })
                #expect(throws: HouseFailure.self) { try tool.rebuild("nothing") }
                let old = try #require(try reader.published("timeline")?.number)
                #expect(try await inBackground { try tool.rebuild("timeline") } == .isUnderWay)
                try await eventually("readers see a new generation") {
                    try reader.published("timeline")?.number ?? 0 > old
                }
                try await eventually("it follows") {
                    house.readSide.runner.statuses.first?.state == .following
                }
                let ids = before.compactMap { $0.first?[0].text }
                #expect(try ids.map { try rows(of: $0, house) } == before)
                #expect(try await inBackground { try tool.resume("timeline") } == .isUnderWay)
                return tool
            }
            let old = try #require(try reader.published("timeline")?.number)
            guard case .done(let facts) = try tool.rebuild("timeline") else {
                Issue.record("it rests")
                return
            }
            #expect(facts > 40)
            #expect(try reader.published("timeline")?.number ?? 0 > old)
            #expect(try tool.resume("timeline") == .isNotRunning)
            try await withHouse(settings) { house in
                try await eventually("it follows") {
                    house.readSide.runner.statuses.first?.state == .following
                }
            }
        }
    }

    @Test func `tells operators how its projections stand`() async throws {
        try await TestFolder.with { folder in
            try await withHouse(settings(folder.path("house"))) { house in
                _ = try await sell(1, house)
                let json = try JSONDocument(parsing: house.status).root
                let projection = try #require(json["projections"]?.elements.first)
                #expect(projection["name"]?.string == "timeline")
                #expect(projection["state"]?.string == "following")
                #expect(projection["lagMilliseconds"]?.int64 == 0)
                #expect((projection["positions"]?["orders/0"]?.int64 ?? 0) >= 6)
            }
        }
    }

    @Test func `begins again when its file is spoilt or gone`() async throws {
        try await TestFolder.with { folder in
            let settings = settings(folder.path("house"))
            let before = try await withHouse(settings) { try await sell(1, $0) }
            for isGone in [false, true] {
                let path = ReadSide.path(settings.data)
                for suffix in ["-wal", "-shm"] {
                    try? FileManager.default.removeItem(atPath: path + suffix)
                }
                try FileManager.default.removeItem(atPath: path)
                if !isGone {
                    try Data(repeating: 7, count: 10_000).write(to: URL(filePath: path))
                }
                try await withHouse(settings) { house in
                    let order = try #require(before[0].first?[0].text)
                    try await eventually("the rows are there again") {
                        (try? rows(of: order, house)) == before[0]
                    }
                }
            }
        }
    }
}

/// Runs what blocks beside the house.
private func inBackground<Answer: Sendable>(
    _ body: @Sendable @escaping () throws -> Answer
) async throws -> Answer {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
}
