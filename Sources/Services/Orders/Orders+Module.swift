// SPDX-License-Identifier: Apache-2.0
/// Orders, as the list of services has it.

import Kernel
import NodeEngine
package import ServiceModel

extension Orders {
    package static let module = ServiceModule(
        Orders.self, sharding: .byOrder, problems: OrderProblem.all, keyText: { $0.text },
        routes: { OrderRoutes($0).routes })
}
