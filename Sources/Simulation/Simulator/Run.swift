// SPDX-License-Identifier: Apache-2.0
/// Plays one plan and says what came of it.

/// What one run came to.
package struct RunReport: Sendable {
    package let seed: UInt64
    package let digest: UInt64
    package let milestones: [UInt64]
    package let orders: Int
    /// Orders that stand in the log.
    package let placed: Int
    /// Orders that met a fault.
    package let hit: Int
    package let lines: Int
    package let events: Int
    package let happenings: Int
    /// How often a node died.
    package let deaths: Int
    package let simulated: Instant
    /// What happened most often.
    package let busiest: String
    package let faults: [(kind: FaultKind, count: Int)]
    package let happened: [Fault]
    package let marks: Marks
    package let breaches: [Breach]
    package let trace: [String]
}

package enum Simulation {
    /// Lines of the trace that a breach comes with.
    package static let traceLines = 200

    /// What differs between one way of running and another; the plan is what counts.
    package struct Way {
        package var overrides = Overrides()
        package var traceLines = 0
        package var printing: (@Sendable (String) -> Void)?
        /// By the number of nodes: the order in which the world goes through them.
        package var roll: (Int) -> [Int] = { Array(0..<$0) }
        package var medium: (Int) -> Medium = { _ in Medium() }
        package var checker: (Plan) -> any Checker = { HouseChecker($0) }

        package init() {}
    }

    package static func run(_ plan: Plan, _ way: Way = Way()) -> RunReport {
        let world = World(
            plan, overrides: way.overrides, checker: way.checker(plan), traceLines: way.traceLines,
            printing: way.printing, roll: way.roll(plan.setting.nodes), medium: way.medium)
        world.run()
        return report(world)
    }

    private static func report(_ world: World) -> RunReport {
        RunReport(
            seed: world.plan.seed, digest: world.digest.value,
            milestones: world.digest.milestones, orders: world.plan.orders.count,
            placed: world.clients.reduce(0) { $0 + $1.placed },
            hit: world.clients.count { $0.wasHit },
            lines: world.plan.orders.reduce(0) { $0 + $1.lines.count }, events: world.events,
            happenings: world.happenings, deaths: world.deaths, simulated: world.now,
            busiest: world.busiest, faults: world.tolls,
            happened: world.happenedFaults, marks: world.marks, breaches: world.breaches,
            trace: world.traceLines)
    }
}
