// SPDX-License-Identifier: Apache-2.0
/// A simulated world does what is needed and no more: what it costs decides how many seeds can be
/// played.

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
        var mailbox = MailQueue(capacity: 1)
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

    private func beacon(_ position: Int64) -> Input { .message(message(position, name: "")) }

    private func fact(_ position: Int64) -> Input { .message(message(position, name: "x")) }

    private func message(_ position: Int64, name: String) -> BusMessage {
        BusMessage(
            log: LogName("orders"), epoch: 1, epochBase: 0, partition: 3, position: position,
            previous: position, key: "", name: name, payload: [])
    }
}

@Suite struct `A swarm of worlds` {
    @Test func `has as many orders as it can afford, of three lines and more`() {
        var orders = 0
        var lines = 0
        for seed in 1...300 as ClosedRange<UInt64> {
            let plan = Plan.drawn(from: seed)
            #expect((4...2_000).contains(plan.orders.count))
            #expect((0...32).contains(plan.setting.deathsMax))
            orders += plan.orders.count
            lines += plan.orders.reduce(0) { $0 + $1.lines.count }
        }
        #expect(lines >= 3 * orders)
        #expect((50...300).contains(orders / 300))
    }

    @Test func `has something go wrong for many an order`() {
        let reports = (1...40 as ClosedRange<UInt64>).map {
            Simulation.run(Plan.drawn(from: $0, orders: 12))
        }
        #expect(reports.allSatisfy { $0.breaches == [] })
        #expect(5 * reports.reduce(0) { $0 + $1.hit } >= reports.reduce(0) { $0 + $1.orders })
    }
}
