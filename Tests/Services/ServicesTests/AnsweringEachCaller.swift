// SPDX-License-Identifier: Apache-2.0
/// What callers are told when a node decides several of their commands about one product, or one
/// order, in the same batch: what each asked for, and no other's doing.

import CatalogDomain
import CatalogService
import Contracts
import GivenWhenThen
import InventoryDomain
import InventoryService
import JSONCodec
import Kernel
import MemoryAdapter
import NodeEngine
import OrdersDomain
import OrdersService
import Ports
import SampleFacts
import ServiceModel
import Testing

@Suite struct `Answering each caller of a batch` {
    private let disk = MemoryStore.Disk()

    /// Orders, inventory and catalog, in this order.
    private func node() throws -> Node {
        let node = Node(
            runners: [Orders.module, Inventory.module, Catalog.module].map {
                ServiceShard($0).runner(.writeThrough)
            },
            store: MemoryStore(disk), chain: LengthChain(), note: NoNotes())
        try node.open()
        return node
    }

    /// The answers to `commands`, which are sent to a runner each under a key of its own, in one
    /// batch.
    private func ask(
        _ node: Node, _ runner: Int, _ commands: [any Sendable]
    ) throws -> [Reply] {
        let inputs = commands.enumerated().map { index, command in
            Input.submission(
                Submission(
                    runner: runner, command: command, principal: .anonymous,
                    request: Request(principal: .anonymous, key: "\(index)", about: []),
                    ticket: Ticket(index)))
        }
        let turn = node.turn(inputs, at: .noon, seed: 1)
        try #require(turn.outcome == .committed && turn.replies.count == commands.count)
        return turn.replies.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private func member(_ name: String, of reply: Reply) throws -> String? {
        try JSONDocument(parsing: reply.body).root[name]?.string
    }

    /// A reply must be the same whether the commands share a batch or not.
    @Test func `tells of a product what each caller made of it`() throws {
        let commands: [CatalogCommand] = [
            .put(.plain), .put(.of(.crockery, title: "U", .of(.tea))), .withdraw(.crockery),
            .withdraw(.crockery), .put(.plain),
        ]
        let node = try node()
        let told = try ask(node, 2, commands)
        #expect(told.map(\.status) == [201, 200, 200, 200, 200])
        #expect(told.map(\.version) == [1, 2, 3, 3, 4])
        #expect(
            told.map(\.location) == ["/v1/products/crockery_2.b", "", "", "", ""])
        #expect(try told.map { try member("title", of: $0) } == ["T", "U", "U", "U", "T"])
        #expect(
            try told.map { try member("status", of: $0) }
                == ["on-sale", "on-sale", "withdrawn", "withdrawn", "on-sale"])
        #expect(try ask(node, 2, commands) == told.map { $0.replayed() })
        let restarted = try self.node()
        #expect(try ask(restarted, 2, commands) == told.map { $0.replayed() })
    }

    private let order = PlaceOrder(
        order: .sample, lines: [.of(.tea, 3, at: "5.00")], warehouse: .north,
        recipient: .sample, paymentToken: "tok")

    private func placed(with units: Int64, then commands: OrderCommand...) throws -> [Reply] {
        let node = try node()
        let count = StockCommand.count(
            StockKey(.tea, .north), onHand: units, expected: nil)
        let counted = node.turn(
            [.submission(Submission(runner: 1, command: count, principal: .house))],
            at: .noon, seed: 1)
        try #require(counted.outcome == .committed)
        return try ask(node, 0, [OrderCommand.place(order)] + commands)
    }

    /// The verdict of the stock comes in the same batch, and belongs to the order's answer.
    @Test func `tells of an order whether there was stock`() throws {
        let served = try placed(with: 3)
        #expect(served.map(\.status) == [201])
        #expect(try member("status", of: served[0]) == "awaiting-payment")
        let short = try `Answering each caller of a batch`().placed(with: 2)
        #expect(short.map(\.status) == [409])
        #expect(try member("code", of: short[0]) == "insufficient-stock")
    }

    /// Wherever the stock is: whoever canceled it decided on it.
    @Test func `tells who placed an undecided order what decided it`() throws {
        let told = try placed(with: 3, then: .cancel(.sample, .customerAsked))
        #expect(told[0].status == 201)
        #expect(told[0].location == "/v1/orders/\(OrderID.sample.text)")
        #expect(try member("status", of: told[0]) == "canceled")
        #expect(told[1].status == 200)
        #expect(told[1].body == told[0].body)
        #expect(told[1].version == told[0].version)
    }
}

/// A chain that proves nothing.
private struct LengthChain: Chain {
    func link(_ head: [UInt8], _ bytes: [UInt8]) -> [UInt8] { [UInt8(bytes.count & 0xff)] }
}

private final class NoNotes: PoisonNote {
    var left: InputID? { nil }
    func begin(_ input: InputID) {}
    func end() {}
}
