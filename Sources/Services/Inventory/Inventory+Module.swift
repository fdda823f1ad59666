// SPDX-License-Identifier: Apache-2.0
/// Inventory, as the list of services has it.

import Contracts
import InventoryDomain
import Kernel
import NodeEngine
package import ServiceModel

extension Inventory {
    package static var module: ServiceModule {
        ServiceModule(
            Inventory.self, problems: StockProblem.all, keyText: text(of:),
            runner: { Inventory.runner(at: $0) },
            routes: { StockRoutes($0).routes })
    }

    @Sendable private static func text(of key: InventoryKey) -> String {
        switch key {
        case .item(let item): "\(item.warehouse)/\(item.sku)"
        case .hold(let hold): hold.text
        }
    }
}
