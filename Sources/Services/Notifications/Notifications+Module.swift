// SPDX-License-Identifier: Apache-2.0
/// Notifications, as the list of services has it. No route leads to a message, so no client meets
/// its problems yet.

import Kernel
import NodeEngine
package import ServiceModel

extension Notifications {
    package static var module: ServiceModule {
        ServiceModule(
            Notifications.self, keyText: { $0.text },
            runner: { Notifications.runner(at: $0) },
            effects: { MailEffects(mailer: $0.mailer, vault: $0.vault) })
    }
}
