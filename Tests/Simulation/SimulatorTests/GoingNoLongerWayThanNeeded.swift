// SPDX-License-Identifier: Apache-2.0
/// A simulated world does what is needed and no more: what it costs decides how many seeds can be
/// played.

import Kernel
import NodeEngine
import NodeRuntime
import Ports
import Testing

@testable import Simulator

@Suite struct `A world` {
    /// Plays the world of `seed` with as many deaths and so large batches as are asked for.
    private func world(
        _ seed: UInt64, orders: Int = 60, _ change: (inout Plan) -> Void = { _ in }
    ) -> World {
        var plan = Plan.drawn(from: seed, orders: orders)
        change(&plan)
        let world = World(plan, checker: HouseChecker(plan))
        world.run()
        #expect(world.breaches == [], "seed \(seed)")
        return world
    }

    @Test(arguments: [3, 7, 16, 23, 36] as [UInt64])
    func `wakes its nodes no more often than they have something to do`(seed: UInt64) {
        let world = world(seed) { $0.setting.idleMilliseconds = 1 }
        // A turn ends one wait and begins another; nothing else plans one but a clock that is off.
        #expect(world.count(of: .wake) <= 2 * world.count(of: .turn) + 100)
    }

    @Test(arguments: [0, 1, 5, 40])
    func `lets no more nodes die by chance than was drawn`(most: Int) {
        var deaths = 0
        for seed in 1...4 as ClosedRange<UInt64> {
            let world = world(seed) { plan in
                plan.setting.deathsMax = most
                for (index, kind) in FaultKind.allCases.enumerated() where kind.site == .death {
                    plan.setting.chances[index] = 20_000
                }
            }
            // One is let in before the first order.
            #expect(world.diedByChance <= most + 1)
            deaths += world.diedByChance
        }
        #expect(deaths >= min(most, 5), "they do die")
    }

    @Test func `plays listed deaths even beyond the drawn number`() {
        var plan = Plan.drawn(from: 3, orders: 10)
        plan.setting.deathsMax = 0
        plan.setting.chances = Setting().chances
        plan.faults = (1...5).map { Fault(.diesAfterCommit, subject: 0, ordinal: 2 * $0) }
        #expect(Simulation.run(plan).deaths >= 5)
    }

    /// With one input a batch a beacon for each partition would be a batch of its own.
    @Test func `of small batches takes beacons beside what matters`() {
        var mailbox = InputQueue(capacity: 1)
        for position in 1...3 as ClosedRange<Int64> {
            mailbox.post([beacon(position), fact(position)])
        }
        #expect(mailbox.take(limit: 1).count == 3)
        #expect(mailbox.drained == 3 && mailbox.posted == 6)
        #expect(mailbox.take(limit: 2).count == 3)
        #expect(mailbox.isEmpty && mailbox.posted == 6)
        mailbox.post([beacon(4), beacon(5)])
        #expect(mailbox.take(limit: 1).count == 2)
    }

    private func beacon(_ position: Int64) -> Input {
        .message(
            BusMessage(
                beaconOf: LogName("orders"), epoch: 1, epochBase: 0, partition: 3,
                position: position))
    }

    private func fact(_ position: Int64) -> Input {
        .message(
            BusMessage(
                log: LogName("orders"), epoch: 1, epochBase: 0, partition: 3, position: position,
                previous: position, key: "", name: "x", payload: [],
                provenance: Provenance(at: Timestamp(milliseconds: 1), cause: .time, trace: nil)))
    }
}

@Suite struct `A swarm of worlds` {
    @Test func `has as many orders as it can afford, of three lines and more`() {
        let plans = Self.plans
        let orders = plans.reduce(0) { $0 + $1.orders.count }
        let lines = plans.reduce(0) { $0 + $1.orders.reduce(0) { $0 + $1.lines.count } }
        #expect(plans.allSatisfy { (4...2_000).contains($0.orders.count) })
        #expect(plans.allSatisfy { (0...32).contains($0.setting.deathsMax) })
        #expect(lines >= 3 * orders && lines <= 4 * orders)
        #expect((50...300).contains(orders / plans.count))
    }

    @Test func `lets in one of sixteen at least in a rush, and as few as it likes elsewhere`() {
        // Only in a rush do threads take their time to wake.
        let rushes = Self.plans.filter { $0.setting.wakeMicroseconds > 0 }
        let others = Self.plans.filter { $0.setting.wakeMicroseconds == 0 }
        #expect(rushes.count > 2 * others.count && others.count > 20)
        for plan in rushes {
            #expect((10_000...2_000_000).contains(plan.setting.wakeMicroseconds))
            #expect(16 * plan.setting.mailboxMax > plan.orders.count - 16)
            #expect(16 * plan.setting.slotsMax > plan.orders.count - 16)
        }
        let large = rushes.filter { $0.orders.count >= 320 }
        #expect(large.contains { 2 * $0.setting.mailboxMax < $0.orders.count })
        #expect(large.contains { 2 * $0.setting.slotsMax < $0.orders.count })
        #expect(large.contains { $0.setting.mailboxMax > $0.orders.count })
        #expect(others.allSatisfy { $0.orders.count <= 400 })
        #expect(others.contains { $0.setting.mailboxMax < 4 && $0.orders.count > 16 })
        #expect(others.contains { $0.setting.slotsMax < 4 && $0.orders.count > 16 })
    }

    @Test func `does not let all come again together who were turned away together`() {
        // All come in one moment, and there is room for one.
        var plan = Plan(seed: 1)
        plan.setting.mailboxMax = 1
        plan.setting.wakeMicroseconds = 1_000
        plan.counts = [PlannedCount(at: 0, article: 0, warehouse: 0, units: 100)]
        plan.orders = (0..<60).map {
            PlannedOrder(
                number: $0, at: 1_000_000_000,
                lines: [.init(article: 0, quantity: 1, price: 1_000_000)])
        }
        plan.setting.pickupMinutes = 0
        plan.setting.deliveryMinutes = 0
        let world = World(plan, checker: HouseChecker(plan))
        world.run()
        #expect(world.breaches == [])
        #expect(world.clients.allSatisfy { $0.placed == 1 })
        // In step each round of tries would let in one: 1,800 tries in all.
        #expect((100...400).contains(world.count(of: .clientActs)))
    }

    @Test func `lets each wait for at least half of what it might, as its number and noise say`() {
        var plan = Plan(seed: 1)
        let calm = World(plan, checker: HouseChecker(plan))
        plan.noise = 7
        let noisy = World(plan, checker: HouseChecker(plan))
        let pauses = (0..<100).map { calm.backoff(1_000_000, $0, 3) }
        #expect(pauses.allSatisfy { (500_000...1_000_000).contains($0) })
        #expect(Set(pauses).count == 100)
        #expect(pauses == (0..<100).map { calm.backoff(1_000_000, $0, 3) })
        #expect(pauses != (0..<100).map { calm.backoff(1_000_000, $0, 4) })
        #expect(pauses != (0..<100).map { noisy.backoff(1_000_000, $0, 3) })
        #expect(calm.backoff(0, 1, 1) == 0)
    }

    private static let plans = (1...300 as ClosedRange<UInt64>).map { Plan.drawn(from: $0) }

    @Test func `has something go wrong for many an order`() {
        let reports = (1...40 as ClosedRange<UInt64>).map {
            Simulation.run(Plan.drawn(from: $0, orders: 12))
        }
        #expect(reports.allSatisfy { $0.breaches == [] })
        #expect(5 * reports.reduce(0) { $0 + $1.hit } >= reports.reduce(0) { $0 + $1.orders })
    }
}
