// SPDX-License-Identifier: Apache-2.0
/// An event may change entities that its command did not name: a commit names only the hold, which
/// names the articles. They are changed as they are stored, also when nobody has them in memory.

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

    @Test(arguments: [
        ([], [10, 3, 0]), ([0], [10, 0, 3]), ([0, 1], [7, 0, 0]), ([1], [7, 0, 0]),
        ([2], [10, 0, 0]), ([0, 2], [10, 0, 0]),
    ] as [([Int], [Int64])])
    func `keeps the units of what is held`(_ moves: [Int], _ units: [Int64]) throws {
        let all: [StockCommand] = [
            .commit(hold.hold), .ship(hold.hold), .release(hold.hold, order: .sample),
        ]
        let commands =
            [.count(key, onHand: 10, expected: nil), .hold(hold)] + moves.map { all[$0] }
        #expect(try stock(after: commands, restarts: false) == units)
        #expect(try stock(after: commands, restarts: true) == units)
    }

    /// On hand, held and allocated, as a reader sees them.
    private func stock(after commands: [StockCommand], restarts: Bool) throws -> [Int64] {
        let disk = MemoryStore.Disk()
        var node = try node(on: disk)
        for command in commands {
            if restarts { node = try self.node(on: disk) }
            let submission = Submission(runner: 0, command: command, principal: .house)
            let turn = node.turn([.submission(submission)], at: .noon, seed: 1)
            try #require(turn.outcome == .committed)
        }
        let row = RowKey("stock_0", InventoryKey.item(key).bytes)
        let value = try #require(try MemoryStore(disk).row(row)).value
        let item = try StateRow.read(value, of: InventoryState.self).state.item
        return [item.onHand, item.held, item.allocated]
    }

    private func node(on disk: MemoryStore.Disk) throws -> Node {
        let runner = ServiceShard(Inventory.module).runner(.writeThrough)
        let node = Node(
            runners: [runner], store: MemoryStore(disk), chain: CountingChain(), note: NoNote())
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
