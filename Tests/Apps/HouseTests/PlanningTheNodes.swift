// SPDX-License-Identifier: Apache-2.0
/// Which logs of other nodes a node follows, and which partitions of them.

import House
import NodeEngine
import Ports
import ServiceModules
import Testing

@Suite struct `Planning the nodes` {
    private static let shards = 3

    /// A shard of the orders and a service that is not sharded share a node, in either order.
    private static func mixed(isReversed: Bool) -> [RemoteLog] {
        let members = [ServiceShard.orders(shard: 1), .inventory]
        let node = NodePlan(name: "mixed", members: isReversed ? members.reversed() : members)
        let others = ServiceShard.all(shards: shards).filter { !members.contains($0) }
        let plans = [node, NodePlan(name: "others", members: others)]
        return node.remoteLogs(among: plans, shards: shards)
    }

    @Test(arguments: [false, true])
    func `gives each subscriber the partitions that concern it`(isReversed: Bool) throws {
        let logs = Self.mixed(isReversed: isReversed)
        let partitions = Dictionary(uniqueKeysWithValues: logs.map { ($0.name, $0.partitions) })
        let own = ServiceShard.orders(shard: 1).partitions(shards: Self.shards)
        #expect(own != nil)
        // Only the orders hear payments, and only of their own shard; inventory hears all of the
        // others.
        #expect(partitions[ServiceShard.payments.log] == own)
        #expect(partitions[ServiceShard.shipping.log] == .some(nil))
        #expect(partitions[ServiceShard.orders(shard: 0).log] == .some(nil))
        #expect(partitions[ServiceShard.orders(shard: 2).log] == .some(nil))
        #expect(partitions[ServiceShard.notifications.log] == nil, "nobody hears notifications")
        #expect(partitions.count == 4)
    }

    @Test(arguments: 1...8)
    func `takes of each log what its only member wants`(shards: Int) {
        let plans = NodePlan.all(.split, shards: shards)
        for plan in plans {
            let member = plan.members[0]
            let logs = plan.remoteLogs(among: plans, shards: shards)
            #expect(logs.allSatisfy { $0.partitions == member.partitions(shards: shards) })
            #expect(logs.allSatisfy { member.subscribesTo.contains($0.name.service) })
        }
    }
}
