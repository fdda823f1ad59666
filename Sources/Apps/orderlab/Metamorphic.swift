// SPDX-License-Identifier: Apache-2.0
/// Many seeds, each told in other ways, several at a time, until one ends otherwise.

import Foundation
import Simulator
import Synchronization

/// What is to be told in other ways: a range of seeds, or one plan.
struct Metamorphic: Sendable {
    let seeds: Range<UInt64>
    let jobs: Int
    let manner: Manner
    let minutes: Double?
    /// The world of a seed.
    let plan: @Sendable (UInt64) -> Plan

    /// What all seeds came to.
    struct Outcome: Sendable {
        var seeds = 0
        var seconds = 0.0
        /// The first seed that was not begun.
        var next: UInt64
        var failure: (seed: UInt64, breaches: [Breach])?
    }

    private final class Board: Sendable {
        let outcome: Mutex<Outcome>

        init(next: UInt64) { outcome = Mutex(Outcome(next: next)) }
    }

    func run() async -> Outcome {
        let board = Board(next: seeds.lowerBound)
        let started = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<jobs { group.addTask { work(board, started) } }
        }
        var outcome = board.outcome.withLock { $0 }
        outcome.seconds = (ContinuousClock.now - started) / .seconds(1)
        return outcome
    }

    private func work(_ board: Board, _ started: ContinuousClock.Instant) {
        while let seed = take(board, started) {
            let breaches = Simulation.metamorphoses(of: plan(seed), manner.way)
            board.outcome.withLock { outcome in
                outcome.seeds += 1
                guard !breaches.isEmpty, outcome.failure.map({ seed < $0.seed }) ?? true else {
                    return
                }
                outcome.failure = (seed, breaches)
            }
        }
    }

    /// The next seed; none once a smaller one has failed, or time is up.
    private func take(_ board: Board, _ started: ContinuousClock.Instant) -> UInt64? {
        if let minutes, (ContinuousClock.now - started) / .seconds(60) >= minutes { return nil }
        return board.outcome.withLock { outcome in
            guard outcome.next < seeds.upperBound, outcome.failure == nil else { return nil }
            outcome.next += 1
            return outcome.next - 1
        }
    }
}

/// How worlds are made, whatever is played in them.
struct Manner: Sendable {
    /// A bug that is planted in every world.
    var mutant: Mutant?
    var isSQLite = false
    var isBackwards = false

    /// Made anew for each world: some bugs remember.
    var way: Simulation.Way {
        var way = Simulation.Way()
        mutant?.plant(&way.cast)
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
        revision = Machine.revision
        seeds = outcome.seeds
        next = outcome.next
        seconds = outcome.seconds
        failingSeed = outcome.failure?.seed
        breaches = (outcome.failure?.breaches ?? []).map {
            BreachJSON(invariant: $0.invariant, what: $0.what, at: $0.at)
        }
    }
}
