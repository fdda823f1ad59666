// SPDX-License-Identifier: Apache-2.0
/// Makes a failing plan as small as it can be while it still fails in the same way: delta debugging
/// (Zeller and Hildebrandt 2002) over everything that happens, then over every setting.

package struct Shrinker {
    private let way: Simulation.Way
    private let invariant: String
    private var plan: Plan
    /// Runs that may still be made.
    private var triesLeft: Int
    package private(set) var tries = 0

    /// Nil when `plan` does not fail.
    package init?(_ plan: Plan, _ way: Simulation.Way = .init(), triesMax: Int = 3_000) {
        let report = Simulation.run(plan, way)
        guard let breach = report.breaches.first else { return nil }
        self.way = way
        invariant = breach.invariant
        self.plan = plan
        triesLeft = triesMax
        var listed = plan
        listed.faults = report.happened
        listed.setting.chances = Setting().chances
        guard keeps(listed) else { return nil }
    }

    package mutating func run() -> Plan {
        var before: Plan
        repeat {
            before = plan
            thinOut(\.orders)
            thinOut(\.operations)
            thinOutFaults()
            thinOut(\.counts)
            thinOut(\.requests)
            simplifyOrders()
            simplifySetting()
            simplifyFaults()
        } while plan != before && triesLeft > 0
        return plan
    }

    /// True when `candidate` fails in the same way: then it is the plan from now on.
    private mutating func keeps(_ candidate: Plan) -> Bool {
        guard triesLeft > 0, candidate != plan else { return false }
        triesLeft -= 1
        tries += 1
        guard Simulation.run(candidate, way).breaches.first?.invariant == invariant else {
            return false
        }
        plan = candidate
        return true
    }

    // MARK: Fewer things

    private mutating func thinOut<Part>(_ path: WritableKeyPath<Plan, [Part]>) {
        var length = plan[keyPath: path].count
        while length > 0 {
            var start = 0
            while start < plan[keyPath: path].count {
                var candidate = plan
                let end = min(start + length, candidate[keyPath: path].count)
                candidate[keyPath: path].removeSubrange(start..<end)
                if !keeps(candidate) { start += length }
            }
            length /= 2
        }
    }

    private mutating func thinOutFaults() {
        var length = plan.faults?.count ?? 0
        while length > 0 {
            var start = 0
            while start < plan.faults?.count ?? 0 {
                var candidate = plan
                let end = min(start + length, candidate.faults?.count ?? 0)
                candidate.faults?.removeSubrange(start..<end)
                if !keeps(candidate) { start += length }
            }
            length /= 2
        }
    }

    // MARK: Simpler things

    private mutating func simplifyOrders() {
        for index in plan.orders.indices {
            for act in PlannedOrder.laterActs { attempt { $0.orders[index][keyPath: act] = nil } }
            attempt { $0.orders[index].script = .honest }
            attempt { $0.orders[index].lines = Array($0.orders[index].lines.prefix(1)) }
            attempt { $0.orders[index].warehouse = 0 }
            for line in plan.orders[index].lines.indices {
                attempt { $0.orders[index].lines[line].quantity = 1 }
                attempt { $0.orders[index].lines[line].article = 0 }
                attempt { $0.orders[index].lines[line].price = 1_000_000 }
            }
            attempt { $0.orders[index].at = Instant.second * Instant(index + 1) }
        }
    }

    private mutating func simplifySetting() {
        attempt { $0.noise = nil }
        attempt { $0.setting.layout = $0.setting.layout.map { _ in 0 } }
        if plan.setting.shards > 1 {
            attempt { plan in
                plan.setting.divide(into: 1, newOn: 0)
                let used = Set(plan.setting.layout).sorted()
                plan.setting.layout = plan.setting.layout.map { used.firstIndex(of: $0) ?? 0 }
            }
        }
        let usual = Setting()
        let shape = ["shards", "warehouses", "articles"]
        for (name, path) in Setting.fields where !shape.contains(name) {
            attempt { $0.setting[keyPath: path] = usual[keyPath: path] }
        }
        attempt { plan in
            let last = plan.orders.flatMap(\.lines).map(\.article) + plan.counts.map(\.article)
            plan.setting.articles = (last.max() ?? 0) + 1
        }
        attempt { plan in
            let last = plan.orders.map(\.warehouse) + plan.counts.map(\.warehouse)
            plan.setting.warehouses = (last.max() ?? 0) + 1
        }
    }

    private mutating func simplifyFaults() {
        for index in (plan.faults ?? []).indices {
            while let fault = plan.faults?[index], fault.amount > 1 {
                let halved = Fault(
                    fault.kind, subject: fault.subject, ordinal: fault.ordinal,
                    amount: fault.amount / 2)
                var candidate = plan
                candidate.faults?[index] = halved
                guard keeps(candidate) else { break }
            }
        }
    }

    private mutating func attempt(_ change: (inout Plan) -> Void) {
        var candidate = plan
        change(&candidate)
        _ = keeps(candidate)
    }
}
