// SPDX-License-Identifier: Apache-2.0
/// Where a projector reads the logs: by their positions, from whoever wrote them.

package import Ports

package protocol ProjectionSource: Sendable {
    /// The frames after `position`, in order, until `limit` events are in the answer; at least one
    /// frame, if there is any.
    func frames(
        of log: LogName, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [Frame]

    /// The last position of every log.
    func heads() throws(StoreFailure) -> [LogName: Int64]
}
