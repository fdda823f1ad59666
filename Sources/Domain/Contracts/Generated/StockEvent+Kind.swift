// SPDX-License-Identifier: Apache-2.0
// Written by `make contracts` from Sources/Domain/Declarations: change it there.
/// Each fact by itself, for tables by fact.

public import Kernel

extension StockEvent {
    public enum Kind {
        public static let counted = FactKind<
            StockEvent, (key: StockKey, onHand: Int64, delta: Int64)
        >(names[0]) { fact in
            guard case .counted(let key, let onHand, let delta) = fact
            else { return nil }
            return (key, onHand, delta)
        }
        public static let held = FactKind<StockEvent, Movement>(names[1]) {
            if case .held(let movement) = $0 { movement } else { nil }
        }
        public static let refused = FactKind<
            StockEvent, (hold: HoldID, order: OrderID, warehouse: Warehouse, short: [ShortLine])
        >(names[2]) { fact in
            guard case .refused(let hold, let order, let warehouse, let short) = fact
            else { return nil }
            return (hold, order, warehouse, short)
        }
        public static let committed = FactKind<StockEvent, Movement>(names[3]) {
            if case .committed(let movement) = $0 { movement } else { nil }
        }
        public static let shipped = FactKind<StockEvent, Movement>(names[4]) {
            if case .shipped(let movement) = $0 { movement } else { nil }
        }
        public static let released = FactKind<
            StockEvent, (movement: Movement, wasAllocated: Bool)
        >(names[5]) { fact in
            guard case .released(let movement, let wasAllocated) = fact
            else { return nil }
            return (movement, wasAllocated)
        }
        public static let changed = FactKind<StockEvent, [StockLevel]>(names[6]) {
            if case .changed(let items) = $0 { items } else { nil }
        }
        public static let listed = FactKind<
            StockEvent, (warehouse: Warehouse, skus: [SKU])
        >(names[7]) { fact in
            guard case .listed(let warehouse, let skus) = fact
            else { return nil }
            return (warehouse, skus)
        }
    }
}
