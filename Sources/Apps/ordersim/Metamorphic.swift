// SPDX-License-Identifier: Apache-2.0
/// Plays many seeds, each in several equivalent ways, until one ends differently.

import Foundation
import Program
import Simulator
import Synchronization

/// What is played in equivalent ways: a range of seeds, or one plan.
struct Metamorphic: Sendable {
    let seeds: Range<UInt64>
    let jobs: Int
    let manner: Manner
    let minutes: Double?
    /// The world of a seed.
    let plan: @Sendable (UInt64) -> Plan

    /// What all seeds came to.
    struct Outcome: Sendable {
        let seeds: Int
        let seconds: Double
        /// The first seed that was not begun.
        let next: UInt64
        let failure: (seed: UInt64, breaches: [Breach])?
    }

    func run() async -> Outcome {
        let dealer = SeedDealer(seeds, minutes: minutes)
        let failure = Mutex<(seed: UInt64, breaches: [Breach])?>(nil)
        let played = Atomic(0)
        await dealer.deal(jobs: jobs) { seed in
            let breaches = Simulation.metamorphoses(of: plan(seed)) { manner.way }
            played.add(1, ordering: .relaxed)
            guard !breaches.isEmpty else { return true }
            failure.withLock { failure in
                if failure.map({ seed < $0.seed }) ?? true { failure = (seed, breaches) }
            }
            return false
        }
        return Outcome(
            seeds: played.load(ordering: .relaxed), seconds: dealer.seconds, next: dealer.next,
            failure: failure.withLock { $0 })
    }
}

/// How the worlds of a run are made.
struct Manner: Sendable {
    /// A bug that is planted in every world.
    var mutant: Mutant?
    var isSQLite = false
    var isBackwards = false

    /// Made anew for each world, since some bugs have state.
    var way: Simulation.Way {
        var way = Simulation.Way()
        mutant?.plant(&way.overrides)
        if isSQLite { way.medium = { _ in MemoryFolder.medium() } }
        if isBackwards { way.roll = { (0..<$0).reversed() } }
        return way
    }
}

extension Metamorphic.Outcome {
    var lines: [String] {
        guard let failure else {
            return [
                String(
                    format: "metamorphic  %d seeds in %.1f s, all ended alike; next %llu",
                    seeds, seconds, next)
            ]
        }
        return failure.breaches.map {
            "BREACH       seed \(failure.seed), \($0.invariant): \($0.what)"
        }
    }

    var json: MetamorphicJSON { MetamorphicJSON(self) }
}

struct MetamorphicJSON: Encodable {
    let revision: String
    let seeds: Int
    let next: UInt64
    let seconds: Double
    let failingSeed: UInt64?
    let breaches: [BreachJSON]

    init(_ outcome: Metamorphic.Outcome) {
        revision = Revision.text
        seeds = outcome.seeds
        next = outcome.next
        seconds = outcome.seconds
        failingSeed = outcome.failure?.seed
        breaches = (outcome.failure?.breaches ?? []).map {
            BreachJSON(invariant: $0.invariant, what: $0.what, at: $0.at)
        }
    }
}
