// SPDX-License-Identifier: Apache-2.0
/// Deals seeds to several threads, each seed once, in order.

import Synchronization

/// Deals a range of seeds until one has failed, or time is up.
final class SeedDealer: Sendable {
    private let seeds: Range<UInt64>
    private let minutes: Double?
    private let started = ContinuousClock.now
    private let state: Mutex<(next: UInt64, hasFailed: Bool)>

    /// No seed is dealt after `minutes`.
    init(_ seeds: Range<UInt64>, minutes: Double?) {
        self.seeds = seeds
        self.minutes = minutes
        state = Mutex((seeds.lowerBound, false))
    }

    /// Seconds since the first deal could be made.
    var seconds: Double { (ContinuousClock.now - started) / .seconds(1) }

    /// The first seed that was not dealt: where another run goes on.
    var next: UInt64 { state.withLock { $0.next } }

    /// Plays seeds by `play`, `jobs` at a time. It says whether a seed went well: after one that
    /// did not no further one is dealt, and those that are under way, smaller or greater, end.
    func deal(jobs: Int, _ play: @escaping @Sendable (UInt64) -> Bool) async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<max(1, jobs) {
                group.addTask { [self] in
                    while let seed = take() {
                        if !play(seed) { state.withLock { $0.hasFailed = true } }
                    }
                }
            }
        }
    }

    private func take() -> UInt64? {
        if let minutes, seconds / 60 >= minutes { return nil }
        return state.withLock { state in
            guard state.next < seeds.upperBound, !state.hasFailed else { return nil }
            state.next += 1
            return state.next - 1
        }
    }
}
