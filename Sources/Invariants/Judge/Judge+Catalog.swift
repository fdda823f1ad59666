// SPDX-License-Identifier: Apache-2.0
/// What catalog and stock say of the same articles, once nothing moves any more.

import CatalogDomain
import Contracts

extension Judge {
    func checkArticles(_ findings: inout Findings) {
        inventory.forEachAnnounced { key, level in
            let known = catalog.articles[key.sku]?.levels
            let shown = known?[key.warehouse]
            // Of further warehouses an article shows nothing.
            if shown == nil, let known, known.count >= CatalogState.Variant.warehousesMax { return }
            findings.demand(
                shown == level, .c4,
                "\(key.warehouse)/\(key.sku): \(level.available) announced, and "
                    + (shown.map { "\($0.available) shown" } ?? "nothing shown"))
        }
        for (code, product) in catalog.products {
            for sku in product.articles {
                findings.demand(
                    inventory.knows(StockKey(sku, .main)), .c5, "\(sku) of \(code)")
            }
        }
    }
}
