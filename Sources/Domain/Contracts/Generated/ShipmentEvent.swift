// SPDX-License-Identifier: Apache-2.0
// Written by `make contracts` from Sources/Domain/Declarations: change it there.
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

    public struct Created: Sendable, Equatable, WireCoded {
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
        WireName(1, "shipment.created.v1"),
        WireName(2, "shipment.attempted.v1"),
        WireName(3, "shipment.deferred.v1"),
        WireName(4, "shipment.labeled.v1"),
        WireName(5, "shipment.shipped.v1"),
        WireName(6, "shipment.delivered.v1"),
        WireName(7, "shipment.cancel-requested.v1"),
        WireName(8, "shipment.canceled.v1"),
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

    public var code: UInt8 {
        switch self {
        case .created: 1
        case .attempted: 2
        case .deferred: 3
        case .labeled: 4
        case .shipped: 5
        case .delivered: 6
        case .cancelRequested: 7
        case .canceled: 8
        }
    }

    public var shipment: ShipmentID {
        switch self {
        case .created(let created): created.shipment
        case .attempted(let shipment, _, _, _): shipment
        case .deferred(let shipment, _, _, _): shipment
        case .labeled(let shipment, _, _, _): shipment
        case .shipped(let shipment, _, _): shipment
        case .delivered(let shipment, _): shipment
        case .cancelRequested(let shipment, _, _): shipment
        case .canceled(let shipment, _): shipment
        }
    }

    public var order: OrderID {
        switch self {
        case .created(let created): created.order
        case .attempted(_, let order, _, _): order
        case .deferred(_, let order, _, _): order
        case .labeled(_, let order, _, _): order
        case .shipped(_, let order, _): order
        case .delivered(_, let order): order
        case .cancelRequested(_, let order, _): order
        case .canceled(_, let order): order
        }
    }

    public var correlation: String? { order.text }
}
