// SPDX-License-Identifier: Apache-2.0
/// The rules of stock: nothing is promised twice, and an order's lines are held all or not at all.

package import Contracts
package import Kernel

package enum StockCommand: Sendable, Equatable {
    /// There are `onHand` units now. With `expected`, only if there were that many before.
    case count(StockKey, onHand: Int64, expected: Int64?)
    /// Set every line aside; each article once.
    case hold(StockEvent.Movement)
    /// The order is paid for.
    case commit(HoldID)
    /// The goods have left.
    case ship(HoldID)
    /// The order is off. Its lines are named by the hold itself.
    case release(HoldID, order: OrderID)
    case wake(InventoryKey)
}

package enum StockRejection: Error, Equatable, Sendable {
    case negativeCount
    case countTooLarge
    /// Fewer units than are promised to orders.
    case belowPromised(promised: Int64)
    /// Another count came first.
    case countChanged(onHand: Int64)
}

package enum StockDecider: Decider {
    package static let countMax: Int64 = 1_000_000_000

    package static let initial = InventoryState.absent

    package static func keys(_ command: StockCommand) -> Keys<InventoryKey> {
        switch command {
        case .count(let key, _, _): .one(.item(key))
        case .hold(let movement): keys(movement)
        case .commit(let hold), .ship(let hold), .release(let hold, _): .one(.hold(hold))
        case .wake(let key): .one(key)
        }
    }

    package static func changes(_ event: StockEvent) -> Keys<InventoryKey> {
        switch event {
        case .counted(let key, _, _): .one(.item(key))
        case .refused(let hold, _, _, _): .one(.hold(hold))
        case .held(let movement), .committed(let movement), .shipped(let movement),
            .released(let movement, _):
            keys(movement)
        }
    }

    private static func keys(_ movement: StockEvent.Movement) -> Keys<InventoryKey> {
        var keys: [InventoryKey] = []
        keys.reserveCapacity(movement.lines.count + 1)
        keys.append(.hold(movement.hold))
        for line in movement.lines {
            keys.append(.item(StockKey(line.sku, movement.warehouse)))
        }
        return .many(keys)
    }

    package static func decide(
        _ command: StockCommand, _ states: States<InventoryKey, InventoryState>, _ moment: Moment
    ) throws(StockRejection) -> [StockEvent] {
        switch command {
        case .count(let key, let onHand, let expected):
            return try count(key, onHand, expected, states.first)
        case .hold(let movement): return hold(movement, states)
        case .commit, .ship, .release: return move(command, states.first)
        case .wake: return []
        }
    }

    private static func count(
        _ key: StockKey, _ onHand: Int64, _ expected: Int64?, _ state: InventoryState
    ) throws(StockRejection) -> [StockEvent] {
        let item = state.item
        guard onHand >= 0 else { throw .negativeCount }
        guard onHand <= countMax else { throw .countTooLarge }
        if let expected, expected != item.onHand { throw .countChanged(onHand: item.onHand) }
        let promised = item.held + item.allocated
        guard onHand >= promised else { throw .belowPromised(promised: promised) }
        if case .item = state, onHand == item.onHand { return [] }
        return [.counted(key, onHand: onHand, delta: onHand - item.onHand)]
    }

    /// A hold that is known already is answered again as it was: the asker may not have heard.
    private static func hold(
        _ movement: StockEvent.Movement, _ states: States<InventoryKey, InventoryState>
    ) -> [StockEvent] {
        if case .hold(let known) = states.first { return [again(known)] }
        var short: [ShortLine] = []
        for (index, line) in movement.lines.enumerated() {
            let available = states.at(index + 1).item.available
            if available < line.units {
                short.append(ShortLine(sku: line.sku, wanted: line.units, available: available))
            }
        }
        guard short.isEmpty else {
            return [
                .refused(
                    movement.hold, order: movement.order, warehouse: movement.warehouse,
                    short: short)
            ]
        }
        return [.held(movement)]
    }

    private static func again(_ hold: InventoryState.Hold) -> StockEvent {
        let movement = hold.movement.toldAgain
        return switch hold.phase {
        case .held: .held(movement)
        case .committed: .committed(movement)
        case .shipped: .shipped(movement)
        case .released: .released(movement, wasAllocated: false)
        case .refused:
            .refused(
                movement.hold, order: movement.order, warehouse: movement.warehouse,
                short: hold.short)
        }
    }

    private static func move(_ command: StockCommand, _ state: InventoryState) -> [StockEvent] {
        guard case .hold(let hold) = state else {
            // Given back before it was asked for: whoever asks later is told so.
            guard case .release(let hold, let order) = command else { return [] }
            let nothing = StockEvent.Movement(
                hold: hold, order: order, warehouse: .main, lines: [])
            return [.released(nothing, wasAllocated: false)]
        }
        switch (command, hold.phase) {
        case (.commit, .held): return [.committed(hold.movement)]
        case (.ship, .committed): return [.shipped(hold.movement)]
        // Shipped before the confirmation was heard: both in one.
        case (.ship, .held): return [.committed(hold.movement), .shipped(hold.movement)]
        case (.release, .held): return [.released(hold.movement, wasAllocated: false)]
        case (.release, .committed): return [.released(hold.movement, wasAllocated: true)]
        // Nothing is held: that is what was wanted, and the asker is told.
        case (.release, .refused), (.release, .released):
            return [.released(hold.movement.toldAgain, wasAllocated: false)]
        default: return []
        }
    }

    package static func evolve(
        _ state: InventoryState, _ event: StockEvent, at key: InventoryKey
    ) -> InventoryState {
        switch key {
        case .hold: evolve(hold: state, event)
        case .item(let stock): .item(evolve(item: state, event, stock.sku))
        }
    }

    private static func evolve(hold state: InventoryState, _ event: StockEvent) -> InventoryState {
        let phase: InventoryState.Hold.Phase
        let movement: StockEvent.Movement
        switch event {
        case .counted: return state
        case .refused(let hold, let order, let warehouse, let short):
            return .hold(
                .init(
                    phase: .refused,
                    movement: .init(hold: hold, order: order, warehouse: warehouse, lines: []),
                    short: short))
        case .held(let held): (phase, movement) = (.held, held)
        case .committed(let committed): (phase, movement) = (.committed, committed)
        case .shipped(let shipped): (phase, movement) = (.shipped, shipped)
        case .released(let released, _): (phase, movement) = (.released, released)
        }
        if case .hold = state, movement.lines.isEmpty { return state }
        return .hold(.init(phase: phase, movement: movement))
    }

    private static func evolve(
        item state: InventoryState, _ event: StockEvent, _ sku: SKU
    ) -> InventoryState.Item {
        var item = state.item
        switch event {
        case .counted(_, let onHand, _): item.onHand = onHand
        case .refused: break
        case .held(let movement): item.held += movement.units(of: sku)
        case .committed(let movement):
            item.held -= movement.units(of: sku)
            item.allocated += movement.units(of: sku)
        case .shipped(let movement):
            item.allocated -= movement.units(of: sku)
            item.onHand -= movement.units(of: sku)
        case .released(let movement, let wasAllocated):
            if wasAllocated {
                item.allocated -= movement.units(of: sku)
            } else {
                item.held -= movement.units(of: sku)
            }
        }
        return item
    }
}
