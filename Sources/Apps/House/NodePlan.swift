// SPDX-License-Identifier: Apache-2.0
/// Which nodes a house has, and who works in each.

package import NodeEngine
import Ports
package import ServiceCatalog

/// One node: its name, which is also its folder's, and whom it hosts.
package struct NodePlan: Sendable {
    package let name: String
    package let members: [Member]

    package init(name: String, members: [Member]) {
        self.name = name
        self.members = members
    }

    /// The nodes of a house.
    package static func all(_ topology: HouseSettings.Topology, shards: Int) -> [NodePlan] {
        let members = Member.all(shards: shards)
        switch topology {
        case .single: return [NodePlan(name: "house", members: members)]
        case .split:
            return members.map { member in
                NodePlan(
                    name: member.log.shard == 0
                        ? member.log.service : "\(member.log.service)-\(member.log.shard)",
                    members: [member])
            }
        }
    }

    /// The logs of the other nodes among `plans` that somebody here hears, each with the
    /// partitions that concern those who hear it.
    package func remoteLogs(among plans: [NodePlan], shards: Int) -> [RemoteLog] {
        plans.filter { $0.name != name }.flatMap(\.members).compactMap { source in
            let hearers = members.filter { $0.hears.contains(source.log.service) }
            guard !hearers.isEmpty else { return nil }
            return RemoteLog(
                name: source.log, codec: source.makeCodec(),
                partitions: Member.partitions(of: hearers, shards: shards))
        }
    }
}
