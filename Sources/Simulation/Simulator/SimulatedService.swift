// SPDX-License-Identifier: Apache-2.0
/// The services as the simulator knows them: one line each, and the only list of them here.

import CatalogService
import InventoryService
import NotificationsService
import OrdersService
import PaymentsService
import ShippingService

/// What a service brings into the simulator beside its checker.
package struct SimulatedService: Sendable {
    package let name: String
    /// The bugs that are planted in it.
    package let mutants: [Mutant]
    /// What callers ask of it beside the orders of the clients and the counts of the stock.
    let workload: (any Workload.Type)?

    init(_ name: String, _ mutants: [Mutant], _ workload: (any Workload.Type)? = nil) {
        self.name = name
        self.mutants = mutants
        self.workload = workload
    }

    package static let all = [
        SimulatedService(Orders.name, Mutant.orders),
        SimulatedService(Inventory.name, Mutant.stock),
        SimulatedService(Payments.name, Mutant.payments),
        SimulatedService(Shipping.name, Mutant.parcels),
        SimulatedService(Notifications.name, Mutant.mails),
        SimulatedService(Catalog.name, Mutant.products, ProductWorkload.self),
    ]

    /// Those that have no log, and make something of the logs of others.
    static let readers = [
        SimulatedService("order-queries", Mutant.feeds),
        SimulatedService("reporting", Mutant.reports),
    ]
}
