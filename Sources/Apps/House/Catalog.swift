// SPDX-License-Identifier: Apache-2.0
/// Every service that a house can host: its desk, its log's codec, its problems.

import Contracts
import Gateway
import InventoryDomain
import InventoryService
import Kernel
package import NodeEngine
import NotificationsDomain
import NotificationsService
import OrdersDomain
import OrdersService
import PaymentsDomain
import PaymentsService
package import Ports
import ShippingDomain
import ShippingService

/// One log of the house: a service, or a shard of it.
package enum Member: Hashable, Sendable {
    case orders(shard: Int)
    case inventory, payments, shipping, notifications

    package var log: LogName {
        switch self {
        case .orders(let shard): LogName(Orders.name, shard)
        case .inventory: LogName(Inventory.name)
        case .payments: LogName(Payments.name)
        case .shipping: LogName(Shipping.name)
        case .notifications: LogName(Notifications.name)
        }
    }

    /// A desk for this member. `shards` is how many share the orders.
    package func desk(_ limits: DeskLimits, shards: Int) -> any AnyDesk {
        switch self {
        case .orders(let shard):
            DeskBox(
                Desk(
                    Orders.self, shard: shard, limits: limits, keyText: Catalog.text(order:),
                    ownsBucket: { Catalog.shard(of: $0, shards: shards) == shard }))
        case .inventory:
            DeskBox(Desk(Inventory.self, limits: limits, keyText: Catalog.text(stock:)))
        case .payments: DeskBox(Desk(Payments.self, limits: limits, keyText: { $0.text }))
        case .shipping: DeskBox(Desk(Shipping.self, limits: limits, keyText: { $0.text }))
        case .notifications:
            DeskBox(Desk(Notifications.self, limits: limits, keyText: { $0.text }))
        }
    }

    package var codec: LogCodec {
        switch self {
        case .orders:
            LogCodec(
                service: Orders.name, event: OrderEvent.self, key: OrderID.self,
                keyText: Catalog.text(order:))
        case .inventory:
            LogCodec(
                service: Inventory.name, event: StockEvent.self, key: InventoryKey.self,
                keyText: Catalog.text(stock:))
        case .payments:
            LogCodec(
                service: Payments.name, event: PaymentEvent.self, key: PaymentID.self,
                keyText: { $0.text })
        case .shipping:
            LogCodec(
                service: Shipping.name, event: ShipmentEvent.self, key: ShipmentID.self,
                keyText: { $0.text })
        case .notifications:
            LogCodec(
                service: Notifications.name, event: MessageEvent.self, key: MessageID.self,
                keyText: { $0.text })
        }
    }

    package var hears: [String] {
        switch self {
        case .orders: Orders.hears
        case .inventory: Inventory.hears
        case .payments: Payments.hears
        case .shipping: Shipping.hears
        case .notifications: Notifications.hears
        }
    }

    /// The partitions of other logs that concern this member; nil for all.
    package func partitions(shards: Int) -> Set<UInt16>? {
        guard case .orders(let shard) = self, shards > 1 else { return nil }
        return Set((0..<Partitions.count).filter { Int($0) % shards == shard })
    }
}

package enum Catalog {
    /// The shard of the orders whose ids carry `bucket`.
    package static func shard(of bucket: UInt16, shards: Int) -> Int {
        Int(Partitions.of(bucket: bucket)) % shards
    }

    static func text(order: OrderID) -> String { order.text }

    static func text(stock: InventoryKey) -> String {
        switch stock {
        case .item(let key): "\(key.warehouse)/\(key.sku)"
        case .hold(let hold): hold.text
        }
    }

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
        let orders = (0..<shards).map { Member.orders(shard: $0) }
        let others: [Member] = [.inventory, .payments, .shipping, .notifications]
        switch topology {
        case .single: return [NodePlan(name: "house", members: orders + others)]
        case .split:
            return (orders + others).map { member in
                NodePlan(
                    name: member.log.shard == 0
                        ? member.log.service : "\(member.log.service)-\(member.log.shard)",
                    members: [member])
            }
        }
    }
}
