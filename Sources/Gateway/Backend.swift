// SPDX-License-Identifier: Apache-2.0
/// What the gateway needs of the house behind it: doors to submit and to ask, and nothing else.

package import Contracts
package import InventoryDomain
package import JSONCodec
package import Kernel
package import NodeEngine
package import OrdersDomain
import OrdersService
package import Ports

/// An order of a list. One that can't be read keeps its place: it is not silently missing, and the
/// others are served.
package enum ListedOrder: Sendable {
    case order(OrderID, Entity<OrderState>)
    case unreadable(OrderID)

    package var id: OrderID {
        switch self {
        case .order(let id, _), .unreadable(let id): id
        }
    }

    /// As a JSON object.
    package func write(to json: inout JSONWriter) {
        switch self {
        case .order(_, let order):
            OrderView.write(order.state, version: order.version, to: &json)
        case .unreadable(let id): OrderView.write(unreadable: id, to: &json)
        }
    }
}

/// The doors of the house. `submit…` answers after the commit; questions go to readers.
package struct Backend: Sendable {
    package typealias Submit<Command> =
        @Sendable (
            _ command: Command, _ principal: Principal, _ request: Request, _ trace: String?
        ) async -> Reply

    package let submitOrder: Submit<OrderCommand>
    package let submitStock: Submit<StockCommand>
    package let order: @Sendable (OrderID) throws -> Entity<OrderState>?
    /// The order's events as a JSON array, oldest first; nil when there is no such order.
    package let orderEvents: @Sendable (OrderID) throws -> [UInt8]?
    /// Orders in the order of their ids, after a cursor.
    package let orders: @Sendable (_ after: OrderID?, _ limit: Int) throws -> [ListedOrder]
    package let stock: @Sendable (StockKey) throws -> Entity<InventoryState>?
    package let vault: any Vault
    /// A new number for an order in `bucket`, greater than all before it.
    package let makeID: @Sendable (_ bucket: UInt16) async throws -> UUIDv7
    package let entropy: any Entropy
    package let isReady: @Sendable () -> Bool
    /// What operators may see of the house, as a JSON object.
    package let status: @Sendable () -> [UInt8]

    package init(
        submitOrder: @escaping Submit<OrderCommand>, submitStock: @escaping Submit<StockCommand>,
        order: @escaping @Sendable (OrderID) throws -> Entity<OrderState>?,
        orderEvents: @escaping @Sendable (OrderID) throws -> [UInt8]?,
        orders: @escaping @Sendable (OrderID?, Int) throws -> [ListedOrder],
        stock: @escaping @Sendable (StockKey) throws -> Entity<InventoryState>?,
        vault: any Vault, makeID: @escaping @Sendable (UInt16) async throws -> UUIDv7,
        entropy: any Entropy,
        isReady: @escaping @Sendable () -> Bool, status: @escaping @Sendable () -> [UInt8]
    ) {
        self.submitOrder = submitOrder
        self.submitStock = submitStock
        self.order = order
        self.orderEvents = orderEvents
        self.orders = orders
        self.stock = stock
        self.vault = vault
        self.makeID = makeID
        self.entropy = entropy
        self.isReady = isReady
        self.status = status
    }
}
