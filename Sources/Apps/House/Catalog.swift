// SPDX-License-Identifier: Apache-2.0
/// What a house is made of: its nodes, and the problems that its clients can meet.

import Gateway
import InventoryService
import NodeEngine
import OrdersService
package import Ports
package import ServiceCatalog

package enum Catalog {
    /// Every problem that a client of the house can meet. Payments, shipments and messages have
    /// some, too, but no door to them is open yet.
    package static let problems: [Problem] = unique(
        GatewayProblem.all + EngineProblem.all + OrderProblem.all + StockProblem.all)

    private static func unique(_ problems: [Problem]) -> [Problem] {
        var seen: Set<String> = []
        return problems.filter { seen.insert($0.code).inserted }
            .sorted { ($0.status, $0.code) < ($1.status, $1.code) }
    }
}

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
