// SPDX-License-Identifier: Apache-2.0
// Written by `make contracts` from Sources/Domain/Declarations: change it there.
/// Each fact by itself, for tables by fact.

public import Kernel

extension OrderEvent {
    public enum Kind {
        public static let placed = FactKind<OrderEvent, Placed>(names[0]) {
            if case .placed(let placed) = $0 { placed } else { nil }
        }
        public static let reserved = FactKind<OrderEvent, Reserved>(names[1]) {
            if case .reserved(let reserved) = $0 { reserved } else { nil }
        }
        public static let rejected = FactKind<
            OrderEvent, (order: OrderID, short: [ShortLine])
        >(names[2]) { fact in
            guard case .rejected(let order, let short) = fact
            else { return nil }
            return (order, short)
        }
        public static let confirmed = FactKind<OrderEvent, Confirmed>(names[3]) {
            if case .confirmed(let confirmed) = $0 { confirmed } else { nil }
        }
        public static let inFulfillment = FactKind<OrderEvent, OrderID>(names[4]) {
            if case .inFulfillment(let order) = $0 { order } else { nil }
        }
        public static let canceling = FactKind<
            OrderEvent, (order: OrderID, reason: CancelReason, shipment: ShipmentID?)
        >(names[5]) { fact in
            guard case .canceling(let order, let reason, let shipment) = fact
            else { return nil }
            return (order, reason, shipment)
        }
        public static let stopped = FactKind<OrderEvent, Stopped>(names[6]) {
            if case .stopped(let stopped) = $0 { stopped } else { nil }
        }
        public static let cancelFailed = FactKind<OrderEvent, CancelFailed>(names[7]) {
            if case .cancelFailed(let cancelFailed) = $0 { cancelFailed } else { nil }
        }
        public static let canceled = FactKind<OrderEvent, Canceled>(names[8]) {
            if case .canceled(let canceled) = $0 { canceled } else { nil }
        }
        public static let completed = FactKind<OrderEvent, OrderID>(names[9]) {
            if case .completed(let order) = $0 { order } else { nil }
        }
        public static let reminded = FactKind<OrderEvent, Reminded>(names[10]) {
            if case .reminded(let reminded) = $0 { reminded } else { nil }
        }
        public static let paid = FactKind<OrderEvent, OrderID>(names[11]) {
            if case .paid(let order) = $0 { order } else { nil }
        }
        public static let delivered = FactKind<OrderEvent, OrderID>(names[12]) {
            if case .delivered(let order) = $0 { order } else { nil }
        }
        public static let stockReturned = FactKind<OrderEvent, OrderID>(names[13]) {
            if case .stockReturned(let order) = $0 { order } else { nil }
        }
        public static let paymentUndone = FactKind<OrderEvent, OrderID>(names[14]) {
            if case .paymentUndone(let order) = $0 { order } else { nil }
        }
        public static let exception = FactKind<
            OrderEvent, (order: OrderID, reason: ExceptionReason)
        >(names[15]) { fact in
            guard case .exception(let order, let reason) = fact
            else { return nil }
            return (order, reason)
        }
    }
}
