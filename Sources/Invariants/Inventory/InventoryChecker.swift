// SPDX-License-Identifier: Apache-2.0
/// What checks stock: the double-entry ledger of units (`UnitsLedger`), and the holds on them.

package import Contracts
import InventoryDomain
package import InventoryService
package import Kernel

package final class InventoryChecker: EventTaker<StockEvent>, ServiceChecker {
    package typealias Checked = Inventory

    package static let rules = Rule.stock

    package static func subject(of event: StockEvent) -> (order: OrderID, entity: UUIDv7)? {
        switch event {
        case .counted, .changed, .listed: nil
        case .refused(let hold, let order, _, _): (order, hold.raw)
        case .held(let movement), .committed(let movement), .shipped(let movement),
            .released(let movement, _):
            (movement.order, movement.hold.raw)
        }
    }

    let holds: EntityTable<HoldEntry>
    private var stock = UnitsLedger()

    package init(_ settings: CheckerSettings) { holds = EntityTable(settings) }

    func forEachArticle(_ body: (StockKey, _ available: Int64, StockLevel) -> Void) {
        stock.forEachArticle(body)
    }

    func knows(_ article: StockKey) -> Bool { stock.item(article) != nil }

    package override func note(
        _ event: StockEvent, at place: Place, answering heard: Heard, _ context: inout CheckContext
    ) {
        switch event {
        case .counted(let key, let onHand, let delta):
            stock.count(key, onHand: onHand, delta: delta, place, &context.findings)
        case .changed(let levels): stock.announce(levels, place, &context.findings)
        case .listed(let warehouse, let skus):
            stock.list(skus.map { StockKey($0, warehouse) }, place, &context.findings)
        case .refused(let hold, let order, let warehouse, let short):
            let index = holds.note(hold, of: order, at: place, answering: heard, &context)
            let isFirst = holds[index].refuse(hold, place, &context.findings)
            if isFirst { stock.check(short, in: warehouse, hold, &context.findings) }
        case .held(let movement): note(.held, movement, place, heard, &context)
        case .committed(let movement): note(.committed, movement, place, heard, &context)
        case .shipped(let movement): note(.shipped, movement, place, heard, &context)
        case .released(let movement, let wasAllocated):
            note(.released(wasAllocated: wasAllocated), movement, place, heard, &context)
        }
    }

    private func note(
        _ move: HoldEntry.Move, _ movement: StockEvent.Movement, _ place: Place, _ heard: Heard,
        _ context: inout CheckContext
    ) {
        let index = holds.note(
            movement.hold, of: movement.order, at: place, answering: heard, &context)
        holds[index].note(move, movement, place, heard, &stock, &context.findings)
    }

    package func check(
        _ shards: [LogFold<Inventory>], in house: Snapshot, _ orders: OrderNumbers,
        _ findings: inout Findings
    ) {
        for shard in shards { check(shard, isAtRest: house.isAtRest, &findings) }
        guard house.isAtRest else { return }
        holds.forEach { hold in
            findings.demand(
                !hold.isOpen, .o5, "\(orders.ids[hold.base.orderNumber].text): its hold is open")
        }
    }

    private func check(
        _ shard: LogFold<Inventory>, isAtRest: Bool, _ findings: inout Findings
    ) {
        var held: [StockKey: Int64] = [:]
        var allocated: [StockKey: Int64] = [:]
        for (_, entity) in shard.entities {
            guard case .hold(let hold) = entity.state else { continue }
            findings.demand(
                !isAtRest || entity.state.isAtRest, .o5,
                "\(hold.movement.hold.text): \(hold.phase.rawValue)")
            guard hold.phase == .held || hold.phase == .committed else { continue }
            for line in hold.movement.lines {
                let key = StockKey(line.sku, hold.movement.warehouse)
                if hold.phase == .held { held[key, default: 0] += line.units }
                if hold.phase == .committed { allocated[key, default: 0] += line.units }
            }
        }
        for (key, entity) in shard.entities {
            guard case .item(let key) = key, case .item(let item) = entity.state else { continue }
            if let books = stock.item(key) {
                findings.demand(item.onHand == books.onHand, .s1, "\(key.sku) at the end")
            }
            findings.demand(
                item.held == held[key, default: 0]
                    && item.allocated == allocated[key, default: 0], .s4, "\(key.sku)")
        }
    }
}
