// SPDX-License-Identifier: Apache-2.0
/// How routes read the logs of a house, whichever nodes write them.

package import Kernel
package import NodeEngine
package import Ports

package protocol FactDoor: Sendable {
    /// How each log is read.
    var codecs: [LogName: LogCodec] { get }
    /// The last position of each log. What lies up to there can be read.
    var heads: [LogName: Int64] { get }

    /// The frames of `log` that hold positions after `position`, in order, until `limit` events are
    /// in the answer; at least one, if there is any.
    func frames(
        of log: LogName, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [Frame]

    /// Returns when a log is longer than `heads` says, or after `patience`: what is left of that.
    func waitForMore(than heads: [LogName: Int64], atMost patience: Span) async -> Span
}
