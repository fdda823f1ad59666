// SPDX-License-Identifier: Apache-2.0
/// Which logs of other nodes a node follows, and which partitions of them.

import CatalogService
import House
import InventoryService
import NodeEngine
import NotificationsService
import OrdersService
import PaymentsService
import Ports
import ServiceModel
import ServiceModules
import ShippingService
import Testing

@Suite struct `Planning the nodes` {
    private static let shards = 3

    private static func orders(_ shard: Int) -> ServiceShard {
        ServiceShard(Orders.module, shard: shard, of: shards)
    }

    /// A shard of the orders and a service that is not sharded share a node, in either order.
    private static func mixed(isReversed: Bool) -> [RemoteLog] {
        let own = [orders(1), ServiceShard(Inventory.module)]
        let node = NodePlan(name: "mixed", shards: isReversed ? own.reversed() : own)
        let others = ServiceShard.all(shards: shards).filter { !own.contains($0) }
        let plans = [node, NodePlan(name: "others", shards: others)]
        return node.remoteLogs(among: plans)
    }

    @Test(arguments: [false, true])
    func `gives each subscriber the partitions that concern it`(isReversed: Bool) throws {
        let logs = Self.mixed(isReversed: isReversed)
        let partitions = Dictionary(uniqueKeysWithValues: logs.map { ($0.name, $0.partitions) })
        let own = Self.orders(1).partitions
        #expect(own != nil)
        // Only the orders hear payments, and only of their own shard; inventory hears all of the
        // others.
        #expect(partitions[LogName(Payments.name)] == own)
        #expect(partitions[LogName(Shipping.name)] == .some(nil))
        #expect(partitions[LogName(Orders.name, 0)] == .some(nil))
        #expect(partitions[LogName(Orders.name, 2)] == .some(nil))
        #expect(partitions[LogName(Notifications.name)] == nil, "nobody hears notifications")
        #expect(partitions[LogName(Catalog.name)] == .some(nil))
        #expect(partitions.count == 5)
    }

    @Test(arguments: 1...8)
    func `takes of each log what its only member wants`(shards: Int) {
        let plans = NodePlan.all(.split, shards: shards, partitioning: .standard)
        for plan in plans {
            let member = plan.shards[0]
            let logs = plan.remoteLogs(among: plans)
            #expect(logs.allSatisfy { $0.partitions == member.partitions })
            #expect(logs.allSatisfy { member.subscribesTo.contains($0.name.service) })
        }
    }
}
