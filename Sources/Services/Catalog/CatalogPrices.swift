// SPDX-License-Identifier: Apache-2.0
/// The prices of the catalog's articles.

import CatalogDomain
package import Contracts
package import Kernel
import NodeEngine
package import ServiceModel

package struct CatalogPrices: Prices {
    private let catalog: any Door<Catalog>

    package init(_ doors: any Doors) { catalog = doors.door(to: Catalog.self) }

    package func price(of sku: SKU, in currency: Currency) throws -> UnitPrice? {
        guard let variant = try catalog.entity(.variant(sku))?.state.variant, variant.isOnSale
        else { return nil }
        return variant.price(in: currency)
    }
}
