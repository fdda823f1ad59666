// SPDX-License-Identifier: Apache-2.0
// Written by `make contracts` from Sources/Domain/Declarations: change it there.
/// Each fact by itself, for tables by fact.

public import Kernel

extension ShipmentEvent {
    public enum Kind {
        public static let created = FactKind<ShipmentEvent, Created>(names[0]) {
            if case .created(let created) = $0 { created } else { nil }
        }
        public static let attempted = FactKind<
            ShipmentEvent, (
                shipment: ShipmentID, order: OrderID, attempt: Int64, leaseUntil: Timestamp)
        >(names[1]) { fact in
            guard case .attempted(let shipment, let order, let attempt, let leaseUntil) = fact
            else { return nil }
            return (shipment, order, attempt, leaseUntil)
        }
        public static let deferred = FactKind<
            ShipmentEvent, (
                shipment: ShipmentID, order: OrderID, isFailure: Bool, retryAt: Timestamp)
        >(names[2]) { fact in
            guard case .deferred(let shipment, let order, let isFailure, let retryAt) = fact
            else { return nil }
            return (shipment, order, isFailure, retryAt)
        }
        public static let labeled = FactKind<
            ShipmentEvent, (
                shipment: ShipmentID, order: OrderID, tracking: String, askAt: Timestamp)
        >(names[3]) { fact in
            guard case .labeled(let shipment, let order, let tracking, let askAt) = fact
            else { return nil }
            return (shipment, order, tracking, askAt)
        }
        public static let shipped = FactKind<
            ShipmentEvent, (shipment: ShipmentID, order: OrderID, askAt: Timestamp)
        >(names[4]) { fact in
            guard case .shipped(let shipment, let order, let askAt) = fact
            else { return nil }
            return (shipment, order, askAt)
        }
        public static let delivered = FactKind<
            ShipmentEvent, (shipment: ShipmentID, order: OrderID)
        >(names[5]) { fact in
            guard case .delivered(let shipment, let order) = fact
            else { return nil }
            return (shipment, order)
        }
        public static let cancelRequested = FactKind<
            ShipmentEvent, (shipment: ShipmentID, order: OrderID, start: CallStart)
        >(names[6]) { fact in
            guard case .cancelRequested(let shipment, let order, let start) = fact
            else { return nil }
            return (shipment, order, start)
        }
        public static let canceled = FactKind<
            ShipmentEvent, (shipment: ShipmentID, order: OrderID)
        >(names[7]) { fact in
            guard case .canceled(let shipment, let order) = fact
            else { return nil }
            return (shipment, order)
        }
    }
}
