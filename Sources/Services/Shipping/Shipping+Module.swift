// SPDX-License-Identifier: Apache-2.0
/// Shipping, as the list of services has it. No route leads to a shipment, so no client meets its
/// problems yet.

import Kernel
import NodeEngine
package import ServiceModel

extension Shipping {
    package static var module: ServiceModule {
        ServiceModule(
            Shipping.self, keyText: { $0.text },
            runner: { Shipping.runner(at: $0) },
            effects: { ParcelEffects(carrier: $0.carrier, vault: $0.vault) })
    }
}
