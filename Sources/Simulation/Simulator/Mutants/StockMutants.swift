// SPDX-License-Identifier: Apache-2.0
/// Planted bugs in the rules of stock and in what binds them to the facts of orders.

import Contracts
import InventoryDomain
import InventoryService
import Kernel
import NodeEngine

extension Mutant {
    static let stock = [
        Mutant("stock-sells-what-is-not-there", trips: "S2", context: 1, Oversold.self),
        Mutant("stock-is-never-given-back", trips: "L1", context: 1, Hoarding.self),
        Mutant(
            "stock-held-again-when-asked-again", trips: "S7", needs: .bus, context: 1,
            HeldTwice.self),
        Mutant("stock-released-from-the-wrong-heap", trips: "S2", context: 1, WrongHeap.self),
        Mutant("stock-rows-forget-shipments", trips: "Q1", context: 1, ForgottenShipment.self),
        Mutant(
            "stock-released-again-when-asked-again", trips: "S5", needs: .bus, context: 1,
            ReleasedTwice.self),
    ]

    private enum Oversold: DecoratedService {
        typealias Base = Inventory
        typealias Rules = Blind

        enum Blind: DecoratedRules {
            typealias Base = StockDecider

            static func decide(
                _ command: StockCommand, _ states: States<InventoryKey, InventoryState>,
                _ moment: Moment
            ) throws(StockRejection) -> [StockEvent] {
                let events = try StockDecider.decide(command, states, moment)
                guard case .hold(let movement) = command, case .refused? = events.first,
                    case .absent = states.first
                else { return events }
                return [.held(movement)]
            }
        }
    }

    private enum Hoarding: DecoratedService {
        typealias Base = Inventory
        typealias Rules = StockDecider

        static func command(for fact: any Fact) -> StockCommand? {
            let command = Inventory.command(for: fact)
            if case .release? = command { return nil }
            return command
        }
    }

    private enum HeldTwice: DecoratedService {
        typealias Base = Inventory
        typealias Rules = Twice

        enum Twice: DecoratedRules {
            typealias Base = StockDecider

            static func decide(
                _ command: StockCommand, _ states: States<InventoryKey, InventoryState>,
                _ moment: Moment
            ) throws(StockRejection) -> [StockEvent] {
                if case .hold(let movement) = command, case .hold(let hold) = states.first,
                    hold.phase == .held
                {
                    return [.held(movement)]
                }
                return try StockDecider.decide(command, states, moment)
            }
        }
    }

    private enum ReleasedTwice: DecoratedService {
        typealias Base = Inventory
        typealias Rules = Twice

        enum Twice: DecoratedRules {
            typealias Base = StockDecider

            static func decide(
                _ command: StockCommand, _ states: States<InventoryKey, InventoryState>,
                _ moment: Moment
            ) throws(StockRejection) -> [StockEvent] {
                if case .release = command, case .hold(let hold) = states.first,
                    hold.phase == .released
                {
                    return [.released(hold.movement, wasAllocated: false)]
                }
                return try StockDecider.decide(command, states, moment)
            }
        }
    }

    private enum WrongHeap: DecoratedService {
        typealias Base = Inventory
        typealias Rules = Confused

        enum Confused: DecoratedRules {
            typealias Base = StockDecider

            static func decide(
                _ command: StockCommand, _ states: States<InventoryKey, InventoryState>,
                _ moment: Moment
            ) throws(StockRejection) -> [StockEvent] {
                try StockDecider.decide(command, states, moment).map { event in
                    guard case .released(let movement, true) = event else { return event }
                    return .released(movement, wasAllocated: false)
                }
            }
        }
    }

    private enum ForgottenShipment: DecoratedService {
        typealias Base = Inventory
        typealias Rules = Forgetful

        enum Forgetful: DecoratedRules {
            typealias Base = StockDecider

            static func evolve(
                _ state: InventoryState, _ event: StockEvent, at key: InventoryKey
            ) -> InventoryState {
                if case .shipped = event, case .item = key { return state }
                return StockDecider.evolve(state, event, at: key)
            }
        }
    }
}
