// SPDX-License-Identifier: Apache-2.0
/// Stock and holds under their keys: written and read back, they are the same.

import Contracts
import GivenWhenThen
import InventoryDomain
import Kernel
import SampleFacts
import Testing

@Suite struct `Keeping stock` {
    private let hold = StockEvent.Movement.of(.of(.cup, 2), .of(.tea, 4))

    @Test func `keeps every state`() throws {
        let short = [ShortLine(sku: .tea, wanted: 4, available: 3)]
        let histories: [[StockEvent]] = [
            [], [.counted(.tea, 1_000_000_000)], [.held(hold)], [.held(hold), .committed(hold)],
            [.held(hold), .committed(hold), .shipped(hold)],
            [.held(hold), .released(hold, wasAllocated: false)],
            [.refused(hold.hold, order: .sample, warehouse: .north, short: short)],
            [.refused(hold.hold, order: .sample, warehouse: .north, short: [])],
            [.released(hold.toldAgain, wasAllocated: false)],
            [.changed([.of(.cup, 8, .max), .of(.tea, 0, 1)])], [.listed(.north, skus: [.pot])],
        ]
        for history in histories {
            let stock = given(StockDecider.self, [.counted(.cup, 9), .counted(.tea, 9)] + history)
            for state in stock.states.values { try expectKept(state) }
            try expectKept(stock[.hold(OrderID.stranger.hold())])
        }
    }

    @Test(arguments: [3, -1, Int64.max])
    func `refuses a kind that it never wrote`(_ kind: Int64) {
        var writer = WireWriter()
        writer.field("kind", kind)
        #expect(throws: WireError.badField("kind")) {
            var reader = WireReader(binary: writer.bytes)
            _ = try InventoryState(from: &reader)
        }
    }

    @Test func `refuses a phase that no hold has`() throws {
        let text = json(given(StockDecider.self, .held(hold))[.hold(hold.hold)])
        #expect(throws: WireError.badField("phase")) {
            var reader = try reader(json: text.replacing("\"held\"", with: "\"hold\""))
            _ = try InventoryState(from: &reader)
        }
    }

    @Test func `reads its keys back`() {
        let longest = StockKey(
            .of(String(repeating: "s", count: 40)), .of(String(repeating: "w", count: 20)))
        let keys: [InventoryKey] = [
            .item(StockKey(.tea, .north)), .item(StockKey(.of("a"), .of("b"))), .item(longest),
            .hold(OrderID.sample.hold()), .hold(OrderID.stranger.hold(7)),
        ]
        for key in keys {
            #expect(InventoryKey(table: key.table, bytes: key.bytes) == key)
            #expect(key.bytes.count < 128)
            #expect(key.bucket < 4_096)
        }
    }

    @Test func `keeps the articles of a warehouse together`() {
        let keys = [StockKey(.tea, .main), StockKey(.cup, .north), StockKey(.cup, .main)]
        let texts = keys.map { String(decoding: InventoryKey.item($0).bytes, as: UTF8.self) }
        #expect(texts == ["main/TEA", "north-1/CUP-01", "main/CUP-01"])
        #expect(InventoryKey.tables == ["stock", "holds"])
    }

    @Test func `keeps a hold where its order is`() {
        let hold = InventoryKey.hold(OrderID.sample.hold())
        #expect(hold.bucket == OrderID.sample.bucket)
        #expect(hold.bytes == OrderID.sample.hold().raw.bytes)
    }

    @Test(arguments: [
        (0, "tea"), (0, "/tea"), (0, "main/"), (0, "main/te/a"), (0, ""), (0, "ma in/tea"),
        (1, ""), (1, "123456789012345"), (1, "12345678901234567"),
    ])
    func `refuses bytes that are no key`(_ table: Int, _ text: String) {
        #expect(InventoryKey(table: table, bytes: Array(text.utf8)) == nil)
    }
}
