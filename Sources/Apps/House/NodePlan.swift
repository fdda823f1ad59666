// SPDX-License-Identifier: Apache-2.0
/// Which nodes a house has, and which logs each of them writes.

package import NodeEngine
package import Ports
package import ServiceModel
import ServiceModules

/// One node: its name, which is also its folder's, and the services that it hosts.
package struct NodePlan: Sendable {
    package let name: String
    package let shards: [ServiceShard]

    package init(name: String, shards: [ServiceShard]) {
        self.name = name
        self.shards = shards
    }

    /// The nodes of a house whose orders are kept in `shards` logs.
    package static func all(
        _ topology: HouseSettings.Topology, shards: Int, partitioning: Partitioning
    ) -> [NodePlan] {
        let all = ServiceShard.all(shards: shards, partitioning: partitioning)
        switch topology {
        case .single: return [NodePlan(name: "house", shards: all)]
        case .split:
            return all.map { shard in
                let name =
                    shard.log.shard == 0
                    ? shard.log.service : "\(shard.log.service)-\(shard.log.shard)"
                return NodePlan(name: name, shards: [shard])
            }
        }
    }

    /// The logs of the other nodes among `plans` that somebody here follows, each with the
    /// partitions that concern those who follow it.
    package func remoteLogs(among plans: [NodePlan]) -> [RemoteLog] {
        plans.filter { $0.name != name }.flatMap(\.shards).compactMap { source in
            let subscribers = shards.filter { $0.subscribesTo.contains(source.log.service) }
            guard !subscribers.isEmpty else { return nil }
            return RemoteLog(
                name: source.log, codec: source.makeCodec(),
                partitions: ServiceShard.partitions(of: subscribers), of: source.partitioning)
        }
    }
}
