// SPDX-License-Identifier: Apache-2.0
/// The services of the house in one list, for whoever puts them together: the house itself, and
/// the simulated one.

import Contracts
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
package enum ServiceShard: Hashable, Sendable {
    case orders(shard: Int)
    case inventory, payments, shipping, notifications

    /// All of them, the shards of the orders first.
    package static func all(shards: Int) -> [ServiceShard] {
        (0..<shards).map { .orders(shard: $0) }
            + [.inventory, .payments, .shipping, .notifications]
    }

    package var log: LogName {
        switch self {
        case .orders(let shard): LogName(Orders.name, shard)
        case .inventory: LogName(Inventory.name)
        case .payments: LogName(Payments.name)
        case .shipping: LogName(Shipping.name)
        case .notifications: LogName(Notifications.name)
        }
    }

    /// The services whose facts it subscribes to.
    package var subscribesTo: [String] {
        switch self {
        case .orders: Orders.subscribesTo
        case .inventory: Inventory.subscribesTo
        case .payments: Payments.subscribesTo
        case .shipping: Shipping.subscribesTo
        case .notifications: Notifications.subscribesTo
        }
    }

    /// How its log is read. All share it who ask, which is good for a look at an event.
    package var codec: LogCodec {
        switch self {
        case .orders: Self.ordersCodec
        case .inventory: Self.inventoryCodec
        case .payments: Self.paymentsCodec
        case .shipping: Self.shippingCodec
        case .notifications: Self.notificationsCodec
        }
    }

    /// A codec of one's own: whoever hands one on with each message counts references, and threads
    /// must not do that to the same object.
    package func makeCodec() -> LogCodec {
        switch self {
        case .orders: LogCodec(of: Orders.self) { $0.text }
        case .inventory: LogCodec(of: Inventory.self, keyText: Self.text)
        case .payments: LogCodec(of: Payments.self) { $0.text }
        case .shipping: LogCodec(of: Shipping.self) { $0.text }
        case .notifications: LogCodec(of: Notifications.self) { $0.text }
        }
    }

    // Made once: each holds a table of its events' names.
    private static let ordersCodec = ServiceShard.orders(shard: 0).makeCodec()
    private static let inventoryCodec = ServiceShard.inventory.makeCodec()
    private static let paymentsCodec = ServiceShard.payments.makeCodec()
    private static let shippingCodec = ServiceShard.shipping.makeCodec()
    private static let notificationsCodec = ServiceShard.notifications.makeCodec()

    @Sendable private static func text(_ key: InventoryKey) -> String {
        switch key {
        case .item(let item): "\(item.warehouse)/\(item.sku)"
        case .hold(let hold): hold.text
        }
    }

    /// A runner for this member. `shards` is how many share the orders.
    package func runner(_ limits: ServiceRunnerLimits, shards: Int) -> any AnyServiceRunner {
        let codec = makeCodec()
        return switch self {
        case .orders(let shard):
            Orders.runner(shard: shard, limits: limits, codec: codec) { owns($0, shards: shards) }
        case .inventory: Inventory.runner(limits: limits, codec: codec)
        case .payments: Payments.runner(limits: limits, codec: codec)
        case .shipping: Shipping.runner(limits: limits, codec: codec)
        case .notifications: Notifications.runner(limits: limits, codec: codec)
        }
    }

    /// The shard of the orders whose ids carry `bucket`.
    package static func shard(of bucket: UInt16, shards: Int) -> Int {
        Int(Partitions.of(bucket: bucket)) % shards
    }

    /// Whether facts about `bucket` are for this member.
    package func owns(_ bucket: UInt16, shards: Int) -> Bool {
        guard case .orders(let shard) = self else { return true }
        return Self.shard(of: bucket, shards: shards) == shard
    }

    /// The partitions of other logs that concern this member; nil for all.
    package func partitions(shards: Int) -> Set<UInt16>? {
        guard case .orders = self, shards > 1 else { return nil }
        // Buckets below their count are partitions.
        return Set((0..<Partitions.count).filter { owns($0, shards: shards) })
    }

    /// The partitions that concern at least one of `members`; nil for all.
    package static func partitions(of members: [ServiceShard], shards: Int) -> Set<UInt16>? {
        var all: Set<UInt16> = []
        for member in members {
            guard let own = member.partitions(shards: shards) else { return nil }
            all.formUnion(own)
        }
        return all
    }
}
