// SPDX-License-Identifier: Apache-2.0
// Written by `make contracts` from Sources/Domain/Declarations: change it there.
/// How each fact is read and written, in the binary form and as JSON.

public import Kernel

extension StockEvent {
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
