// SPDX-License-Identifier: Apache-2.0
/// Where those wait whose person is not in memory. Their keys are looked up and made in groups: as
/// many as came while the last group was written share one transaction, and so one wait for the
/// disk.

import Dispatch
import Kernel
import Ports
import Synchronization

/// Bounded by the calls that wait in it: each holds one place until it is answered.
final class KeyLoader: Sendable {
    typealias Answer = Result<PersonKey, VaultFailure>
    private typealias Place = (person: UUIDv7, answer: CheckedContinuation<Answer, Never>)

    private let store: PersonStore
    private let state = Mutex(State())
    /// The disk may keep its thread waiting; a thread of the task pool would be missed.
    private let writer = DispatchQueue(label: "orderhouse.vault")

    private static let groupMax = 1_024

    private struct State {
        var waiting: [Place] = []
        var isAtWork = false
    }

    init(store: PersonStore) { self.store = store }

    /// The key of `person`, durable when this returns.
    func key(of person: UUIDv7) async throws(VaultFailure) -> PersonKey {
        let answer: Answer = await withCheckedContinuation { continuation in
            let wasAtWork = state.withLock { state in
                state.waiting.append((person, continuation))
                defer { state.isAtWork = true }
                return state.isAtWork
            }
            if !wasAtWork { writer.async { self.work() } }
        }
        return try answer.get()
    }

    private func work() {
        while true {
            let group = state.withLock { state in
                let group = Array(state.waiting.prefix(Self.groupMax))
                state.waiting.removeFirst(group.count)
                state.isAtWork = !group.isEmpty
                return group
            }
            guard !group.isEmpty else { return }
            answer(group)
        }
    }

    /// A row that can't be read must not keep the others from their keys: they are tried alone.
    private func answer(_ group: [Place]) {
        do {
            let keys = try store.keys(of: group.map(\.person))
            for (place, key) in zip(group, keys) { place.answer.resume(returning: .success(key)) }
        } catch {
            guard group.count == 1 else {
                for place in group { answer([place]) }
                return
            }
            let isFull = PersonStore.isOutOfRoom(error)
            group[0].answer.resume(returning: .failure(isFull ? .full : .unavailable))
        }
    }
}
