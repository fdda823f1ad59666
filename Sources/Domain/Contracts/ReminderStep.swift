// SPDX-License-Identifier: Apache-2.0
/// What a reminder asks for again: whole, so that its receiver needs no memory of the first time.

public import Kernel

extension OrderEvent.Reminded {
    public enum Step: Sendable, Equatable {
        case hold(warehouse: Warehouse, lines: [StockLine])
        case ship(OrderEvent.Confirmed)
        case stopShipment(ShipmentID)
        case giveBack(hold: HoldID?, payment: PaymentID?)
        case capture(PaymentID)
        case track(ShipmentID)
    }
}

extension OrderEvent.Reminded.Step: WireCoded {
    public func write(to writer: inout WireWriter) {
        switch self {
        case .hold(let warehouse, let lines):
            writer.field("kind", "hold")
            writer.field("warehouse", warehouse)
            writer.list("lines", lines)
        case .ship(let confirmed):
            writer.field("kind", "ship")
            writer.field("confirmed", confirmed)
        case .stopShipment(let shipment):
            writer.field("kind", "stop-shipment")
            writer.field("shipment", shipment)
        case .giveBack(let hold, let payment):
            writer.field("kind", "give-back")
            writer.optional("hold", hold.map(Reference.init))
            writer.optional("payment", payment.map(Reference.init))
        case .capture(let payment):
            writer.field("kind", "capture")
            writer.field("payment", payment)
        case .track(let shipment):
            writer.field("kind", "track")
            writer.field("shipment", shipment)
        }
    }

    public init(from reader: inout WireReader) throws(WireError) {
        switch try reader.string("kind") {
        case "hold":
            let warehouse = try reader.warehouse("warehouse")
            self = .hold(warehouse: warehouse, lines: try reader.list("lines"))
        case "ship": self = .ship(try reader.value("confirmed"))
        case "stop-shipment": self = .stopShipment(try reader.id("shipment"))
        case "give-back":
            let hold: HoldID? = try reader.reference("hold")
            self = .giveBack(hold: hold, payment: try reader.reference("payment"))
        case "capture": self = .capture(try reader.id("payment"))
        case "track": self = .track(try reader.id("shipment"))
        default: throw .badField("kind")
        }
    }
}
