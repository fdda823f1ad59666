// SPDX-License-Identifier: Apache-2.0
/// The list of what runs: composition, gateway, audit and simulator read it. What is checked
/// (`ServiceChecks`) and simulated (`SimulatedService`) have lists of their own.

import CatalogService
import InventoryService
import NotificationsService
import OrdersService
import PaymentsService
package import Ports
package import ServiceModel
import ShippingService

extension ServiceModule {
    package static let all = [
        Orders.module, Inventory.module, Payments.module, Shipping.module, Notifications.module,
        Catalog.module,
    ]
}

extension ServiceShard {
    /// The logs of a house whose orders are kept in `shards` of them.
    package static func all(
        shards: Int, partitioning: Partitioning = .standard
    ) -> [ServiceShard] {
        all(of: ServiceModule.all, orderShards: shards, partitioning: partitioning)
    }
}
