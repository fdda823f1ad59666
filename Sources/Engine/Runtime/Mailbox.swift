// SPDX-License-Identifier: Apache-2.0
/// Where a node's inputs wait: bounded for callers, drained in batches, one wake-up a batch.

import NodeEngine
import Ports

/// A queue that threads share.
final class Mailbox: Sendable {
    private let condition = TimedCondition()
    // SAFETY: every access holds `condition`.
    nonisolated(unsafe) private var state: State

    private struct State {
        var queue: InputQueue
        var isStopping = false
        var isWaiting = false

        /// Only a few answers wait, and nobody for them: more may share their commit.
        var isQuiet: Bool {
            queue.callers == 0 && !isStopping && (1..<Mailbox.lingerMax).contains(queue.answers)
        }
    }

    /// From so many answers and facts on, a commit is not delayed any more.
    private static let lingerMax = 256

    init(capacity: Int) { state = State(queue: InputQueue(capacity: capacity)) }

    /// Nil when it was taken; otherwise what the caller must be told.
    func offer(_ submission: Submission) -> Problem? {
        condition.withLock {
            if state.isStopping { return EngineProblem.stopping }
            if let problem = state.queue.offer(submission) { return problem }
            if state.isWaiting { condition.signal() }
            return nil
        }
    }

    /// Answers, facts and notices: they belong to work that was taken on, so they always fit.
    /// Returns how many were posted until now.
    @discardableResult
    func post(_ inputs: [Input]) -> Int64 {
        condition.withLock {
            let wasEmpty = state.queue.isEmpty
            state.queue.post(inputs)
            if state.isWaiting && (wasEmpty || !state.isQuiet) { condition.signal() }
            return state.queue.posted
        }
    }

    /// True once the first `count` inputs that were posted are taken.
    func hasTaken(_ count: Int64) -> Bool {
        condition.withLock { state.queue.drained >= count }
    }

    func stop() {
        condition.withLock {
            state.isStopping = true
            condition.broadcast()
        }
    }

    /// Waits until there is something to do or `seconds` have passed; takes at most `limit`
    /// inputs. A few answers for which nobody waits are left for `linger` seconds, until a caller
    /// comes or there are many. `isStopping` once callers are refused.
    func take(
        limit: Int, waitingAtMost seconds: Double, lingering linger: Double = 0
    ) -> (inputs: [Input], isStopping: Bool) {
        condition.withLock {
            if state.queue.isEmpty && !state.isStopping && seconds > 0 { wait(seconds) }
            if linger > 0 && state.isQuiet { wait(linger) }
            return (state.queue.take(limit: limit), state.isStopping)
        }
    }

    /// To be called with the lock held.
    private func wait(_ seconds: Double) {
        state.isWaiting = true
        condition.wait(atMost: seconds)
        state.isWaiting = false
    }

    /// How many callers wait.
    var depth: Int { condition.withLock { state.queue.callers } }
}
