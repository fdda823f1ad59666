// SPDX-License-Identifier: Apache-2.0
/// What can be measured of a worker that calls the outside, at any moment.

package import Kernel

/// The calls of one worker of one process.
package struct WorkerGauge: Sendable {
    package let name: StaticString
    /// Attempts that were recorded for this process; those whose call has left it, and those whose
    /// call waits for the end of a batch.
    package var recorded = 0
    package var left = 0
    package var queued = 0
    /// How long the call that left last had waited since its attempt was recorded.
    package var waited = Span.milliseconds(0)
    /// How long a call may wait: its lease, less the time limit of the call itself.
    package var waitMax = Span.seconds(20)
    /// Slots that are taken, and calls that nobody has answered yet.
    package var taken = 0
    package var unanswered = 0
    /// Retries under way, of as many slots.
    package var retries = 0
    package var slots = 0

    package init(_ name: StaticString) { self.name = name }

    package func check(_ findings: inout Findings) {
        findings.demand(
            recorded == left + queued, .g7,
            "\(name): \(recorded) attempts, \(left) calls left and \(queued) wait")
        findings.demand(
            waited <= waitMax, .g7, "\(name): a call waited \(waited.milliseconds) ms")
        findings.demand(
            taken <= unanswered, .l5, "\(name): \(unanswered) calls hold \(taken) slots")
        findings.demand(
            retries <= max(1, slots / 2), .l2, "\(name): \(retries) retries in \(slots) slots")
    }
}
