// SPDX-License-Identifier: Apache-2.0
/// Hunts planted bugs, seed after seed. A bug counts as caught when the very rule that it names
/// trips in a world that is in order without it; whatever else trips is told, and counts for
/// nothing. What is said to need a fault must stay unseen where nothing goes wrong.

import Invariants
import Synchronization

/// How one planted bug was hunted.
package struct Hunt: Sendable {
    package let mutant: Mutant
    /// How many seeds it took, and the last of them; nil: the named rule never tripped.
    package let seeds: Int?
    package let seed: UInt64?
    /// In how many seeds another rule tripped first.
    package let others: [String: Int]
    /// Seeds that fail without any bug, which is a matter of its own.
    package let unsound: [UInt64]
    /// The first seed without a fault that shows a bug which is said to need one.
    package let calmSeed: UInt64?

    package var isCaught: Bool { seeds != nil && calmSeed == nil && unsound.isEmpty }
}

/// Plays seeds with and without planted bugs. Any thread may use it.
package final class Hunter: Sendable {
    /// By seed: whether its world is in order without a bug.
    private let controls = Mutex<[UInt64: Bool]>([:])
    private let first: UInt64
    private let seedsMax: Int
    /// Seeds without faults in which a bug that needs one must not show.
    private let calmSeeds: Int
    private let orders: Int
    private let control: @Sendable (Plan) -> Bool

    /// `control` says whether a plan is in order without any bug.
    package init(
        from first: UInt64 = 1, seedsMax: Int, calmSeeds: Int, orders: Int = 60,
        control: @escaping @Sendable (Plan) -> Bool = { Simulation.run($0).breaches.isEmpty }
    ) {
        self.first = first
        self.seedsMax = seedsMax
        self.calmSeeds = calmSeeds
        self.orders = orders
        self.control = control
    }

    /// False when the simulator would not notice that nothing is ever done.
    package static func findsTheCanary(in seed: UInt64) -> Bool {
        let hunter = Hunter(from: seed, seedsMax: 1, calmSeeds: 0, orders: 10) { _ in true }
        return hunter.hunt(.canary).isCaught
    }

    package func hunt(_ mutant: Mutant) -> Hunt {
        var others: [String: Int] = [:]
        var unsound: [UInt64] = []
        var found: (seeds: Int, seed: UInt64)?
        for index in 0..<seedsMax {
            let seed = first + UInt64(index)
            let breaches = Simulation.run(Plan.drawn(from: seed, orders: orders), with(mutant))
                .breaches
            guard breaches.contains(where: { $0.invariant == mutant.rule.id }) else {
                if let other = breaches.first { others[other.invariant, default: 0] += 1 }
                continue
            }
            guard isSound(seed) else {
                unsound.append(seed)
                continue
            }
            found = (index + 1, seed)
            break
        }
        return Hunt(
            mutant: mutant, seeds: found?.seeds, seed: found?.seed, others: others,
            unsound: unsound, calmSeed: mutant.needsFault ? calmSeed(mutant) : nil)
    }

    /// The control: the same seed, and no bug.
    private func isSound(_ seed: UInt64) -> Bool {
        if let known = controls.withLock({ $0[seed] }) { return known }
        let isSound = control(Plan.drawn(from: seed, orders: orders))
        controls.withLock { $0[seed] = isSound }
        return isSound
    }

    /// The first seed that shows the bug although nothing goes wrong.
    private func calmSeed(_ mutant: Mutant) -> UInt64? {
        (first..<first + UInt64(calmSeeds)).first { seed in
            let plan = Plan.drawn(from: seed, orders: orders).faultless
            return !Simulation.run(plan, with(mutant)).breaches.isEmpty
        }
    }

    /// Planted anew for each world: some bugs remember.
    private func with(_ mutant: Mutant) -> Simulation.Way {
        var way = Simulation.Way()
        mutant.plant(&way.overrides)
        return way
    }
}
