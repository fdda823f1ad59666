// SPDX-License-Identifier: Apache-2.0
/// Planted bugs in the rules of stock and in what binds them to the facts of orders.

import Contracts
import Invariants
import InventoryDomain
import InventoryService
import Kernel
import NodeEngine
import Ports

private typealias StockStates = States<InventoryKey, InventoryState>

extension Mutant {
    static let stock = [
        Mutant("stock-counts-by-another-number", trips: .s1, in: Inventory.self, Miscounting.self),
        Mutant(
            "stock-released-from-the-wrong-heap", trips: .s2,
            in: Inventory.self, WrongHeap.self),
        Mutant("stock-sells-what-is-not-there", trips: .s3, in: Inventory.self, Oversold.self),
        Mutant("stock-counted-below-what-is-promised", trips: .s3, in: Inventory.self, Rash.self),
        Mutant("stock-loses-a-line-on-release", trips: .s4, in: Inventory.self, Leaking.self),
        Mutant(
            "stock-released-again-when-asked-again", trips: .s5,
            in: Inventory.self, ReleasedTwice.self),
        Mutant("stock-ships-what-is-only-held", trips: .s6, in: Inventory.self, Uncommitted.self),
        Mutant(
            "stock-held-again-when-asked-again", trips: .s7, in: Inventory.self, HeldTwice.self),
        Mutant(
            "stock-committed-again-when-asked-again", trips: .s7,
            in: Inventory.self, CommittedTwice.self),
        Mutant("stock-refuses-the-last-unit", trips: .o9, in: Inventory.self, Stingy.self),
        Mutant("stock-rows-forget-shipments", trips: .q1, in: Inventory.self, Forgetful.self),
        Mutant("stock-is-never-given-back", trips: .l1, Hoarding.self),
        Mutant("stock-committed-before-it-is-paid", trips: .o2, Hasty.self),
    ]
}

private enum Miscounting: DecoratedRules {
    typealias Base = StockDecider

    static func bend(
        _ events: [StockEvent], _ command: StockCommand, _ states: StockStates, _ moment: Moment
    ) -> [StockEvent] {
        events.map { event in
            guard case .counted(let key, let onHand, let delta) = event, onHand > 1 else {
                return event
            }
            return .counted(key, onHand: onHand, delta: delta - 1)
        }
    }
}

private enum Oversold: DecoratedRules {
    typealias Base = StockDecider

    static func bend(
        _ events: [StockEvent], _ command: StockCommand, _ states: StockStates, _ moment: Moment
    ) -> [StockEvent] {
        guard case .hold(let movement) = command, case .refused? = events.first,
            case .absent = states.first
        else { return events }
        return [.held(movement)]
    }
}

private enum Rash: DecoratedRules {
    typealias Base = StockDecider

    static func decide(
        _ command: StockCommand, _ states: StockStates, _ moment: Moment
    ) throws(StockRejection) -> [StockEvent] {
        do throws(StockRejection) {
            return try StockDecider.decide(command, states, moment)
        } catch {
            guard case .belowPromised = error, case .count(let key, let onHand, _) = command else {
                throw error
            }
            return [.counted(key, onHand: onHand, delta: onHand - states.first.item.onHand)]
        }
    }
}

private enum Leaking: DecoratedRules {
    typealias Base = StockDecider

    static func bend(
        _ events: [StockEvent], _ command: StockCommand, _ states: StockStates, _ moment: Moment
    ) -> [StockEvent] {
        events.map { event in
            guard case .released(let movement, let wasAllocated) = event, movement.lines.count > 1
            else { return event }
            return .released(
                .init(
                    hold: movement.hold, order: movement.order, warehouse: movement.warehouse,
                    lines: Array(movement.lines.dropLast())),
                wasAllocated: wasAllocated)
        }
    }
}

private enum HeldTwice: DecoratedRules {
    typealias Base = StockDecider

    static func bend(
        _ events: [StockEvent], _ command: StockCommand, _ states: StockStates, _ moment: Moment
    ) -> [StockEvent] {
        guard case .hold(let movement) = command, case .hold(let hold) = states.first,
            hold.phase == .held
        else { return events }
        return [.held(movement)]
    }
}

private enum CommittedTwice: DecoratedRules {
    typealias Base = StockDecider

    static func bend(
        _ events: [StockEvent], _ command: StockCommand, _ states: StockStates, _ moment: Moment
    ) -> [StockEvent] {
        guard case .commit = command, case .hold(let hold) = states.first,
            hold.phase == .committed
        else { return events }
        return [.committed(hold.movement)]
    }
}

private enum ReleasedTwice: DecoratedRules {
    typealias Base = StockDecider

    static func bend(
        _ events: [StockEvent], _ command: StockCommand, _ states: StockStates, _ moment: Moment
    ) -> [StockEvent] {
        guard case .release = command, case .hold(let hold) = states.first,
            hold.phase == .released
        else { return events }
        return [.released(hold.movement, wasAllocated: false)]
    }
}

private enum Uncommitted: DecoratedRules {
    typealias Base = StockDecider

    static func bend(
        _ events: [StockEvent], _ command: StockCommand, _ states: StockStates, _ moment: Moment
    ) -> [StockEvent] {
        guard case .committed? = events.first, events.count == 2 else { return events }
        return Array(events.dropFirst())
    }
}

private enum WrongHeap: DecoratedRules {
    typealias Base = StockDecider

    static func bend(
        _ events: [StockEvent], _ command: StockCommand, _ states: StockStates, _ moment: Moment
    ) -> [StockEvent] {
        events.map { event in
            guard case .released(let movement, true) = event else { return event }
            return .released(movement, wasAllocated: false)
        }
    }
}

private enum Stingy: DecoratedRules {
    typealias Base = StockDecider

    static func bend(
        _ events: [StockEvent], _ command: StockCommand, _ states: StockStates, _ moment: Moment
    ) -> [StockEvent] {
        guard case .hold(let movement) = command, case .held? = events.first,
            case .absent = states.first
        else { return events }
        for (index, line) in movement.lines.enumerated() {
            let available = states.at(index + 1).item.available
            guard available - line.units < 1 else { continue }
            return [
                .refused(
                    movement.hold, order: movement.order, warehouse: movement.warehouse,
                    short: [ShortLine(sku: line.sku, wanted: line.units, available: available)])
            ]
        }
        return events
    }
}

private enum Forgetful: DecoratedRules {
    typealias Base = StockDecider

    static func evolve(
        _ state: InventoryState, _ event: StockEvent, at key: InventoryKey
    ) -> InventoryState {
        if case .shipped = event, case .item = key { return state }
        return StockDecider.evolve(state, event, at: key)
    }
}

private enum Hoarding: DecoratedService {
    typealias Base = Inventory
    typealias Rules = StockDecider

    static func command(for logged: LoggedFact, of log: LogName) -> StockCommand? {
        let command = Inventory.command(for: logged, of: log)
        if case .release? = command { return nil }
        return command
    }
}

private enum Hasty: DecoratedService {
    typealias Base = Inventory
    typealias Rules = StockDecider

    static let reactions = Reactions<StockCommand>(
        Inventory.reactions.all
            + [.on(OrderEvent.Kind.reserved) { .commit($0.order.hold()) }])
}
