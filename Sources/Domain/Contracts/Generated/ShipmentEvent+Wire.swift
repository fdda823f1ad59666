// SPDX-License-Identifier: Apache-2.0
// Written by `make contracts` from Sources/Domain/Declarations: change it there.
/// How each fact is read and written, in the binary form and as JSON.

public import Kernel

extension ShipmentEvent {
    public func write(to writer: inout WireWriter) {
        switch self {
        case .created(let created): created.write(to: &writer)
        case .attempted(let shipment, let order, let attempt, let leaseUntil):
            writer.field("shipment", shipment)
            writer.field("order", order)
            writer.field("attempt", attempt)
            writer.field("leaseUntil", leaseUntil)
        case .deferred(let shipment, let order, let isFailure, let retryAt):
            writer.field("shipment", shipment)
            writer.field("order", order)
            writer.field("isFailure", isFailure)
            writer.field("retryAt", retryAt)
        case .labeled(let shipment, let order, let tracking, let askAt):
            writer.field("shipment", shipment)
            writer.field("order", order)
            writer.field("tracking", tracking)
            writer.field("askAt", askAt)
        case .shipped(let shipment, let order, let askAt):
            writer.field("shipment", shipment)
            writer.field("order", order)
            writer.field("askAt", askAt)
        case .delivered(let shipment, let order):
            writer.field("shipment", shipment)
            writer.field("order", order)
        case .cancelRequested(let shipment, let order, let start):
            writer.field("shipment", shipment)
            writer.field("order", order)
            start.write(to: &writer)
        case .canceled(let shipment, let order):
            writer.field("shipment", shipment)
            writer.field("order", order)
        }
    }

    public static func read(
        _ name: WireName, from reader: inout WireReader
    ) throws(WireError) -> Self {
        switch name.code {
        case 1: return .created(try Created(from: &reader))
        case 2:
            let shipment: ShipmentID = try reader.id("shipment")
            let order: OrderID = try reader.id("order")
            let attempt: Int64 = try reader.int("attempt")
            let leaseUntil: Timestamp = try reader.timestamp("leaseUntil")
            return .attempted(shipment, order: order, attempt: attempt, leaseUntil: leaseUntil)
        case 3:
            let shipment: ShipmentID = try reader.id("shipment")
            let order: OrderID = try reader.id("order")
            let isFailure: Bool = try reader.bool("isFailure")
            let retryAt: Timestamp = try reader.timestamp("retryAt")
            return .deferred(shipment, order: order, isFailure: isFailure, retryAt: retryAt)
        case 4:
            let shipment: ShipmentID = try reader.id("shipment")
            let order: OrderID = try reader.id("order")
            let tracking: String = try reader.string("tracking")
            let askAt: Timestamp = try reader.timestamp("askAt")
            return .labeled(shipment, order: order, tracking: tracking, askAt: askAt)
        case 5:
            let shipment: ShipmentID = try reader.id("shipment")
            let order: OrderID = try reader.id("order")
            let askAt: Timestamp = try reader.timestamp("askAt")
            return .shipped(shipment, order: order, askAt: askAt)
        case 6:
            let shipment: ShipmentID = try reader.id("shipment")
            let order: OrderID = try reader.id("order")
            return .delivered(shipment, order: order)
        case 7:
            let shipment: ShipmentID = try reader.id("shipment")
            let order: OrderID = try reader.id("order")
            let start: CallStart = try CallStart(from: &reader)
            return .cancelRequested(shipment, order: order, start: start)
        case 8:
            let shipment: ShipmentID = try reader.id("shipment")
            let order: OrderID = try reader.id("order")
            return .canceled(shipment, order: order)
        default: throw .unknownName(name.text)
        }
    }
}

extension ShipmentEvent.Created {
    public func write(to writer: inout WireWriter) {
        writer.field("shipment", shipment)
        writer.field("order", order)
        writer.field("warehouse", warehouse)
        writer.field("units", units)
        writer.field("recipient", recipient)
        start.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        shipment = try reader.id("shipment")
        order = try reader.id("order")
        warehouse = try reader.warehouse("warehouse")
        units = try reader.int("units")
        recipient = try reader.value("recipient")
        start = try CallStart(from: &reader)
    }
}
