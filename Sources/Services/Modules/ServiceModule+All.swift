// SPDX-License-Identifier: Apache-2.0
/// The services of the house, in one list: composition, gateway, audit and simulator read it, and
/// nothing else names them all.

import CatalogService
import InventoryService
import NotificationsService
import OrdersService
import PaymentsService
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
    package static func all(shards: Int) -> [ServiceShard] {
        all(of: ServiceModule.all, orderShards: shards)
    }
}
