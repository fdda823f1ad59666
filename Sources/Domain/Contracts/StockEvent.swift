// SPDX-License-Identifier: Apache-2.0
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

    /// The lines of one hold, moved together. Without lines nothing moves: the fact is only told
    /// again, to someone who may not have heard it.
    public struct Movement: Sendable, Equatable {
        public let hold: HoldID
        public let order: OrderID
        public let warehouse: Warehouse
        /// Each article once, in ascending order.
        public let lines: [StockLine]

        /// The same movement, only told again.
        public var toldAgain: Movement {
            Movement(hold: hold, order: order, warehouse: warehouse, lines: [])
        }

        /// The units of `sku`; 0 when it is not in the movement. Found by halving where the lines
        /// are in ascending order, as they are as a rule; an order may have two thousand.
        public func units(of sku: SKU) -> Int64 {
            let found = lines.count > 8 ? unitsByHalving(sku) : nil
            return found ?? lines.first { $0.sku == sku }?.units ?? 0
        }

        private func unitsByHalving(_ sku: SKU) -> Int64? {
            var low = 0
            var high = lines.count
            while low < high {
                let middle = (low + high) / 2
                if lines[middle].sku < sku { low = middle + 1 } else { high = middle }
            }
            return low < lines.count && lines[low].sku == sku ? lines[low].units : nil
        }

        public init(hold: HoldID, order: OrderID, warehouse: Warehouse, lines: [StockLine]) {
            self.hold = hold
            self.order = order
            self.warehouse = warehouse
            self.lines = lines
        }
    }
}

/// One article in one warehouse.
public struct StockKey: Hashable, Sendable {
    public let sku: SKU
    public let warehouse: Warehouse

    public init(_ sku: SKU, _ warehouse: Warehouse) {
        self.sku = sku
        self.warehouse = warehouse
    }
}

extension StockEvent {
    public static let names = [
        WireName(1, "stock.counted.v1"), WireName(2, "stock.held.v1"),
        WireName(3, "stock.refused.v1"), WireName(4, "stock.committed.v1"),
        WireName(5, "stock.shipped.v1"), WireName(6, "stock.released.v1"),
    ]

    public var wireName: WireName {
        switch self {
        case .counted: Self.names[0]
        case .held: Self.names[1]
        case .refused: Self.names[2]
        case .committed: Self.names[3]
        case .shipped: Self.names[4]
        case .released: Self.names[5]
        }
    }

    public var correlation: String? {
        switch self {
        case .counted: nil
        case .refused(_, let order, _, _): order.text
        case .held(let movement), .committed(let movement), .shipped(let movement),
            .released(let movement, _):
            movement.order.text
        }
    }

    public func write(to writer: inout WireWriter) {
        switch self {
        case .counted(let key, let onHand, let delta):
            writer.field("sku", key.sku)
            writer.field("warehouse", key.warehouse)
            writer.field("onHand", onHand)
            writer.field("delta", delta)
        case .refused(let hold, let order, let warehouse, let short):
            writer.field("hold", hold)
            writer.field("order", order)
            writer.field("warehouse", warehouse)
            writer.list("short", short)
        case .held(let movement), .committed(let movement), .shipped(let movement),
            .released(let movement, _):
            writer.field("hold", movement.hold)
            writer.field("order", movement.order)
            writer.field("warehouse", movement.warehouse)
            writer.list("lines", movement.lines)
            if case .released(_, let wasAllocated) = self {
                writer.field("wasAllocated", wasAllocated)
            }
        }
    }

    public static func read(
        _ name: WireName, from reader: inout WireReader
    ) throws(WireError) -> Self {
        switch name.code {
        case 1:
            let sku = try reader.sku("sku")
            let key = StockKey(sku, try reader.warehouse("warehouse"))
            let onHand = try reader.int("onHand")
            return .counted(key, onHand: onHand, delta: try reader.int("delta"))
        case 2: return .held(try movement(&reader))
        case 3:
            let hold: HoldID = try reader.id("hold")
            let order: OrderID = try reader.id("order")
            let warehouse = try reader.warehouse("warehouse")
            return .refused(
                hold, order: order, warehouse: warehouse, short: try reader.list("short"))
        case 4: return .committed(try movement(&reader))
        case 5: return .shipped(try movement(&reader))
        case 6:
            let movement = try movement(&reader)
            return .released(movement, wasAllocated: try reader.bool("wasAllocated"))
        default: throw .unknownName(name.text)
        }
    }

    private static func movement(_ reader: inout WireReader) throws(WireError) -> Movement {
        let hold: HoldID = try reader.id("hold")
        let order: OrderID = try reader.id("order")
        let warehouse = try reader.warehouse("warehouse")
        return Movement(
            hold: hold, order: order, warehouse: warehouse, lines: try reader.list("lines"))
    }
}
