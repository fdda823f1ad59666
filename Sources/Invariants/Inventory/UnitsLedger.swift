// SPDX-License-Identifier: Apache-2.0
/// The double-entry ledger of units, by article and warehouse. Each movement takes units from one
/// account and puts them into another; `counted` is the account of the world outside. Checks S1,
/// S2, S3 and O9 at each booking.

import Contracts
import InventoryDomain
import Kernel

struct UnitsLedger: Sendable {
    /// The accounts of one article in one warehouse: what is counted is the sum of the others.
    struct Item: Sendable {
        var stream = StreamNumbers()
        var counted: Int64 = 0
        var available: Int64 = 0
        var held: Int64 = 0
        var allocated: Int64 = 0
        var shipped: Int64 = 0
        /// How often its availability was announced.
        var announcements: Int64 = 0
        /// What was announced last.
        var announced: Int64 = 0

        var onHand: Int64 { available + held + allocated }

        /// One leg; the other one follows.
        @inline(__always)
        mutating func book(_ account: Account, _ units: Int64) {
            switch account {
            case .available: available &+= units
            case .held: held &+= units
            case .allocated: allocated &+= units
            case .shipped: shipped &+= units
            }
        }
    }

    enum Account { case available, held, allocated, shipped }

    private var table = EntropyTable()
    private(set) var items: [Item] = []
    /// What each item is, for people.
    private var keys: [StockKey] = []

    /// The number of an article in a warehouse. Texts are hashed here and compared nowhere else.
    @inline(__always)
    private mutating func number(_ sku: SKU, _ warehouse: Warehouse, _ start: UInt64) -> Int {
        let (index, isNew) = table.number(of: Self.mix(sku.code, start))
        if isNew {
            items.append(Item())
            keys.append(StockKey(sku, warehouse))
        }
        return index
    }

    /// Hands every article to `body`: how many can be had, and what was announced last, with 0 as
    /// its number when nothing was.
    func forEachArticle(_ body: (StockKey, _ available: Int64, StockLevel) -> Void) {
        for (item, key) in zip(items, keys) {
            let announced = StockLevel(
                key, available: item.announced, announcement: item.announcements)
            body(key, item.available, announced)
        }
    }

    func item(_ key: StockKey) -> Item? {
        table.known(Self.mix(key.sku.code, Self.start(key.warehouse))).map { items[$0] }
    }

    /// FNV-1a over warehouse and article, with a byte between that neither may hold: this is what
    /// all articles of a warehouse begin with.
    private static func start(_ warehouse: Warehouse) -> UInt64 {
        (mix(warehouse.code, 0xcbf2_9ce4_8422_2325) ^ 0x2f) &* 0x100_0000_01b3
    }

    @inline(__always)
    private static func mix(_ text: String, _ start: UInt64) -> UInt64 {
        var text = text
        return text.withUTF8 { bytes in
            var hash = start
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            return hash
        }
    }

    mutating func count(
        _ key: StockKey, onHand: Int64, delta: Int64, _ place: Place, _ findings: inout Findings
    ) {
        let index = number(key.sku, key.warehouse, Self.start(key.warehouse))
        items[index].stream.note(place, &findings, "\(key.warehouse)/\(key.sku)")
        items[index].counted &+= delta
        items[index].available &+= delta
        let item = items[index]
        findings.demand(
            item.onHand == onHand, .s1,
            "\(key.warehouse)/\(key.sku): \(onHand) counted, \(item.onHand) in the books")
        check(index, &findings, place)
    }

    /// Articles are known from now on. The first one's stream is where the fact is kept.
    mutating func list(_ listed: [StockKey], _ place: Place, _ findings: inout Findings) {
        for (number, key) in listed.enumerated() {
            let index = self.number(key.sku, key.warehouse, Self.start(key.warehouse))
            guard number == 0 else { continue }
            items[index].stream.note(place, &findings, "\(key.warehouse)/\(key.sku)")
        }
    }

    /// What is announced of an article is what there is of it at that moment, rounded down.
    mutating func announce(
        _ levels: [StockLevel], _ place: Place, _ findings: inout Findings
    ) {
        for (number, level) in levels.enumerated() {
            let (key, units) = (level.key, level.available)
            let known = table.known(Self.mix(key.sku.code, Self.start(key.warehouse)))
            let available = known.map { StockBand.floor(items[$0].available) }
            findings.demand(
                available == units, .s1,
                "\(key.warehouse)/\(key.sku): \(units) announced, \(available ?? 0) in the books")
            guard let known else { continue }
            items[known].announcements += 1
            items[known].announced = units
            findings.demand(
                items[known].announcements == level.announcement, .e1,
                "\(key.warehouse)/\(key.sku): announcement \(level.announcement)")
            guard number == 0 else { continue }
            items[known].stream.note(place, &findings, "\(key.warehouse)/\(key.sku)")
        }
    }

    /// Books every line of `movement`; returns a number that stands for its lines.
    mutating func move(
        _ movement: StockEvent.Movement, from: Account, to: Account, _ place: Place,
        _ findings: inout Findings
    ) -> UInt64 {
        var fingerprint: UInt64 = 0
        let start = Self.start(movement.warehouse)
        for line in movement.lines {
            let index = number(line.sku, movement.warehouse, start)
            items[index].book(from, -line.units)
            items[index].book(to, line.units)
            check(index, &findings, place)
            fingerprint &+= Self.mix(UInt64(index), line.units)
        }
        return fingerprint
    }

    private static func mix(_ index: UInt64, _ units: Int64) -> UInt64 {
        let mixed = (index &+ 1) &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(bitPattern: units)
        return (mixed ^ (mixed >> 29)) &* 0xbf58_476d_1ce4_e5b9
    }

    @inline(__always)
    private mutating func check(_ index: Int, _ findings: inout Findings, _ place: Place) {
        let item = items[index]
        findings.demand(
            item.held >= 0 && item.allocated >= 0 && item.shipped >= 0 && item.counted >= 0, .s2,
            "\(keys[index].warehouse)/\(keys[index].sku) at \(place.position)")
        findings.demand(
            item.available >= 0, .s3,
            "\(keys[index].warehouse)/\(keys[index].sku): short of \(-item.available)")
    }

    /// A refusal is honest when each article that it names was short at that moment, as it says.
    func check(
        _ short: [ShortLine], in warehouse: Warehouse, _ hold: HoldID, _ findings: inout Findings
    ) {
        findings.demand(!short.isEmpty, .o9, "\(hold.text): refused without a reason")
        for line in short {
            let available = item(StockKey(line.sku, warehouse))?.available ?? 0
            findings.demand(
                available < line.wanted && available == line.available, .o9,
                "\(hold.text): \(line.wanted) \(line.sku) refused when there were \(available)")
        }
    }
}
