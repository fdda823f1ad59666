// SPDX-License-Identifier: Apache-2.0
/// Catalog, as the list of services has it.

import CatalogDomain
import Kernel
import NodeEngine
package import ServiceModel

extension Catalog {
    package static var module: ServiceModule {
        ServiceModule(
            Catalog.self, problems: CatalogProblem.all, keyText: { $0.text },
            runner: { Catalog.runner(at: $0) },
            routes: { ProductRoutes($0).routes })
    }
}
