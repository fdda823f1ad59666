// SPDX-License-Identifier: Apache-2.0
/// How routes ask read models: rows of one moment, and how far behind the logs they are.

package import Kernel
package import Ports
package import Projections

/// The door to the read models of a house; `answer` fails with `notReady` while what is asked for
/// is being filled. See `asking`, which tells failures as problems.
package protocol ViewDoor: ViewReader {
    /// How a projection stood after its last batch; nil before the first look at the store.
    func status(of projection: String) -> ProjectionStatus?

    /// Waits until the rows of a projection stand for `positions`, as far as it follows their logs;
    /// false when that takes longer than `patience`, or will not happen.
    func wait(
        for projection: String, at positions: [LogName: Int64], atMost patience: Span
    ) async -> Bool
}
