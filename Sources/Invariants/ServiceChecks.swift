// SPDX-License-Identifier: Apache-2.0
/// The services whose facts and rows are checked: one line each, and the only list of them here.

import Contracts
import Kernel
package import Ports

package enum ServiceChecks {
    /// Logs are read in this order: a log before those whose facts it answers, where that can be.
    package static let all: [any ServiceChecker.Type] = [
        OrdersChecker.self,
        InventoryChecker.self,
        PaymentsChecker.self,
        ShippingChecker.self,
        NotificationsChecker.self,
        CatalogChecker.self,
    ]

    /// The place of a service in the list.
    package static func index(of service: String) -> Int? {
        all.firstIndex { $0.name == service }
    }

    /// The logs of a house that keeps every service in one shard.
    package static var logs: [LogName] { all.map { LogName($0.name) } }
}
