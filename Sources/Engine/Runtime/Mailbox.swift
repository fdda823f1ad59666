// SPDX-License-Identifier: Apache-2.0
/// Where a node's inputs wait: bounded for callers, drained in batches, one wake-up a batch.

import Kernel
package import NodeEngine
package import Ports

/// Inputs in the order in which they are taken. Answers and facts go first, so that open sagas
/// finish before new ones begin. A value, so that a mailbox and a simulated one let in alike.
package struct MailQueue: Sendable {
    private let capacity: Int
    private var first: [Input] = []
    private var later: [Input] = []
    /// How many of each are taken already.
    private var firstTaken = 0
    private var laterTaken = 0
    /// How many answers and facts were ever posted, and how many of them are taken.
    package private(set) var posted: Int64 = 0
    package var drained: Int64 { posted - Int64(answers) }

    package init(capacity: Int) { self.capacity = capacity }

    /// How many callers wait.
    package var callers: Int { later.count - laterTaken }
    /// How many answers and facts wait.
    package var answers: Int { first.count - firstTaken }
    package var isEmpty: Bool { answers == 0 && callers == 0 }
    /// Everything that waits, in its order.
    package var inputs: [Input] { Array(first[firstTaken...] + later[laterTaken...]) }

    /// Nil when it was taken; otherwise what the caller must be told.
    package mutating func offer(_ submission: Submission) -> Problem? {
        guard callers < capacity else { return EngineProblem.overloaded }
        later.append(.submission(submission))
        return nil
    }

    package mutating func post(_ inputs: [Input]) {
        first.append(contentsOf: inputs)
        posted += Int64(inputs.count)
    }

    /// Beacons that a batch may take for each other input.
    private static let beaconsPerInput = 16

    /// The next inputs: at most `limit` that mean something. Beacons come by the dozen and change
    /// nothing as a rule; one a batch would leave a node with small batches nothing else to do.
    package mutating func take(limit: Int) -> [Input] {
        var end = firstTaken
        var room = limit
        var beacons = limit * Self.beaconsPerInput
        while end < first.count {
            if first[end].isBeacon {
                guard beacons > 0 else { break }
                beacons -= 1
            } else {
                guard room > 0 else { break }
                room -= 1
            }
            end += 1
        }
        var inputs: [Input] = []
        if firstTaken == 0 && end == first.count {
            swap(&inputs, &first)
        } else {
            Self.move(to: end, of: &first, &firstTaken, into: &inputs)
        }
        Self.move(to: laterTaken + min(room, callers), of: &later, &laterTaken, into: &inputs)
        return inputs
    }

    private static func move(
        to end: Int, of queue: inout [Input], _ taken: inout Int, into inputs: inout [Input]
    ) {
        guard end > taken else { return }
        inputs.append(contentsOf: queue[taken..<end])
        taken = end
        // What was taken is let go of before it is more than what waits: each is moved once.
        guard taken > queue.count / 2 else { return }
        queue.removeFirst(taken)
        taken = 0
    }
}

extension Input {
    fileprivate var isBeacon: Bool {
        if case .message(let message) = self { message.isBeacon } else { false }
    }
}

/// A queue that threads share.
final class Mailbox: Sendable {
    private let condition = TimedCondition()
    // SAFETY: every access holds `condition`.
    nonisolated(unsafe) private var state: State

    private struct State {
        var queue: MailQueue
        var isStopping = false
        var isWaiting = false

        /// Only a few answers wait, and nobody for them: more may share their commit.
        var isQuiet: Bool {
            queue.callers == 0 && !isStopping && (1..<Mailbox.company).contains(queue.answers)
        }
    }

    /// So many answers and facts are worth a commit of their own.
    private static let company = 256

    init(capacity: Int) { state = State(queue: MailQueue(capacity: capacity)) }

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
    /// comes or there are many. `isStopping` once no caller is let in any more.
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
