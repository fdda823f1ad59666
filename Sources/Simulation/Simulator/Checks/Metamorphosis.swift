// SPDX-License-Identifier: Apache-2.0
/// The same story told in another way must end in the same way: everything said twice, moments
/// shuffled, services in another order, the orders in two shards, all clocks shifted.

import Contracts
import Invariants
import InventoryDomain
import InventoryService
import Kernel
import Ports

/// Another way of telling a story.
package enum Variation: String, Sendable, CaseIterable {
    /// After the end, everything is said once more.
    case repeated
    /// What happens at one moment happens in another order, and every delay is another one.
    case shuffled
    /// Every node goes through its services the other way round.
    case reordered
    /// The orders are kept in two shards for each one, the new ones by a node of their own.
    case split
    /// All clocks are five hours and three minutes ahead.
    case shifted

    /// The rule that is broken when the ending is another one.
    var rule: String {
        switch self {
        case .repeated: "E7"
        case .shuffled: "E12"
        case .reordered, .split: "O1"
        case .shifted: "L6"
        }
    }

    var clockShift: Int64 { self == .shifted ? 303 * Int64(Instant.minute) : 0 }

    func apply(to plan: Plan) -> Plan {
        var plan = plan
        switch self {
        case .repeated, .shifted: break
        case .shuffled: plan.noise = SplitMix.mix((plan.noise ?? 0) ^ 0x7368_7566)
        case .reordered: plan.setting.runnersReversed = 1 - plan.setting.runnersReversed
        case .split:
            plan.setting.divide(into: 2 * plan.setting.shards, newOn: plan.setting.nodes)
        }
        return plan
    }
}

/// How a world ended, without ids, times and positions.
package struct Ending: Sendable, Equatable {
    /// By client and by article, in order.
    package private(set) var lines: [String] = []

    init(_ world: World, _ snapshot: Invariants.Snapshot) {
        let endings = snapshot.endings()
        let accounts = Dictionary(grouping: world.provider.accounts) {
            world.numbers[$0.payment.low]
        }
        let parcels = Dictionary(grouping: world.carrier.parcels) {
            world.numbers[$0.shipment.low]
        }
        for (number, client) in world.clients.enumerated() {
            guard let order = client.order else {
                lines.append("client \(client.plan.number): nothing")
                continue
            }
            let end = endings[order]
            let taken = accounts[number]?.reduce(0) { $0 + $1.captured } ?? 0
            let statuses = parcels[number]?.map { "\($0.status)" }.sorted() ?? ["none"]
            let mails = MessageKind.allCases.filter {
                world.mail.copies(of: order.message($0).raw) > 0
            }
            lines.append(
                "client \(client.plan.number): \(end?.status ?? "none"), stock "
                    + "\(end?.hold ?? "none"), payment \(end?.payment ?? "none"), \(taken) taken, "
                    + "parcel \(statuses.joined(separator: "+")), mails \(mails)")
        }
        var stock: [String] = []
        for entity in snapshot.shards(of: Inventory.self).flatMap(\.entities.values) {
            guard case .item(let item) = entity.state else { continue }
            stock.append("\(item.onHand) on hand, \(item.held) held, \(item.allocated) sold")
        }
        lines += stock.sorted()
    }

    /// The first line in which two endings differ.
    func difference(from other: Ending) -> String? {
        for (own, others) in zip(lines, other.lines) where own != others {
            return "\(own); otherwise \(others)"
        }
        return lines.count == other.lines.count ? nil : "\(lines.count), not \(other.lines.count)"
    }
}

extension Plan {
    /// The same clients with nothing to fight over and nothing that time decides: enough of
    /// everything, no cancellation, no answer that comes too late for an order's deadline.
    package var calm: Plan {
        var plan = self
        plan.setting.units = 1_000_000
        plan.counts = counts.filter { $0.expected == nil && $0.at < .second }
        for index in plan.counts.indices { plan.counts[index].units = 1_000_000 }
        // Callers of a workload may want what only the first of them can have.
        plan.requests = []
        for index in plan.orders.indices {
            // The same request again changes no end.
            for act in PlannedOrder.laterActs where act != \.doubleClickAfter {
                plan.orders[index][keyPath: act] = nil
            }
            // By then all is counted, whatever goes wrong with that.
            plan.orders[index].at += 10 * .minute
            if plan.orders[index].script == .greedy { plan.orders[index].script = .honest }
        }
        plan.operations = operations.filter {
            $0.kind == .kill || $0.kind == .upgrade || $0.kind == .rebuild
        }
        // Who is away for half an hour misses the deadline of a payment.
        for index in plan.operations.indices { plan.operations[index].length = .second }
        // What is turned away comes again later, perhaps too late.
        plan.setting.mailboxMax = Setting().mailboxMax
        plan.setting.slotsMax = Setting().slotsMax
        plan.setting.skewMilliseconds = 0
        plan.setting.driftPerMillion = 0
        plan.setting.poisonPerMillion = 0
        for (index, kind) in FaultKind.allCases.enumerated() {
            switch kind {
            case .messageLost, .messageLate, .commitSlow: plan.setting.chances[index] = 0
            default:
                if kind.site == .providerCall || kind.site == .mail {
                    plan.setting.chances[index] = 0
                }
            }
        }
        return plan
    }
}

extension Simulation {
    /// Plays `plan` in all ways: as it is, all rules must hold in each; made calm, each must end as
    /// the first did. Says what is wrong. `way` is asked for each world: a planted bug may
    /// remember.
    package static func metamorphoses(
        of plan: Plan, _ way: () -> Way = { Way() }
    ) -> [Breach] {
        var breaches: [Breach] = []
        for variation in Variation.allCases {
            breaches += play(plan, variation, way()).breaches.map { $0.said(of: variation) }
        }
        let calm = plan.calm
        guard let first = play(calm, nil, way()).ending else {
            return breaches + Simulation.run(calm, way()).breaches
        }
        for variation in Variation.allCases {
            let (found, ending) = play(calm, variation, way())
            breaches += found.map { $0.said(of: variation) }
            if let difference = ending?.difference(from: first) {
                breaches.append(Breach(variation.rule, difference, at: 0).said(of: variation))
            }
        }
        return breaches
    }

    private static func play(
        _ plan: Plan, _ variation: Variation?, _ way: Way
    ) -> (breaches: [Breach], ending: Ending?) {
        let plan = variation?.apply(to: plan) ?? plan
        let checker = HouseChecker(plan)
        let world = World(
            plan, overrides: way.overrides, checker: checker, traceLines: way.traceLines,
            printing: way.printing, clockShift: variation?.clockShift ?? 0, medium: way.medium)
        world.run()
        if variation == .repeated && world.breaches.isEmpty {
            world.sayEverythingAgain()
            world.run()
        }
        guard world.breaches.isEmpty, let snapshot = checker.ending else {
            return (world.breaches, nil)
        }
        return ([], Ending(world, snapshot))
    }
}

extension Breach {
    fileprivate func said(of variation: Variation) -> Breach {
        Breach(invariant, "\(variation.rawValue): \(what)", at: at)
    }
}
