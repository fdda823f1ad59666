// SPDX-License-Identifier: Apache-2.0
/// What those who compare callers' answers with orders ask the ledger.

package import Contracts
import Kernel

extension Ledger {
    /// The number of events of `order`; 0 when there is none.
    package func version(of order: OrderID) -> Int64 {
        entry(of: order)?.base.stream.version ?? 0
    }

    /// True when a cancel of `order` was recorded, and its parcel had left.
    func hasFailedToCancel(_ order: OrderID) -> Bool {
        entry(of: order).map { $0.cancelFailedAt != 0 } ?? false
    }

    /// True when it is decided whether the order's stock is held.
    func isDecided(_ order: OrderID) -> Bool {
        entry(of: order).map { $0.place != .reserving && $0.isPlaced } ?? false
    }

    private func entry(of order: OrderID) -> OrderEntry? {
        context.orders.known(order).map { judge.orders.entry($0) }
    }

    /// Every order that was made of a request with an identity.
    func forEachRequest(_ body: (OrderID, UInt64, Timestamp) -> Void) {
        judge.orders.entries.forEach { order in
            guard order.request != 0 else { return }
            body(context.orders.ids[order.base.orderNumber], order.request, order.placedAt)
        }
    }
}
