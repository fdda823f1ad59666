// SPDX-License-Identifier: Apache-2.0
/// What can happen to a shipment: what we did, and what the carrier says became of it.

public import Kernel

public indirect enum ShipmentEvent: WireEvent {
    /// A parcel is to be sent; with credit this is also the first attempt to get its label.
    case created(Created)
    /// The carrier is about to be called (again), under the same key as before.
    case attempted(ShipmentID, order: OrderID, attempt: Int64, leaseUntil: Timestamp)
    /// The carrier did not answer (a failure) or had nothing new; it will be asked at `retryAt`.
    case deferred(ShipmentID, order: OrderID, isFailure: Bool, retryAt: Timestamp)
    /// The label is bought, the parcel waits for the carrier.
    case labeled(ShipmentID, order: OrderID, tracking: String, askAt: Timestamp)
    /// The carrier has the parcel.
    case shipped(ShipmentID, order: OrderID, askAt: Timestamp)
    /// The customer has the parcel: the end.
    case delivered(ShipmentID, order: OrderID)
    /// The parcel is to be stopped; the carrier decides whether it still can be.
    case cancelRequested(ShipmentID, order: OrderID, start: CallStart)
    /// The parcel stays: the end.
    case canceled(ShipmentID, order: OrderID)

    public struct Created: Sendable, Equatable {
        public let shipment: ShipmentID
        public let order: OrderID
        public let warehouse: Warehouse
        public let units: Int64
        public let recipient: Recipient
        public let start: CallStart

        public init(
            shipment: ShipmentID, order: OrderID, warehouse: Warehouse, units: Int64,
            recipient: Recipient, start: CallStart
        ) {
            self.shipment = shipment
            self.order = order
            self.warehouse = warehouse
            self.units = units
            self.recipient = recipient
            self.start = start
        }
    }
}

extension ShipmentEvent {
    public static let names = [
        WireName(1, "shipment.created.v1"), WireName(2, "shipment.attempted.v1"),
        WireName(3, "shipment.deferred.v1"), WireName(4, "shipment.labeled.v1"),
        WireName(5, "shipment.shipped.v1"), WireName(6, "shipment.delivered.v1"),
        WireName(7, "shipment.cancel-requested.v1"), WireName(8, "shipment.canceled.v1"),
    ]

    public var wireName: WireName {
        switch self {
        case .created: Self.names[0]
        case .attempted: Self.names[1]
        case .deferred: Self.names[2]
        case .labeled: Self.names[3]
        case .shipped: Self.names[4]
        case .delivered: Self.names[5]
        case .cancelRequested: Self.names[6]
        case .canceled: Self.names[7]
        }
    }

    public var shipment: ShipmentID { identity.0 }
    public var order: OrderID { identity.1 }

    private var identity: (ShipmentID, OrderID) {
        switch self {
        case .created(let created): (created.shipment, created.order)
        case .attempted(let shipment, let order, _, _), .deferred(let shipment, let order, _, _),
            .labeled(let shipment, let order, _, _), .shipped(let shipment, let order, _),
            .delivered(let shipment, let order), .cancelRequested(let shipment, let order, _),
            .canceled(let shipment, let order):
            (shipment, order)
        }
    }

    public var correlation: String? { order.text }

    public func write(to writer: inout WireWriter) {
        writer.field("shipment", shipment)
        writer.field("order", order)
        switch self {
        case .created(let created):
            writer.field("warehouse", created.warehouse)
            writer.field("units", created.units)
            writer.field("recipient", created.recipient)
            created.start.write(to: &writer)
        case .attempted(_, _, let attempt, let leaseUntil):
            writer.field("attempt", attempt)
            writer.field("leaseUntil", leaseUntil)
        case .deferred(_, _, let isFailure, let retryAt):
            writer.field("isFailure", isFailure)
            writer.field("retryAt", retryAt)
        case .labeled(_, _, let tracking, let askAt):
            writer.field("tracking", tracking)
            writer.field("askAt", askAt)
        case .shipped(_, _, let askAt): writer.field("askAt", askAt)
        case .cancelRequested(_, _, let start): start.write(to: &writer)
        case .delivered, .canceled: break
        }
    }

    public static func read(
        _ name: WireName, from reader: inout WireReader
    ) throws(WireError) -> Self {
        let shipment: ShipmentID = try reader.id("shipment")
        let order: OrderID = try reader.id("order")
        switch name.code {
        case 1:
            let warehouse = try reader.warehouse("warehouse")
            let units = try reader.int("units")
            let recipient = try reader.value("recipient", of: Recipient.self)
            return .created(
                Created(
                    shipment: shipment, order: order, warehouse: warehouse, units: units,
                    recipient: recipient, start: try CallStart(from: &reader)))
        case 2:
            let attempt = try reader.int("attempt")
            return .attempted(
                shipment, order: order, attempt: attempt,
                leaseUntil: try reader.timestamp("leaseUntil"))
        case 3:
            let isFailure = try reader.bool("isFailure")
            return .deferred(
                shipment, order: order, isFailure: isFailure,
                retryAt: try reader.timestamp("retryAt"))
        case 4:
            let tracking = try reader.string("tracking")
            return .labeled(
                shipment, order: order, tracking: tracking, askAt: try reader.timestamp("askAt"))
        case 5: return .shipped(shipment, order: order, askAt: try reader.timestamp("askAt"))
        case 6: return .delivered(shipment, order: order)
        case 7:
            return .cancelRequested(shipment, order: order, start: try CallStart(from: &reader))
        case 8: return .canceled(shipment, order: order)
        default: throw .unknownName(name.text)
        }
    }
}
