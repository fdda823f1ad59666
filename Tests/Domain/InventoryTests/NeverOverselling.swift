// SPDX-License-Identifier: Apache-2.0
/// Whatever is asked in whatever order: no unit is promised twice, lost or made.

import Contracts
import GivenWhenThen
import InventoryDomain
import Kernel
import SampleFacts
import Testing

@Suite struct `Never overselling` {
    @Test func `keeps the books through 20,000 commands`() throws {
        var shop = Shop(seed: 31)
        for step in 1...20_000 {
            shop.step()
            try shop.expectItemsAreSound()
            if step.isMultiple(of: 200) { try shop.expectHoldsAddUp() }
        }
        try shop.expectHoldsAddUp()
        shop.stock.expectFoldsAgree(at: Shop.keys.map { .item($0) })
        #expect(shop.seen == Shop.everything)
    }
}

/// A few articles in two warehouses, and orders that come, are paid for, sent, canceled and asked
/// for again in any order.
private struct Shop {
    static let keys = [SKU.cup, .pot, .tea].flatMap { sku in
        [StockKey(sku, .north), StockKey(sku, .main)]
    }
    static let everything: Set = [
        "counted", "held", "refused", "committed", "shipped", "released", "changed", "listed",
        "no",
    ]

    var stock = Entities<StockDecider>()
    var seen: Set<String> = []
    private var chance: Chance
    private var steps: UInt64 = 0
    private var counted: [StockKey: Int64] = [:]
    private var shipped: [StockKey: Int64] = [:]

    init(seed: UInt64) { chance = Chance(seed: seed) }

    mutating func step() {
        steps += 1
        let command = command()
        let moment = chance.moment(at: .noon)
        guard case .success(let events) = stock.decide(command, moment) else {
            seen.insert("no")
            return
        }
        let before = stock
        stock.apply(events)
        for event in events { note(event) }
        expectAnnounced(events, before)
    }

    /// The books, kept by what the events say.
    private mutating func note(_ event: StockEvent) {
        seen.insert(String(event.wireName.text.split(separator: ".")[1]))
        switch event {
        case .counted(let key, _, let delta): counted[key, default: 0] += delta
        case .shipped(let movement):
            for line in movement.lines {
                shipped[StockKey(line.sku, movement.warehouse), default: 0] += line.units
            }
        case .held, .refused, .committed, .released, .changed, .listed: break
        }
    }

    /// One fact tells of the articles whose band is another one now, and of no others.
    private func expectAnnounced(_ events: [StockEvent], _ before: Entities<StockDecider>) {
        let told = events.compactMap { if case .changed(let levels) = $0 { levels } else { nil } }
        #expect(told.count <= 1)
        let keys = told.flatMap(\.self).map(\.key)
        #expect(Set(keys).count == keys.count)
        for key in Self.keys {
            let (old, new) = (before[.item(key)].item, stock[.item(key)].item)
            let isOther = StockBand.floor(old.available) != StockBand.floor(new.available)
            #expect(isOther == keys.contains(key))
            #expect(new.announcements == old.announcements + (isOther ? 1 : 0))
        }
    }

    private mutating func command() -> StockCommand {
        let movement = movement()
        switch chance.below(13) {
        case 12:
            let some = [SKU.cup, .tea].filter { _ in chance.comesUp(50) }
            return .list(movement.warehouse, some + [.pot])
        case 0:
            let key = chance.one(of: Self.keys)
            let guesses: [Int64?] = [nil, stock[.item(key)].item.onHand, 7]
            return .count(
                key, onHand: Int64(chance.below(42)) - 1, expected: chance.one(of: guesses))
        case 1...4: return .hold(movement)
        case 5...6: return .commit(movement.hold)
        case 7...8: return .ship(movement.hold)
        case 9...10: return .release(movement)
        default: return .wake(.hold(movement.hold))
        }
    }

    /// One of the eight latest orders; an order's lines follow from its number.
    private mutating func movement() -> StockEvent.Movement {
        let number = steps / 8 + UInt64(chance.below(8))
        let order = OrderID.numbered(number)
        var lines = Chance(seed: number)
        let wanted = [SKU.cup, .pot, .tea].filter { _ in lines.comesUp(60) }
        return StockEvent.Movement(
            hold: order.hold(), order: order, warehouse: lines.comesUp(70) ? .north : .main,
            lines: wanted.map { .of($0, Int64(lines.below(6) + 1)) })
    }

    func expectItemsAreSound() throws {
        for key in Self.keys {
            let item = stock[.item(key)].item
            try #require(item.onHand >= 0 && item.held >= 0 && item.allocated >= 0)
            try #require(item.held + item.allocated <= item.onHand)
            try #require(item.available == item.onHand - item.held - item.allocated)
            try #require(item.announced == StockBand.floor(item.available))
            try #require(item.announced <= item.available)
            try #require(item.onHand == counted[key, default: 0] - shipped[key, default: 0])
        }
    }

    func expectHoldsAddUp() throws {
        var held: [StockKey: Int64] = [:]
        var allocated: [StockKey: Int64] = [:]
        for case .hold(let hold) in stock.states.values {
            for line in hold.movement.lines {
                let key = StockKey(line.sku, hold.movement.warehouse)
                switch hold.phase {
                case .held: held[key, default: 0] += line.units
                case .committed: allocated[key, default: 0] += line.units
                case .refused, .shipped, .released: break
                }
            }
        }
        for key in Self.keys {
            let item = stock[.item(key)].item
            try #require(item.held == held[key, default: 0])
            try #require(item.allocated == allocated[key, default: 0])
        }
    }
}
