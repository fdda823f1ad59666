// SPDX-License-Identifier: Apache-2.0
/// Which nodes a house has, and who works in each.

import Ports
package import ServiceCatalog

/// One node: its name, which is also its folder's, and whom it hosts.
package struct NodePlan: Sendable {
    package let name: String
    package let members: [Member]

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
}
