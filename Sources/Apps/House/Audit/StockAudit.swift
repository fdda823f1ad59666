// SPDX-License-Identifier: Apache-2.0
/// Stock's promises, checked with sums of its own over the facts, not with the decider's states.

import Contracts
import InventoryDomain
import InventoryService
import Kernel

struct StockAudit {
    private struct Sums {
        var counted: Int64 = 0
        var shipped: Int64 = 0
        var held: Int64 = 0
        var allocated: Int64 = 0
    }

    private struct Moves {
        var held = 0
        var committed = 0
        var ended = 0
    }

    private var items: [StockKey: Sums] = [:]
    private var holds: [HoldID: Moves] = [:]

    mutating func note(_ event: StockEvent, _ report: inout AuditReport) {
        switch event {
        case .counted(let key, let onHand, let delta):
            items[key, default: Sums()].counted += delta
            let sums = items[key, default: Sums()]
            report.demand(sums.counted - sums.shipped == onHand, "S1", "\(key.sku)")
        case .refused: break
        case .held(let movement):
            book(movement, &report) { $0.held += $1 }
            count(movement, \.held, &report)
        case .committed(let movement):
            book(movement, &report) {
                $0.held -= $1
                $0.allocated += $1
            }
            count(movement, \.committed, &report)
        case .shipped(let movement):
            let wasCommitted = (holds[movement.hold]?.committed ?? 0) > 0
            report.demand(
                wasCommitted || movement.lines.isEmpty, "S6", movement.hold.text)
            book(movement, &report) {
                $0.allocated -= $1
                $0.shipped += $1
            }
            end(movement, &report)
        case .released(let movement, let wasAllocated):
            book(movement, &report) {
                if wasAllocated { $0.allocated -= $1 } else { $0.held -= $1 }
            }
            end(movement, &report)
        }
    }

    private mutating func book(
        _ movement: StockEvent.Movement, _ report: inout AuditReport,
        _ change: (inout Sums, Int64) -> Void
    ) {
        for line in movement.lines {
            let key = StockKey(line.sku, movement.warehouse)
            change(&items[key, default: Sums()], line.units)
            let sums = items[key, default: Sums()]
            let onHand = sums.counted - sums.shipped
            let isNegative = onHand < 0 || sums.held < 0 || sums.allocated < 0
            report.demand(!isNegative, "S2", "\(line.sku) at \(movement.hold.text)")
            report.demand(
                sums.held + sums.allocated <= onHand, "S3", "\(line.sku) at \(movement.hold.text)")
        }
    }

    private mutating func count(
        _ movement: StockEvent.Movement, _ kind: WritableKeyPath<Moves, Int>,
        _ report: inout AuditReport
    ) {
        guard !movement.lines.isEmpty else { return }
        holds[movement.hold, default: Moves()][keyPath: kind] += 1
        report.demand(
            holds[movement.hold, default: Moves()][keyPath: kind] == 1, "S7", movement.hold.text)
    }

    private mutating func end(_ movement: StockEvent.Movement, _ report: inout AuditReport) {
        guard !movement.lines.isEmpty else { return }
        holds[movement.hold, default: Moves()].ended += 1
        report.demand(holds[movement.hold]?.ended == 1, "S5", movement.hold.text)
    }

    /// At the end: the decider's items and holds are what the sums say.
    func finish(_ log: FoldedLog<Inventory>, _ report: inout AuditReport) {
        var held: [StockKey: Int64] = [:]
        var allocated: [StockKey: Int64] = [:]
        for (_, entity) in log.entities {
            guard case .hold(let hold) = entity.state else { continue }
            for line in hold.movement.lines {
                let key = StockKey(line.sku, hold.movement.warehouse)
                if hold.phase == .held { held[key, default: 0] += line.units }
                if hold.phase == .committed { allocated[key, default: 0] += line.units }
            }
        }
        for (key, entity) in log.entities {
            guard case .item(let stock) = key, case .item(let item) = entity.state else { continue }
            let sums = items[stock, default: Sums()]
            report.demand(
                item.onHand == sums.counted - sums.shipped, "S1", "\(stock.sku) at the end")
            report.demand(
                item.held == held[stock, default: 0]
                    && item.allocated == allocated[stock, default: 0], "S4", "\(stock.sku)")
        }
    }
}

extension StockAudit {
    /// True for the entity in whose stream the event is kept.
    static func isFirst(_ key: InventoryKey, of event: StockEvent) -> Bool {
        StockDecider.changes(event).first == key
    }
}

extension InventoryState {
    var holdPhase: Hold.Phase? {
        if case .hold(let hold) = self { hold.phase } else { nil }
    }
}
