// SPDX-License-Identifier: Apache-2.0
/// Where a node's inputs wait: bounded for callers, drained in batches, one wake-up a batch.

import Foundation
import Kernel
import NodeEngine
import Ports

/// Inputs on their way to the node's thread. Answers and facts go first, so that open sagas finish
/// before new ones begin.
final class Mailbox: Sendable {
    private let condition = NSCondition()
    private let capacity: Int
    // SAFETY: every access holds `condition`.
    nonisolated(unsafe) private var state = State()

    private struct State {
        var first: [Input] = []
        var later: [Input] = []
        /// How many inputs were ever put into `first`.
        var posted: Int64 = 0
        /// How many of `later` are taken already.
        var taken = 0
        var isStopping = false
        var isWaiting = false

        var waitingCallers: Int { later.count - taken }
    }

    init(capacity: Int) { self.capacity = capacity }

    /// Nil when it was taken; otherwise what the caller must be told.
    func offer(_ submission: Submission) -> Problem? {
        condition.lock()
        defer { condition.unlock() }
        if state.isStopping { return EngineProblem.stopping }
        guard state.waitingCallers < capacity else { return EngineProblem.overloaded }
        state.later.append(.submission(submission))
        if state.isWaiting { condition.signal() }
        return nil
    }

    /// Answers, facts and notices: they belong to work that was taken on, so they always fit.
    /// Returns how many were posted until now.
    @discardableResult
    func post(_ inputs: [Input]) -> Int64 {
        condition.lock()
        defer { condition.unlock() }
        guard !inputs.isEmpty else { return state.posted }
        state.first.append(contentsOf: inputs)
        state.posted += Int64(inputs.count)
        if state.isWaiting { condition.signal() }
        return state.posted
    }

    /// True once the first `count` inputs that were posted are taken.
    func hasTaken(_ count: Int64) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        return state.posted - Int64(state.first.count) >= count
    }

    func stop() {
        condition.lock()
        defer { condition.unlock() }
        state.isStopping = true
        condition.broadcast()
    }

    /// Waits until there is something to do or `seconds` have passed; takes at most `limit`
    /// inputs. `isStopping` once no caller is let in any more.
    func take(limit: Int, waitingAtMost seconds: Double) -> (inputs: [Input], isStopping: Bool) {
        condition.lock()
        defer { condition.unlock() }
        if state.first.isEmpty && state.waitingCallers == 0 && !state.isStopping && seconds > 0 {
            state.isWaiting = true
            _ = condition.wait(until: Date(timeIntervalSinceNow: seconds))
            state.isWaiting = false
        }
        var inputs: [Input] = []
        if state.first.count <= limit {
            swap(&inputs, &state.first)
        } else {
            inputs = Array(state.first.prefix(limit))
            state.first.removeFirst(limit)
        }
        let room = min(limit - inputs.count, state.waitingCallers)
        if room > 0 {
            inputs.append(contentsOf: state.later[state.taken..<state.taken + room])
            state.taken += room
            if state.taken == state.later.count {
                state.later.removeAll(keepingCapacity: true)
                state.taken = 0
            } else if state.taken > 65_536 {
                state.later.removeFirst(state.taken)
                state.taken = 0
            }
        }
        return (inputs, state.isStopping)
    }

    /// How many callers wait.
    var depth: Int {
        condition.lock()
        defer { condition.unlock() }
        return state.waitingCallers
    }
}
