// SPDX-License-Identifier: Apache-2.0
/// What a house is told when it starts.

package import Gateway
import Kernel
package import NodeEngine
package import NodeRuntime
import Ports
package import Projections
package import SandboxAdapter
package import SQLiteAdapter

package struct HouseSettings: Sendable {
    /// Where everything is kept; made when it is not there.
    package var data: String
    package var topology = Topology.single
    /// Nodes that share the orders between them; only in a split house.
    package var orderShards = 1
    /// How many partitions the facts of each log are published in: a power of two.
    package var partitions = partitionsStandard
    package var store = SQLiteStore.Configuration()
    package var runner = ServiceRunnerLimits()
    package var node = NodeLimits()
    package var host = NodeHost.Settings()
    package var clock = TrustedTime.Settings()
    package var payments = SandboxPayments.Settings()
    package var carrier = SandboxCarrier.Settings()
    /// How long an outside service may take to answer.
    package var effectTimeout = Duration.seconds(10)
    /// What callers of the HTTP door may take of time and room.
    package var door = DoorLimits()
    /// False: mail may be lost in a power cut.
    package var isMailDurable = true
    /// How often the publisher looks for facts to publish without being told.
    package var publisherInterval = Duration.milliseconds(250)
    /// How the read models are kept up to date: how fast, and from which lag on it is an alarm.
    package var projections = ProjectionRunner.Settings()
    package var projector = Projector.Settings()
    package var views = SQLiteViews.Configuration()
    /// The key of the hash chain; nil for a plain SHA-256 chain.
    package var chainKey: [UInt8]?

    /// How many partitions a house has when nothing is said of them.
    package static let partitionsStandard = Int(Partitioning.standard.count)

    package init(data: String) { self.data = data }

    /// A wall clock that jumps by more seconds is not believed at once.
    package mutating func doubtClock(beyond seconds: Int) {
        clock.jumpMax = .seconds(Int64(seconds))
    }

    /// Which services share a node, and so a commit.
    package enum Topology: String, Sendable, CaseIterable {
        /// All of them.
        case single
        /// Each has its own, with a bus between them.
        case split
    }
}
