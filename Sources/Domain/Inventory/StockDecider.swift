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
    /// There are such articles, in a warehouse; each once, and at least one.
    case list(Warehouse, [SKU])
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
        case .list(let warehouse, let skus): keys(skus, in: warehouse)
        case .wake(let key): .one(key)
        }
    }

    /// What is given back is announced where it changes what can be had: only the hold says of
    /// which articles.
    package static func keys(
        _ command: StockCommand, given states: States<InventoryKey, InventoryState>
    ) -> [InventoryKey] {
        guard case .release = command, case .hold(let hold) = states.first,
            hold.phase == .held || hold.phase == .committed
        else { return [] }
        return hold.movement.lines.map { .item(StockKey($0.sku, hold.movement.warehouse)) }
    }

    package static func changes(_ event: StockEvent) -> Keys<InventoryKey> {
        switch event {
        case .counted(let key, _, _): .one(.item(key))
        case .refused(let hold, _, _, _): .one(.hold(hold))
        case .held(let movement), .committed(let movement), .shipped(let movement),
            .released(let movement, _):
            keys(movement)
        case .changed(let levels):
            levels.count == 1
                ? .one(.item(levels[0].key)) : .many(levels.map { .item($0.key) })
        case .listed(let warehouse, let skus): keys(skus, in: warehouse)
        }
    }

    private static func keys(_ skus: [SKU], in warehouse: Warehouse) -> Keys<InventoryKey> {
        .many(skus.map { .item(StockKey($0, warehouse)) })
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
        case .commit, .ship, .release: return move(command, states)
        case .list(let warehouse, let skus):
            let unknown = skus.indices.filter { states.at($0) == .absent }.map { skus[$0] }
            return unknown.isEmpty ? [] : [.listed(warehouse, skus: unknown)]
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
        let counted = StockEvent.counted(key, onHand: onHand, delta: onHand - item.onHand)
        let level = level(of: item, onHand - promised) { key }
        return announcing(level.map { [$0] } ?? [], after: counted)
    }

    /// What is to be announced of `item` when `available` units can be had of it; nil while that is
    /// in the band which was announced last.
    private static func level(
        of item: InventoryState.Item, _ available: Int64, _ key: () -> StockKey
    ) -> StockLevel? {
        let band = StockBand.floor(available)
        guard band != item.announced else { return nil }
        return StockLevel(key(), available: band, announcement: item.announcements &+ 1)
    }

    /// What is to be announced when the units of `movement` are taken or given back; its articles
    /// stand behind the hold in `states`.
    private static func levels(
        _ movement: StockEvent.Movement, _ states: States<InventoryKey, InventoryState>,
        areTaken: Bool
    ) -> [StockLevel] {
        var levels: [StockLevel] = []
        for (index, line) in movement.lines.enumerated() {
            let item = states.at(index + 1).item
            let units = areTaken ? 0 &- line.units : line.units
            let level = level(of: item, item.available &+ units) {
                StockKey(line.sku, movement.warehouse)
            }
            if let level { levels.append(level) }
        }
        return levels
    }

    /// One announcement for all articles of a decision, if there is any.
    private static func announcing(
        _ levels: [StockLevel], after event: StockEvent
    ) -> [StockEvent] {
        levels.isEmpty ? [event] : [event, .changed(levels)]
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
        return announcing(levels(movement, states, areTaken: true), after: .held(movement))
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

    private static func move(
        _ command: StockCommand, _ states: States<InventoryKey, InventoryState>
    ) -> [StockEvent] {
        guard case .hold(let hold) = states.first else {
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
        case (.release, .held), (.release, .committed):
            return announcing(
                levels(hold.movement, states, areTaken: false),
                after: .released(hold.movement, wasAllocated: hold.phase == .committed))
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
        case .item(let stock): .item(evolve(item: state.item, event, stock))
        }
    }

    private static func evolve(hold state: InventoryState, _ event: StockEvent) -> InventoryState {
        let phase: InventoryState.Hold.Phase
        let movement: StockEvent.Movement
        switch event {
        case .counted, .changed, .listed: return state
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
        item: InventoryState.Item, _ event: StockEvent, _ key: StockKey
    ) -> InventoryState.Item {
        var item = item
        switch event {
        case .counted(_, let onHand, _): item.onHand = onHand
        case .refused, .listed: break
        case .held(let movement): item.held += movement.units(of: key.sku)
        case .committed(let movement):
            item.held -= movement.units(of: key.sku)
            item.allocated += movement.units(of: key.sku)
        case .shipped(let movement):
            item.allocated -= movement.units(of: key.sku)
            item.onHand -= movement.units(of: key.sku)
        case .released(let movement, let wasAllocated):
            if wasAllocated {
                item.allocated -= movement.units(of: key.sku)
            } else {
                item.held -= movement.units(of: key.sku)
            }
        case .changed(let levels):
            guard let level = levels.first(where: { $0.key == key }) else { break }
            item.announced = level.available
            item.announcements = level.announcement
        }
        return item
    }
}
