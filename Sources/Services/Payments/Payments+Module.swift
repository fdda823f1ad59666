// SPDX-License-Identifier: Apache-2.0
/// Payments, as the list of services has it. No route leads to a payment, so no client meets its
/// problems yet.

import Kernel
import NodeEngine
package import ServiceModel

extension Payments {
    package static var module: ServiceModule {
        ServiceModule(
            Payments.self, keyText: { $0.text },
            runner: { Payments.runner(at: $0) },
            effects: { PaymentEffects(provider: $0.provider) })
    }
}
