// SPDX-License-Identifier: Apache-2.0
/// What a node takes from outside.

package import Ports

package enum Input: Sendable {
    /// A command of a caller, an answer of an outside service, or a notice of one.
    case submission(Submission)
    /// A fact of a service in another node.
    case message(BusMessage)
    /// How far the publisher has come with publishing a log.
    case published(LogName, OutboxCheckpoint)
    /// How a worker's slots stand that makes the calls of one of the node's runners.
    case slots(SlotReport)
}
