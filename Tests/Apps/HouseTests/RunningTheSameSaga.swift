// SPDX-License-Identifier: Apache-2.0
/// Which services share a node is nobody's business but the operator's: orders that compete with
/// nobody come to the same end in one node and in many, although the bus between them is bad.

import Contracts
import FaultyPorts
import House
import InventoryDomain
import Testing

/// Each run is made once, by the first test that wants it.
private enum Runs {
    static let inOneNode = Task { try await saga(.single, 1, nil).run() }
    private static let apart = Task { try await saga(.split, 1, 11).run() }
    private static let apartWithTwoForOrders = Task { try await saga(.split, 2, 12).run() }

    static func apart(orderNodes: Int) async throws -> StagedSaga.Outcome {
        try await (orderNodes == 1 ? apart : apartWithTwoForOrders).value
    }

    static func list() throws -> [PlannedOrder] { try PlannedOrder.uncontended(seed: 20_261_121) }

    private static func saga(
        _ topology: HouseSettings.Topology, _ shards: Int, _ busSeed: UInt64?
    ) throws -> StagedSaga {
        StagedSaga(
            orders: try list(), topology: topology, orderShards: shards, busSeed: busSeed)
    }
}

@Suite(.serialized) struct `The same saga` {
    @Test func `in one node ends as it was planned`() async throws {
        let outcome = try await Runs.inOneNode.value
        try expectPlannedEnd(outcome)
    }

    @Test(arguments: [1, 2])
    func `in a node for each service ends as it was planned`(orderNodes: Int) async throws {
        let outcome = try await Runs.apart(orderNodes: orderNodes)
        try expectPlannedEnd(outcome)
    }

    @Test(arguments: [1, 2])
    func `leaves the same facts and states wherever it runs`(orderNodes: Int) async throws {
        let one = try await Runs.inOneNode.value.form
        let many = try await Runs.apart(orderNodes: orderNodes).form
        #expect(one.orders.count == 60)
        #expect(one.differences(from: many) == [])
    }

    @Test(arguments: [1, 2])
    func `met every kind of harm on its way`(orderNodes: Int) async throws {
        let toll = try await Runs.apart(orderNodes: orderNodes).toll
        #expect(toll.lost > 0 && toll.repeated > 0 && toll.delayed > 0, "\(toll)")
        #expect(toll.reordered > 0 && toll.refused > 0, "\(toll)")
        #expect(try await Runs.inOneNode.value.toll == FaultyBus.Toll())
    }

    /// Every order met its fate, the articles add up, and the audit has nothing to say.
    private func expectPlannedEnd(
        _ outcome: StagedSaga.Outcome, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let list = try Runs.list()
        let planned = list.map { $0.fate.standings(after: .delivered) }
        #expect(outcome.standings.map { [$0] } == planned, sourceLocation: sourceLocation)
        #expect(Set(list.map(\.fate)).count == PlannedOrder.Fate.allCases.count)
        #expect(outcome.audit.isGreen, "\(outcome.audit.text)", sourceLocation: sourceLocation)
        for sku in Assortment.ample.skus {
            let sold = list.filter { [.completes, .unpaid].contains($0.fate) }
                .reduce(Int64(0)) { $0 + ($1.units[sku] ?? 0) }
            let item = outcome.ledger.stock[StockKey(sku, .main)]
            #expect(
                item?.onHand == Assortment.ample.unitsEach - sold, "\(sku)",
                sourceLocation: sourceLocation)
            #expect(
                item?.available == item?.onHand, "\(sku)", sourceLocation: sourceLocation)
        }
    }
}
