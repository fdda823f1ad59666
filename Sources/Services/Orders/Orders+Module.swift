// SPDX-License-Identifier: Apache-2.0
/// Orders, as the list of services has it.

import Kernel
import NodeEngine
package import ServiceModel

extension Orders {
    package static var module: ServiceModule {
        ServiceModule(
            Orders.self, sharding: .byOrder, problems: OrderProblem.all, keyText: { $0.text },
            runner: { Orders.runner(at: $0) },
            routes: { OrderRoutes($0).routes })
    }
}
