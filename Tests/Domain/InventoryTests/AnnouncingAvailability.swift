// SPDX-License-Identifier: Apache-2.0
/// Availability is announced when it is noticeably another one: the last units exactly, many of
/// them roughly, and never more than there are.

import Contracts
import GivenWhenThen
import InventoryDomain
import Kernel
import SampleFacts
import Testing

@Suite struct `Bands of availability` {
    @Test func `are exact up to ten, then ever wider`() {
        let starts = Set((0...1_100 as ClosedRange<Int64>).map(StockBand.floor)).sorted()
        #expect(
            starts == Array(0...10) + [
                12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1_024,
            ])
    }

    @Test(
        arguments: [
            (-1, 0), (.min, 0), (0, 0), (1, 1), (9, 9), (10, 10), (11, 10), (12, 12), (15, 12),
            (16, 16), (23, 16), (24, 24), (31, 24), (32, 32), (47, 32), (48, 48), (63, 48),
            (64, 64), (1_000_000_000, 805_306_368), (1 << 62, 1 << 62),
            (.max, 3 << 61),
        ] as [(Int64, Int64)])
    func `begin at the greatest start that is not above`(_ units: Int64, _ start: Int64) {
        #expect(StockBand.floor(units) == start)
    }

    @Test func `never begin above what there is, and grow with it`() {
        var chance = Chance(seed: 3)
        for _ in 0..<100_000 {
            let units = Int64(bitPattern: chance.next() >> UInt64(chance.below(63) + 1))
            let start = StockBand.floor(units)
            #expect(start <= units && StockBand.floor(start) == start)
            #expect(units == .max || StockBand.floor(units + 1) >= start)
            // At most a third less than there is, or the one unit by which eleven are ten.
            #expect(units - start <= units / 3)
        }
    }

    /// However many units there are: each sold one by one, the last one by itself.
    @Test func `are few on the way to sold out`() {
        var units: Int64 = 1_000_000
        var bands = 0
        while units > 0 {
            units = StockBand.floor(units) - 1
            bands += 1
        }
        #expect(bands == 43)
    }
}

@Suite struct `Announcing availability` {
    private static func stocked(_ units: Int64) -> Entities<StockDecider> {
        given(StockDecider.self).when(.count(.tea, units)).entities
    }

    private static func hold(_ units: Int64, for order: OrderID = .sample) -> StockCommand {
        .hold(.of(.of(.tea, units), order: order))
    }

    @Test func `is silent within a band`() {
        let stock = Self.stocked(100)
        #expect(stock.history.last == .changed(.tea, 96))
        #expect(stock.when(Self.hold(4)).events.count == 1)
        stock.when(Self.hold(5)).then(
            .held(.of(.of(.tea, 5))), .changed(.tea, 64, 2))
        stock.when(.count(.tea, 127)).then(.counted(.tea, 127, from: 100))
        stock.when(.count(.tea, 128)).then(
            .counted(.tea, 128, from: 100), .changed(.tea, 128, 2))
    }

    @Test func `tells the last units one by one`() {
        var stock = Self.stocked(3)
        var told: [Int64] = []
        for number in UInt64(1)...3 {
            let events = stock.when(Self.hold(1, for: .numbered(number))).events
            for case .changed(let levels) in events { told += levels.map(\.available) }
            stock.apply(events)
        }
        #expect(told == [2, 1, 0])
    }

    @Test func `says nothing of units that are sold or sent`() {
        let held = Self.stocked(5).when(Self.hold(5))
        let committed = held.when(.commit(OrderID.sample.hold()))
        #expect(committed.events.map(\.wireName.text) == ["stock.committed.v1"])
        let shipped = committed.when(.ship(OrderID.sample.hold()))
        #expect(shipped.events.map(\.wireName.text) == ["stock.shipped.v1"])
        // What was sent is no longer counted: as much can be had as before.
        shipped.when(.count(.tea, 0)).thenNothing()
    }

    @Test(arguments: [true, false])
    func `tells of what is given back, once`(_ isSold: Bool) {
        let movement = StockEvent.Movement.of(.of(.tea, 5))
        let held = Self.stocked(5).when(Self.hold(5))
        let before = isSold ? held.when(.commit(movement.hold)) : held
        let released = before.when(.release(movement)).then(
            .released(movement, wasAllocated: isSold), .changed(.tea, 5, 3))
        released.when(.release(movement)).then(
            .released(movement.toldAgain, wasAllocated: false))
    }

    @Test func `says nothing of a refusal, or of a hold that is told again`() {
        let stock = Self.stocked(5)
        #expect(stock.when(Self.hold(6)).events.map(\.wireName.text) == ["stock.refused.v1"])
        let held = stock.when(Self.hold(5))
        #expect(held.when(Self.hold(5)).events.map(\.wireName.text) == ["stock.held.v1"])
    }

    @Test func `tells of all articles of a decision in one fact`() {
        let stock = given(StockDecider.self).when(.count(.cup, 20)).when(.count(.tea, 20))
            .when(.count(.pot, 20)).entities
        let movement = StockEvent.Movement.of(.of(.cup, 1), .of(.pot, 9), .of(.tea, 20))
        let held = stock.when(.hold(movement)).then(
            .held(movement), .changed([.of(.pot, 10, 2), .of(.tea, 0, 2)]))
        #expect(
            StockDecider.changes(held.events[1]) == [
                .item(StockKey(.pot, .north)), .item(StockKey(.tea, .north)),
            ])
        held.when(.release(movement)).then(
            .released(movement, wasAllocated: false),
            .changed([.of(.pot, 16, 3), .of(.tea, 16, 3)]))
    }

    /// Without the articles of the hold nothing could be announced; no other command reads further.
    @Test func `reads the articles of a hold that is given back`() {
        let movement = StockEvent.Movement.of(.of(.cup, 1), .of(.tea, 2))
        let key = InventoryKey.hold(movement.hold)
        func further(
            _ command: StockCommand, _ phase: InventoryState.Hold.Phase
        ) -> [InventoryKey] {
            let state = InventoryState.hold(.init(phase: phase, movement: movement))
            return StockDecider.keys(command, given: States(keys: [key], values: [state]))
        }
        let items = movement.lines.map { InventoryKey.item(StockKey($0.sku, .north)) }
        for phase in InventoryState.Hold.Phase.allCases {
            let isOpen = phase == .held || phase == .committed
            #expect(further(.release(movement), phase) == (isOpen ? items : []))
            #expect(further(.commit(movement.hold), phase) == [])
            #expect(further(.ship(movement.hold), phase) == [])
        }
    }
}
