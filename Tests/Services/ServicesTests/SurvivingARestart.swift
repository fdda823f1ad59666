// SPDX-License-Identifier: Apache-2.0
/// An event may change entities that its command did not name: a commit names only the hold, which
/// names the articles. They are changed as they are stored, also when nobody has them in memory.

import CatalogDomain
import CatalogService
import Contracts
import GivenWhenThen
import InventoryDomain
import InventoryService
import Kernel
import MemoryAdapter
import NodeEngine
import Ports
import SampleFacts
import ServiceModel
import Testing

@Suite struct `Surviving a restart` {
    private let key = StockKey(.tea, .north)
    private let hold = StockEvent.Movement(
        hold: OrderID.sample.hold(), order: .sample, warehouse: .north, lines: [.of(.tea, 3)])

    /// Each with the units that are on hand, held and allocated, and those that are announced: also
    /// what is given back, for which the decision reads the articles of the hold.
    @Test(arguments: [
        ([], [10, 3, 0, 7]), ([0], [10, 0, 3, 7]), ([0, 1], [7, 0, 0, 7]), ([1], [7, 0, 0, 7]),
        ([2], [10, 0, 0, 10]), ([0, 2], [10, 0, 0, 10]),
    ] as [([Int], [Int64])])
    func `keeps the units of what is held`(_ moves: [Int], _ units: [Int64]) throws {
        let all: [StockCommand] = [
            .commit(hold.hold), .ship(hold.hold), .release(hold.hold, order: .sample),
        ]
        let commands =
            [.count(key, onHand: 10, expected: nil), .hold(hold)] + moves.map { all[$0] }
        for batch in [1, commands.count] {
            #expect(try stock(after: commands, batch, restarts: false) == units)
            #expect(try stock(after: commands, batch, restarts: true) == units)
        }
    }

    /// On hand, held, allocated and announced, as a reader sees them when so many commands are
    /// decided together.
    private func stock(
        after commands: [StockCommand], _ batch: Int, restarts: Bool
    ) throws -> [Int64] {
        let disk = MemoryStore.Disk()
        var node = try node(on: disk)
        for start in stride(from: 0, to: commands.count, by: batch) {
            if restarts { node = try self.node(on: disk) }
            let inputs = commands[start..<min(start + batch, commands.count)].map {
                Input.submission(Submission(runner: 0, command: $0, principal: .house))
            }
            let turn = node.turn(inputs, at: .noon, seed: 1)
            try #require(turn.outcome == .committed)
        }
        let row = RowKey("stock_0", InventoryKey.item(key).bytes)
        let value = try #require(try MemoryStore(disk).row(row)).value
        let item = try StateRow.read(value, of: InventoryState.self).state.item
        return [item.onHand, item.held, item.allocated, item.announced]
    }

    private func node(on disk: MemoryStore.Disk) throws -> Node {
        let runner = ServiceShard(Inventory.module).runner(.writeThrough)
        let node = Node(
            runners: [runner], store: MemoryStore(disk), chain: CountingChain(), note: NoNote())
        try node.open()
        return node
    }
}

@Suite struct `Catalog and stock in one node` {
    private let key = StockKey(.tea, .main)

    /// Catalog is runner 0, inventory runner 1; restarted before each command, or never.
    @Test(arguments: [false, true])
    func `tell each other what they need`(_ restarts: Bool) throws {
        let disk = MemoryStore.Disk()
        var node = try node(on: disk)
        func run(_ runner: Int, _ command: any Sendable) throws -> Reply? {
            if restarts { node = try self.node(on: disk) }
            let submission = Submission(
                runner: runner, command: command, principal: .house, ticket: 1)
            let turn = node.turn([.submission(submission)], at: .noon, seed: 1)
            try #require(turn.outcome == .committed)
            return turn.replies.first?.1
        }
        let created = try run(0, CatalogCommand.put(.plain))
        #expect(created?.status == 201 && created?.version == 1)
        #expect(try stock(on: disk) == .item(.init()))

        _ = try run(1, StockCommand.count(key, onHand: 20, expected: 0))
        #expect(try variant(on: disk).available == 16)
        let hold = StockEvent.Movement(
            hold: OrderID.sample.hold(), order: .sample, warehouse: .main, lines: [.of(.tea, 9)])
        _ = try run(1, StockCommand.hold(hold))
        #expect(try variant(on: disk).available == 10)
        let gone = try run(0, CatalogCommand.withdraw(.crockery))
        #expect(gone?.status == 200)
        _ = try run(1, StockCommand.release(hold.hold, order: .sample))
        let variant = try variant(on: disk)
        #expect(variant.product == .crockery && !variant.isOnSale)
        #expect(variant.available == 16)
    }

    private func stock(on disk: MemoryStore.Disk) throws -> InventoryState {
        try state(RowKey("stock_0", InventoryKey.item(key).bytes), on: disk)
    }

    private func variant(on disk: MemoryStore.Disk) throws -> CatalogState.Variant {
        let row = RowKey("variants_0", CatalogKey.variant(.tea).bytes)
        let state: CatalogState = try state(row, on: disk)
        return state.variant
    }

    private func state<State: EntityState>(
        _ key: RowKey, on disk: MemoryStore.Disk
    ) throws -> State {
        let value = try #require(try MemoryStore(disk).row(key)).value
        return try StateRow.read(value, of: State.self).state
    }

    private func node(on disk: MemoryStore.Disk) throws -> Node {
        let limits = ServiceRunnerLimits.writeThrough
        let node = Node(
            runners: [
                ServiceShard(Catalog.module).runner(limits),
                ServiceShard(Inventory.module).runner(limits),
            ],
            store: MemoryStore(disk), chain: CountingChain(), note: NoNote())
        try node.open()
        return node
    }
}

/// A chain that proves nothing.
private struct CountingChain: Chain {
    func link(_ head: [UInt8], _ bytes: [UInt8]) -> [UInt8] { [UInt8(bytes.count & 0xff)] }
}

private final class NoNote: PoisonNote {
    var left: InputID? { nil }
    func begin(_ input: InputID) {}
    func end() {}
}
