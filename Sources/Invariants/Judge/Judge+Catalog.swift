// SPDX-License-Identifier: Apache-2.0
/// What catalog and stock say of the same articles, once nothing moves any more.

import CatalogDomain
import Contracts
import InventoryDomain

extension Judge {
    func checkArticles(_ findings: inout Findings) {
        inventory.forEachArticle { key, available, level in
            let article = catalog.articles[key.sku]
            let isAnnounced = level.announcement > 0
            findings.demand(
                !isAnnounced && article?.product == nil
                    || level.available == StockBand.floor(available), .c4,
                "\(key.warehouse)/\(key.sku): \(available) can be had, and \(level.available) "
                    + "announced")
            guard isAnnounced else { return }
            let known = article?.levels
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
