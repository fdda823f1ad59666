// SPDX-License-Identifier: Apache-2.0
/// One article in one warehouse.

public import Kernel

public struct StockKey: Hashable, Sendable, WireCoded {
    public let sku: SKU
    public let warehouse: Warehouse

    public init(_ sku: SKU, _ warehouse: Warehouse) {
        self.sku = sku
        self.warehouse = warehouse
    }

    public func write(to writer: inout WireWriter) {
        writer.field("sku", sku)
        writer.field("warehouse", warehouse)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        sku = try reader.sku("sku")
        warehouse = try reader.warehouse("warehouse")
    }
}
