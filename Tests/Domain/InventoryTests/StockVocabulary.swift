// SPDX-License-Identifier: Apache-2.0
/// Stock of a small shop: cups, teas and pots in one warehouse, and orders that want them.

import Contracts
import GivenWhenThen
import InventoryDomain
import Kernel
import SampleFacts

extension StockEvent {
    static func counted(_ sku: SKU, _ units: Int64, from before: Int64 = 0) -> StockEvent {
        .counted(StockKey(sku, .north), onHand: units, delta: units - before)
    }

    /// So many can be had: the `announcement`-th word about the article.
    static func changed(_ sku: SKU, _ available: Int64, _ announcement: Int64 = 1) -> StockEvent {
        .changed([.of(sku, available, announcement)])
    }
}

extension StockCommand {
    static func count(_ sku: SKU, _ units: Int64, expected: Int64? = nil) -> StockCommand {
        .count(StockKey(sku, .north), onHand: units, expected: expected)
    }

    static func release(_ movement: StockEvent.Movement) -> StockCommand {
        .release(movement.hold, order: movement.order)
    }
}

extension StockEvent.Movement {
    /// What `order` wants from the warehouse.
    static func of(_ lines: StockLine..., order: OrderID = .sample) -> Self {
        Self(hold: order.hold(), order: order, warehouse: .north, lines: lines)
    }
}

extension Entities<StockDecider> {
    /// On hand, held, allocated.
    func units(of sku: SKU) -> [Int64] {
        let item = self[.item(StockKey(sku, .north))].item
        return [item.onHand, item.held, item.allocated]
    }

    func phase(of movement: StockEvent.Movement) -> InventoryState.Hold.Phase? {
        guard case .hold(let hold) = self[.hold(movement.hold)] else { return nil }
        return hold.phase
    }
}
