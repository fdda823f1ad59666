// SPDX-License-Identifier: Apache-2.0
/// What is to happen later, in the order of its time. One loop carries it out in batches: what is
/// due at once wakes it without a timer, the rest waits for a deadline.

import HeapModule
import Synchronization

/// A queue of deadlines. It grows with what is under way outside (one entry for each parcel or
/// notice), which the caller bounds by the calls that it makes.
final class Agenda<Item: Sendable>: Sendable {
    private let state = Mutex(State())
    /// Something is ready.
    private let wakes = AsyncStream.makeStream(
        of: Void.self, bufferingPolicy: .bufferingNewest(1))
    /// The first deadline was set.
    private let starts = AsyncStream.makeStream(
        of: Void.self, bufferingPolicy: .bufferingNewest(1))

    private struct State {
        var waiting = Heap<Entry>()
        var ready: [Item] = []
        var count: UInt64 = 0

        /// Makes ready what is due at `now`. True if anything was.
        mutating func advance(to now: ContinuousClock.Instant) -> Bool {
            let before = ready.count
            while let first = waiting.min, first.deadline <= now {
                ready.append(waiting.removeMin().item)
            }
            return ready.count > before
        }
    }

    private struct Entry: Comparable {
        let deadline: ContinuousClock.Instant
        /// Of two with the same deadline, the one that was added first comes first.
        let number: UInt64
        let item: Item

        static func < (left: Entry, right: Entry) -> Bool {
            (left.deadline, left.number) < (right.deadline, right.number)
        }

        static func == (left: Entry, right: Entry) -> Bool { left.number == right.number }
    }

    /// Plans `items`, each after its delay from now.
    func add(_ items: [(item: Item, delay: Duration)]) {
        guard !items.isEmpty else { return }
        let now = ContinuousClock.now
        let (isReady, isFirst) = state.withLock { state in
            let wasIdle = state.waiting.isEmpty
            let before = state.ready.count
            for (item, delay) in items {
                if delay <= .zero {
                    state.ready.append(item)
                } else {
                    state.count += 1
                    state.waiting.insert(
                        Entry(deadline: now + delay, number: state.count, item: item))
                }
            }
            return (state.ready.count > before, wasIdle && !state.waiting.isEmpty)
        }
        if isReady { wakes.continuation.yield() }
        if isFirst { starts.continuation.yield() }
    }

    /// Gives what becomes due to `act`, in batches of at most `limit`, until the task is canceled.
    /// To be called once: a canceled agenda does not start again.
    func run(limit: Int = 4_096, _ act: ([Item]) -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.watch() }
            for await _ in wakes.stream {
                while !Task.isCancelled, let batch = take(limit) { act(batch) }
            }
            group.cancelAll()
        }
    }

    private func take(_ limit: Int) -> [Item]? {
        state.withLock { state in
            guard !state.ready.isEmpty else { return nil }
            if state.ready.count <= limit {
                defer { state.ready = [] }
                return state.ready
            }
            defer { state.ready.removeFirst(limit) }
            return Array(state.ready[..<limit])
        }
    }

    /// Sleeps to the next deadline. It looks again after a short while, because an earlier one may
    /// have come; while nothing waits it does not wake at all.
    private func watch() async {
        let patience = Duration.milliseconds(10)
        var starts = starts.stream.makeAsyncIterator()
        while !Task.isCancelled {
            let now = ContinuousClock.now
            let (isReady, next) = state.withLock { state in
                (state.advance(to: now), state.waiting.min?.deadline)
            }
            if isReady { wakes.continuation.yield() }
            if let next {
                try? await Task.sleep(
                    until: min(next, now + patience), tolerance: .zero, clock: .continuous)
            } else {
                await starts.next()
            }
        }
    }
}
