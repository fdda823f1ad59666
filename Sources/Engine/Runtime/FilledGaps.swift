// SPDX-License-Identifier: Apache-2.0
/// What was fetched for each partition. It is fetched again only when the node has taken the facts
/// of the fetch before: until then each message from the bus shows the same gap, and a slow node
/// would get the same facts again and again. A value: the simulator uses the same one.

package import NodeEngine
import Ports

package struct FilledGaps: Sendable {
    /// Facts of one fetch.
    package static let factsMax = 1_000

    /// How many inputs the node had been given when the last fetch was posted.
    private var posted: [Place: Int64] = [:]

    private struct Place: Hashable {
        let log: LogName
        let partition: UInt16

        init(_ gap: Gap) {
            log = gap.log
            partition = gap.partition
        }
    }

    package init() {}

    package mutating func note(_ gap: Gap, posted count: Int64) { posted[Place(gap)] = count }

    /// `hasTaken` says whether the node has taken so many of the inputs that it was given.
    package func mayFill(_ gap: Gap, hasTaken: (Int64) -> Bool) -> Bool {
        posted[Place(gap)].map(hasTaken) ?? true
    }
}
