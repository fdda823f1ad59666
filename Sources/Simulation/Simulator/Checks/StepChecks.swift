// SPDX-License-Identifier: Apache-2.0
/// The least that every world is held to: stock is never negative, money is taken once, whatever
/// was acknowledged is stored, and in the end everything rests.

import Contracts
import InventoryDomain
import Kernel
import NodeEngine
import OrdersDomain
import PaymentsDomain
package import Ports

package final class StepChecks: Checker {
    package private(set) var breaches: [Breach] = []
    var now: Instant = 0

    /// By log: the last position that was seen.
    private var heads: [(log: LogName, position: Int64)] = []
    /// Each article's units in each warehouse.
    private var stock: [StockKey: Units] = [:]
    /// Holds that are open, and what each holds.
    private var holds: [HoldID: Bool] = [:]
    /// Every order that was placed, and whether it has ended.
    private var orders: [OrderID: Standing] = [:]
    private var captured: [PaymentID: Int64] = [:]

    private struct Units {
        var onHand: Int64 = 0
        var held: Int64 = 0
        var allocated: Int64 = 0

        var isSound: Bool {
            onHand >= 0 && held >= 0 && allocated >= 0 && held + allocated <= onHand
        }
    }

    struct Standing {
        var isAtRest = false
        var isConfirmed = false
    }

    package init() {}

    func breach(_ invariant: String, _ what: String) {
        breaches.append(Breach(invariant, what, at: now))
    }

    package func committed(_ facts: [CommittedFact], at now: Instant) {
        self.now = now
        guard let first = facts.first else { return }
        let place = place(of: first.log)
        for fact in facts {
            guard fact.position == heads[place].position + 1 else {
                return breach(
                    "E1",
                    "\(fact.log) has \(fact.position) after \(heads[place].position)")
            }
            heads[place].position = fact.position
            note(fact.fact)
        }
    }

    private func place(of log: LogName) -> Int {
        for place in heads.indices where heads[place].log == log { return place }
        heads.append((log, 0))
        return heads.count - 1
    }

    // MARK: Steps

    private func note(_ fact: any Fact) {
        if let event = fact.of(StockEvent.self) {
            note(event)
        } else if let event = fact.of(OrderEvent.self) {
            note(event)
        } else if let event = fact.of(PaymentEvent.self) {
            note(event)
        }
    }

    private func note(_ event: StockEvent) {
        switch event {
        case .counted(let key, let onHand, _):
            stock[key, default: Units()].onHand = onHand
            check(key)
        case .refused: break
        case .held(let movement):
            guard !movement.lines.isEmpty else { return }
            if holds.updateValue(true, forKey: movement.hold) != nil {
                breach("S7", "\(movement.hold) is held twice")
            }
            move(movement) { $0.held += $1 }
        case .committed(let movement):
            move(movement) { units, moved in
                units.held -= moved
                units.allocated += moved
            }
        case .shipped(let movement):
            close(movement)
            move(movement) { units, moved in
                units.allocated -= moved
                units.onHand -= moved
            }
        case .released(let movement, let wasAllocated):
            close(movement)
            move(movement) { units, moved in
                if wasAllocated { units.allocated -= moved } else { units.held -= moved }
            }
        }
    }

    /// A hold ends once: shipped, or given back.
    private func close(_ movement: StockEvent.Movement) {
        guard !movement.lines.isEmpty else { return }
        if holds.updateValue(false, forKey: movement.hold) != true {
            breach("S5", "\(movement.hold) ends twice, or was never held")
        }
    }

    private func move(
        _ movement: StockEvent.Movement, _ change: (inout Units, Int64) -> Void
    ) {
        for line in movement.lines {
            let key = StockKey(line.sku, movement.warehouse)
            change(&stock[key, default: Units()], line.units)
            check(key)
        }
    }

    private func check(_ key: StockKey) {
        guard let units = stock[key], !units.isSound else { return }
        breach("S2", "\(key.sku) in \(key.warehouse): \(units)")
    }

    private func note(_ event: OrderEvent) {
        switch event {
        case .placed(let placed):
            if orders.updateValue(Standing(), forKey: placed.order) != nil {
                breach("O8", "\(placed.order) was placed twice")
            }
        case .confirmed(let confirmed): orders[confirmed.order]?.isConfirmed = true
        case .completed(let order), .rejected(let order, _): end(order)
        case .canceled(let canceled): end(canceled.order)
        default: break
        }
    }

    private func end(_ order: OrderID) {
        guard orders[order]?.isAtRest == false else {
            return breach("O6", "\(order) ends twice")
        }
        orders[order]?.isAtRest = true
    }

    private func note(_ event: PaymentEvent) {
        guard case .captured(let payment, _, let amount) = event else { return }
        // Told again, it is the same amount.
        if let before = captured.updateValue(amount.amount, forKey: payment),
            before != amount.amount
        {
            breach("M4", "\(payment) was captured with another amount")
        }
    }

    // MARK: Restarts

    /// What an earlier process wrote and nobody saw is seen now; nothing that was seen is gone.
    package func restarted(_ role: Role, reader: any Reader, at now: Instant) {
        self.now = now
        let place = place(of: role.log)
        let seen = heads[place].position
        do {
            let stored = try reader.contents().heads[role.log]?.position ?? 0
            if stored < seen {
                return breach("O4", "\(role.log) ends at \(stored), \(seen) was acknowledged")
            }
            guard stored > seen else { return }
            for frame in try reader.frames(of: role.log, after: seen, limit: .max) {
                for record in try frame.records() where record.position > heads[place].position {
                    heads[place].position = record.position
                    note(try role.codec.fact(of: record))
                }
            }
        } catch {
            breach("E11", "\(role.log) can't be read: \(error)")
        }
    }

    // MARK: The end

    package func ended(_ snapshot: Snapshot) {
        now = snapshot.at
        for (order, standing) in orders where !standing.isAtRest {
            return breach("O5", "\(order) is not at rest\(standing.isConfirmed ? " (paid)" : "")")
        }
        for (hold, isOpen) in holds where isOpen { return breach("S5", "\(hold) is still open") }
        for (key, units) in stock where units.held != 0 || units.allocated != 0 {
            return breach("S4", "\(key.sku) in \(key.warehouse) is promised to nobody: \(units)")
        }
        for client in snapshot.clients where client.place.answer?.status == 201 {
            if let order = client.order, orders[order] != nil { continue }
            return breach("O4", "client \(client.plan.number)'s order is acknowledged and lost")
        }
        compareBooks(snapshot)
        LogAudit(snapshot).run().forEach { breach($0.invariant, $0.what) }
    }

    private func compareBooks(_ snapshot: Snapshot) {
        var taken = 0
        for account in snapshot.provider.accounts {
            if account.captures > 1 {
                return breach("M4", "the provider captured \(account.payment) twice")
            }
            let ours = captured[PaymentID(account.payment)] ?? 0
            if ours != account.captured {
                return breach(
                    "M6", "we have \(ours) of \(account.payment), the provider \(account.captured)")
            }
            if account.captures > 0 { taken += 1 }
            if account.authorizations > 0 && account.captures == 0 && account.voids == 0 {
                return breach("M10", "\(account.payment) stays authorized for ever")
            }
        }
        if captured.count != taken {
            breach("M6", "\(captured.count) captures in our books, \(taken) in the provider's")
        }
    }
}
