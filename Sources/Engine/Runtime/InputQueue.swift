// SPDX-License-Identifier: Apache-2.0
/// Inputs in the order in which they are taken. Answers and facts go first, so that open sagas
/// finish before new ones begin; callers beyond its capacity are refused. A value: the simulator
/// uses the same one.

package import NodeEngine
package import Ports

package struct InputQueue: Sendable {
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

    /// The next inputs: at most `limit` beside beacons. Those are many and change nothing as a
    /// rule: if they counted, small batches would hold little else.
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
        // Taken inputs are removed once they are more than half, so that each is moved once.
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
