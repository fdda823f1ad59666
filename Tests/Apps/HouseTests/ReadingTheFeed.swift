// SPDX-License-Identifier: Apache-2.0
/// The feed passes nothing over, however small its pages are and whoever writes meanwhile.

import Contracts
import House
import JSONCodec
import Kernel
import NodeEngine
import OrderQueriesService
import Ports
import ServiceModel
import Synchronization
import TemporaryFolders
import Testing

@Suite(.serialized) struct `The feed of a house` {
    private func settings(
        _ data: String, _ topology: HouseSettings.Topology
    ) -> HouseSettings {
        var settings = HouseSettings(data: data)
        settings.topology = topology
        settings.orderShards = topology == .split ? 2 : 1
        settings.isMailDurable = false
        settings.publisherInterval = .milliseconds(20)
        settings.moveParcels(pickupDelay: .zero, deliveryDelay: .zero)
        return settings
    }

    private func feed(_ house: House) -> FactFeed {
        FactFeed(house.facts) { record, _ in
            Array("\(record.log) \(record.position)".utf8)
        }
    }

    /// Everything after `cursor`, page by page, until `isDone` and nothing is left.
    private func readAll(
        _ house: House, by limit: Int, from cursor: FeedCursor = FeedCursor(),
        until isDone: @Sendable () -> Bool
    ) async throws -> [String] {
        var cursor = cursor
        var seen: [String] = []
        while true {
            let wasDone = isDone()
            let page = try feed(house).page(after: cursor, .init(), limit: limit)
            #expect(page.items.count <= limit)
            seen += page.items.map { String(decoding: $0, as: UTF8.self) }
            cursor = try #require(FeedCursor(text: page.next.text))
            if wasDone && page.items.isEmpty { return seen }
            await Task.yield()
        }
    }

    /// Every fact up to now.
    private func whole(_ house: House) -> Set<String> {
        let heads = house.heads.filter { house.facts.codecs[$0.key] != nil }
        return Set(heads.flatMap { log, head in (0..<head).map { "\(log) \($0 + 1)" } })
    }

    @Test(arguments: HouseSettings.Topology.allCases, [1, 20, 100])
    func `passes nothing over beside writers`(
        topology: HouseSettings.Topology, limit: Int
    ) async throws {
        try await TestFolder.with { folder in
            let settings = settings(folder.path("house"), topology)
            try await withHouse(settings) { house in
                let shop = Shop(house: house)
                try await shop.count(.ample)
                let orders = try PlannedOrder.uncontended(seed: 8).filter {
                    $0.fate == .completes || $0.fate == .soldOut
                }
                let writing = Flag()
                async let reading = readAll(house, by: limit) { writing.isDone }
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for order in orders {
                        tasks.addTask { _ = try await shop.placeUntilDecided(order) }
                    }
                    try await tasks.waitForAll()
                }
                try await eventually("sagas go on") { whole(house).count > orders.count * 5 }
                // Whatever is written until now.
                let written = whole(house)
                writing.end()
                expectEach(of: written, once: try await reading)
            }
            // The cursor outlives the process.
            try await withHouse(settings) { house in
                let written = whole(house)
                let middle = try feed(house).page(after: FeedCursor(), .init(), limit: 50)
                let rest = try await readAll(house, by: limit, from: middle.next) { true }
                let first = middle.items.map { String(decoding: $0, as: UTF8.self) }
                expectEach(of: written, once: first + rest)
            }
        }
    }

    private func expectEach(
        of written: Set<String>, once seen: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let all = Set(seen)
        #expect(all.count == seen.count, "twice", sourceLocation: sourceLocation)
        let missing = written.subtracting(all)
        #expect(missing.isEmpty, "\(missing.count) passed over", sourceLocation: sourceLocation)
    }

    @Test func `keeps to what is asked for`() async throws {
        try await TestFolder.with { folder in
            try await withHouse(settings(folder.path("house"), .single)) { house in
                let shop = Shop(house: house)
                try await shop.count(.ample)
                let order = try #require(
                    try PlannedOrder.uncontended(seed: 8).first { $0.fate == .completes })
                let end = try feed(house).end()
                let id = try await shop.place(order).id
                var filter = FactFeed.Filter()
                filter.services = ["orders"]
                filter.types = ["order.placed.v1"]
                let placed = try feed(house).page(after: FeedCursor(), filter, limit: 10)
                #expect(placed.items.count == 1 && !placed.hasMore, "acknowledged is readable")
                filter.order = id.text
                #expect(try feed(house).page(after: end, filter, limit: 10).items.count == 1)
                filter.order = "ord_01m6e22wg0ek9828t5cy4tqkff"
                #expect(try feed(house).page(after: end, filter, limit: 10).items.isEmpty)
                // Of a log that was another's.
                var other = end
                let log = try #require(other.places.keys.first)
                other.places[log] = .init(epoch: 99, position: 1)
                #expect(throws: FactFeed.Failure.forked(log)) {
                    try feed(house).page(after: other, .init(), limit: 10)
                }
                other.places[log] = .init(epoch: 1, position: 1_000_000)
                #expect(throws: FactFeed.Failure.forked(log)) {
                    try feed(house).page(after: other, .init(), limit: 10)
                }
            }
        }
    }
}

private final class Flag: Sendable {
    private let done = Mutex(false)
    var isDone: Bool { done.withLock { $0 } }
    func end() { done.withLock { $0 = true } }
}
