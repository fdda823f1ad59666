// SPDX-License-Identifier: Apache-2.0
/// What was written is read back, in both forms: history and the bus lose nothing of a fact.

import Contracts
import Kernel
import SampleFacts
import Testing

@Suite struct `Writing and reading facts` {
    @Test(arguments: Context.all)
    func `keeps every fact in the binary form`(_ context: Context) throws {
        try keepsBinary(context.events)
    }

    private func keepsBinary<Event: Sampled>(_ events: Event.Type) throws {
        for event in Event.samples {
            #expect(try Event(binary: event.binary, as: event.wireName) == event)
        }
    }

    @Test(arguments: Context.all)
    func `keeps every fact in JSON`(_ context: Context) throws {
        try keepsJSON(context.events)
    }

    private func keepsJSON<Event: Sampled>(_ events: Event.Type) throws {
        for event in Event.samples {
            #expect(try Event(json: event.json, as: event.wireName) == event)
        }
    }

    /// JSON comes from partners, too: the order of members means nothing, further ones are ignored.
    @Test(arguments: Context.all)
    func `takes the members of JSON in any order`(_ context: Context) throws {
        try takesAnyOrder(context.events)
    }

    private func takesAnyOrder<Event: Sampled>(_ events: Event.Type) throws {
        for event in Event.samples {
            let tree = try JSONTree(parsing: event.json)
            #expect(tree.text == event.json)
            #expect(try Event(json: tree.reversed.text, as: event.wireName) == event)
        }
    }

    @Test(arguments: Context.all)
    func `ignores the members that it does not know`(_ context: Context) throws {
        try ignoresUnknown(context.events)
    }

    private func ignoresUnknown<Event: Sampled>(_ events: Event.Type) throws {
        for event in Event.samples {
            let tree = try JSONTree(parsing: event.json).adding("zzz", JSONTree.leaf("[{}]"))
            #expect(try Event(json: tree.text, as: event.wireName) == event)
        }
    }

    @Test(arguments: Context.all)
    func `reads from the middle of other bytes`(_ context: Context) throws {
        try readsFromTheMiddle(context.events)
    }

    private func readsFromTheMiddle<Event: Sampled>(_ events: Event.Type) throws {
        for event in Event.samples {
            let bytes = [255] + event.binary + [255]
            var reader = WireReader(binary: bytes, range: 1..<bytes.count - 1)
            #expect(try Event.read(event.wireName, from: &reader) == event)
            #expect(reader.isAtEnd)
        }
    }

    @Test(arguments: Context.all)
    func `names the order that a fact is about`(_ context: Context) {
        for event in context.events.samples {
            let isAboutAnOrder =
                context.noun != "product" && !aboutArticles.contains(event.wireName.text)
            #expect((event.correlation != nil) == isAboutAnOrder)
            if let order = event.correlation { #expect(event.json.contains("\"\(order)\"")) }
        }
    }

    private let aboutArticles = ["stock.counted.v1", "stock.changed.v1", "stock.listed.v1"]

    @Test func `tells a movement again without its lines`() {
        for case .held(let movement) in StockEvent.samples {
            let again = movement.toldAgain
            #expect(again.lines.isEmpty)
            #expect((again.hold, again.order) == (movement.hold, movement.order))
            #expect(again.warehouse == movement.warehouse)
            #expect(again.toldAgain == again)
        }
    }

    @Test func `finds the units of an article in a movement`() {
        let order = OrderID.sample
        let movement = StockEvent.Movement(
            hold: order.hold(), order: order, warehouse: .main,
            lines: [.of(.cup, 2), .of(.tea, 5)])
        #expect(movement.units(of: .cup) == 2)
        #expect(movement.units(of: .tea) == 5)
        #expect(movement.units(of: .pot) == 0)
    }

    @Test(arguments: [8, 9, 20, 2_000])
    func `finds every article of a long movement, in order or not`(_ count: Int) throws {
        let order = OrderID.sample
        let codes = (0..<count).map { String(1_000_000 + $0 * 2) }
        for lines in [codes, codes.reversed(), codes.sorted { $0.suffix(1) < $1.suffix(1) }] {
            let movement = StockEvent.Movement(
                hold: order.hold(), order: order, warehouse: .main,
                lines: try lines.enumerated().map { index, code in
                    StockLine(sku: try #require(SKU(code)), units: Int64(index) + 1)
                })
            for index in [0, 1, count / 2, count - 1] {
                let sku = try #require(SKU(lines[index]))
                #expect(movement.units(of: sku) == Int64(index) + 1)
            }
            for absent in ["0", "1000001", "9999999"] {
                #expect(movement.units(of: try #require(SKU(absent))) == 0)
            }
        }
    }
}
