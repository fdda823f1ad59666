// SPDX-License-Identifier: Apache-2.0
// Written by `make contracts` from Sources/Domain/Declarations: change it there.
/// What can happen to stock. One event may change a hold and all the items that it names.

public import Kernel

public indirect enum StockEvent: WireEvent {
    /// Someone counted, or goods arrived: there are now `onHand` units, `delta` more than before.
    case counted(StockKey, onHand: Int64, delta: Int64)
    /// Every line of the order is set aside.
    case held(Movement)
    /// At least one line was short; nothing is set aside.
    case refused(HoldID, order: OrderID, warehouse: Warehouse, short: [ShortLine])
    /// Sold: what was held is now allocated to the order.
    case committed(Movement)
    /// Left the house: allocated units are no longer on hand.
    case shipped(Movement)
    /// Given back: held or, if `wasAllocated`, allocated units are available again.
    case released(Movement, wasAllocated: Bool)
    /// Noticeably more or fewer units can be had: up to 10 exactly, above that rounded down to 12,
    /// 16, 24, 32, 48, 64 and so on.
    case changed([StockLevel])
    /// These articles are known from now on, with no units yet.
    case listed(Warehouse, skus: [SKU])

    /// The lines of one hold, moved together. Without lines nothing moves: the fact is only told
    /// again, to someone who may not have heard it.
    public struct Movement: Sendable, Equatable, WireCoded {
        public let hold: HoldID
        public let order: OrderID
        public let warehouse: Warehouse
        /// Each article once, in ascending order.
        public let lines: [StockLine]

        public init(hold: HoldID, order: OrderID, warehouse: Warehouse, lines: [StockLine]) {
            self.hold = hold
            self.order = order
            self.warehouse = warehouse
            self.lines = lines
        }
    }
}

extension StockEvent {
    public static let names = [
        WireName(1, "stock.counted.v1"),
        WireName(2, "stock.held.v1"),
        WireName(3, "stock.refused.v1"),
        WireName(4, "stock.committed.v1"),
        WireName(5, "stock.shipped.v1"),
        WireName(6, "stock.released.v1"),
        WireName(7, "stock.changed.v1"),
        WireName(8, "stock.listed.v1"),
    ]

    public var wireName: WireName {
        switch self {
        case .counted: Self.names[0]
        case .held: Self.names[1]
        case .refused: Self.names[2]
        case .committed: Self.names[3]
        case .shipped: Self.names[4]
        case .released: Self.names[5]
        case .changed: Self.names[6]
        case .listed: Self.names[7]
        }
    }

    public var code: UInt8 {
        switch self {
        case .counted: 1
        case .held: 2
        case .refused: 3
        case .committed: 4
        case .shipped: 5
        case .released: 6
        case .changed: 7
        case .listed: 8
        }
    }

    public var correlation: String? {
        switch self {
        case .counted: nil
        case .held(let movement): movement.order.text
        case .refused(_, let order, _, _): order.text
        case .committed(let movement): movement.order.text
        case .shipped(let movement): movement.order.text
        case .released(let movement, _): movement.order.text
        case .changed: nil
        case .listed: nil
        }
    }
}
