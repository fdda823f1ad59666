// SPDX-License-Identifier: Apache-2.0
// Written by `make contracts` from Sources/Domain/Declarations: change it there.
/// Each fact by itself, for tables by fact.

public import Kernel

extension ProductEvent {
    public enum Kind {
        public static let created = FactKind<ProductEvent, Product>(names[0]) {
            if case .created(let product) = $0 { product } else { nil }
        }
        public static let updated = FactKind<
            ProductEvent, (product: Product, removed: [SKU])
        >(names[1]) { fact in
            guard case .updated(let product, let removed) = fact
            else { return nil }
            return (product, removed)
        }
        public static let withdrawn = FactKind<
            ProductEvent, (code: ProductCode, skus: [SKU])
        >(names[2]) { fact in
            guard case .withdrawn(let code, let skus) = fact
            else { return nil }
            return (code, skus)
        }
        public static let stocked = FactKind<ProductEvent, [StockLevel]>(names[3]) {
            if case .stocked(let items) = $0 { items } else { nil }
        }
    }
}
