// SPDX-License-Identifier: Apache-2.0
/// Which nodes a house has, and who works in each.

package import NodeEngine
import Ports
package import ServiceModules

/// One node: its name, which is also its folder's, and whom it hosts.
package struct NodePlan: Sendable {
    package let name: String
    package let members: [ServiceShard]

    package init(name: String, members: [ServiceShard]) {
        self.name = name
        self.members = members
    }

    /// The nodes of a house.
    package static func all(_ topology: HouseSettings.Topology, shards: Int) -> [NodePlan] {
        let members = ServiceShard.all(shards: shards)
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

    /// The logs of the other nodes among `plans` that somebody here follows, each with the
    /// partitions that concern those who hear it.
    package func remoteLogs(among plans: [NodePlan], shards: Int) -> [RemoteLog] {
        plans.filter { $0.name != name }.flatMap(\.members).compactMap { source in
            let subscribers = members.filter { $0.subscribesTo.contains(source.log.service) }
            guard !subscribers.isEmpty else { return nil }
            return RemoteLog(
                name: source.log, codec: source.makeCodec(),
                partitions: ServiceShard.partitions(of: subscribers, shards: shards))
        }
    }
}
