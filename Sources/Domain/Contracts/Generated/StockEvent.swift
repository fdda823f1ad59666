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

    public func write(to writer: inout WireWriter) {
        switch self {
        case .counted(let key, let onHand, let delta):
            key.write(to: &writer)
            writer.field("onHand", onHand)
            writer.field("delta", delta)
        case .held(let movement):
            movement.write(to: &writer)
        case .refused(let hold, let order, let warehouse, let short):
            writer.field("hold", hold)
            writer.field("order", order)
            writer.field("warehouse", warehouse)
            writer.list("short", short)
        case .committed(let movement):
            movement.write(to: &writer)
        case .shipped(let movement):
            movement.write(to: &writer)
        case .released(let movement, let wasAllocated):
            movement.write(to: &writer)
            writer.field("wasAllocated", wasAllocated)
        case .changed(let items):
            writer.list("items", items)
        case .listed(let warehouse, let skus):
            writer.field("warehouse", warehouse)
            writer.list("skus", skus)
        }
    }

    public static func read(
        _ name: WireName, from reader: inout WireReader
    ) throws(WireError) -> Self {
        switch name.code {
        case 1:
            let key: StockKey = try StockKey(from: &reader)
            let onHand: Int64 = try reader.int("onHand")
            let delta: Int64 = try reader.int("delta")
            return .counted(key, onHand: onHand, delta: delta)
        case 2:
            let movement: Movement = try Movement(from: &reader)
            return .held(movement)
        case 3:
            let hold: HoldID = try reader.id("hold")
            let order: OrderID = try reader.id("order")
            let warehouse: Warehouse = try reader.warehouse("warehouse")
            let short: [ShortLine] = try reader.list("short")
            return .refused(hold, order: order, warehouse: warehouse, short: short)
        case 4:
            let movement: Movement = try Movement(from: &reader)
            return .committed(movement)
        case 5:
            let movement: Movement = try Movement(from: &reader)
            return .shipped(movement)
        case 6:
            let movement: Movement = try Movement(from: &reader)
            let wasAllocated: Bool = try reader.bool("wasAllocated")
            return .released(movement, wasAllocated: wasAllocated)
        case 7:
            let items: [StockLevel] = try reader.list("items")
            return .changed(items)
        case 8:
            let warehouse: Warehouse = try reader.warehouse("warehouse")
            let skus: [SKU] = try reader.skus("skus")
            return .listed(warehouse, skus: skus)
        default: throw .unknownName(name.text)
        }
    }
}

extension StockEvent.Movement {
    public func write(to writer: inout WireWriter) {
        writer.field("hold", hold)
        writer.field("order", order)
        writer.field("warehouse", warehouse)
        writer.list("lines", lines)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        hold = try reader.id("hold")
        order = try reader.id("order")
        warehouse = try reader.warehouse("warehouse")
        lines = try reader.list("lines")
    }
}
