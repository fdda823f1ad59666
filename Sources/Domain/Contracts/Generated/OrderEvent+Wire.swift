// SPDX-License-Identifier: Apache-2.0
// Written by `make contracts` from Sources/Domain/Declarations: change it there.
/// How each fact is read and written, in the binary form and as JSON.

public import Kernel

extension OrderEvent {
    public func write(to writer: inout WireWriter) {
        switch self {
        case .placed(let placed): placed.write(to: &writer)
        case .reserved(let reserved): reserved.write(to: &writer)
        case .rejected(let order, let short):
            writer.field("order", order)
            writer.list("short", short)
        case .confirmed(let confirmed): confirmed.write(to: &writer)
        case .inFulfillment(let order):
            writer.field("order", order)
        case .canceling(let order, let reason, let shipment):
            writer.field("order", order)
            writer.slug("reason", reason)
            writer.optional("shipment", shipment.map(Reference.init))
        case .stopped(let stopped): stopped.write(to: &writer)
        case .cancelFailed(let cancelFailed): cancelFailed.write(to: &writer)
        case .canceled(let canceled): canceled.write(to: &writer)
        case .completed(let order):
            writer.field("order", order)
        case .reminded(let reminded): reminded.write(to: &writer)
        case .paid(let order):
            writer.field("order", order)
        case .delivered(let order):
            writer.field("order", order)
        case .stockReturned(let order):
            writer.field("order", order)
        case .paymentUndone(let order):
            writer.field("order", order)
        case .exception(let order, let reason):
            writer.field("order", order)
            writer.slug("reason", reason)
        }
    }

    public static func read(
        _ name: WireName, from reader: inout WireReader
    ) throws(WireError) -> Self {
        switch name.code {
        case 1: return .placed(try Placed(from: &reader))
        case 2: return .reserved(try Reserved(from: &reader))
        case 3:
            let order: OrderID = try reader.id("order")
            let short: [ShortLine] = try reader.list("short")
            return .rejected(order, short: short)
        case 4: return .confirmed(try Confirmed(from: &reader))
        case 5:
            let order: OrderID = try reader.id("order")
            return .inFulfillment(order)
        case 6:
            let order: OrderID = try reader.id("order")
            let reason: CancelReason = try reader.slug("reason")
            let shipment: ShipmentID? = try reader.reference("shipment")
            return .canceling(order, reason: reason, shipment: shipment)
        case 7: return .stopped(try Stopped(from: &reader))
        case 8: return .cancelFailed(try CancelFailed(from: &reader))
        case 9: return .canceled(try Canceled(from: &reader))
        case 10:
            let order: OrderID = try reader.id("order")
            return .completed(order)
        case 11: return .reminded(try Reminded(from: &reader))
        case 12:
            let order: OrderID = try reader.id("order")
            return .paid(order)
        case 13:
            let order: OrderID = try reader.id("order")
            return .delivered(order)
        case 14:
            let order: OrderID = try reader.id("order")
            return .stockReturned(order)
        case 15:
            let order: OrderID = try reader.id("order")
            return .paymentUndone(order)
        case 16:
            let order: OrderID = try reader.id("order")
            let reason: ExceptionReason = try reader.slug("reason")
            return .exception(order, reason: reason)
        default: throw .unknownName(name.text)
        }
    }
}

extension OrderEvent.Placed {
    public func write(to writer: inout WireWriter) {
        writer.field("order", order)
        writer.list("lines", lines)
        writer.list("adjustments", adjustments)
        writer.field("total", total)
        writer.field("warehouse", warehouse)
        writer.field("origin", origin)
        writer.field("recipient", recipient)
        writer.secret("paymentToken", paymentToken)
        writer.secret("principal", principal.name)
        writer.field("at", at)
        writer.field("remindAt", remindAt)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        order = try reader.id("order")
        lines = try reader.list("lines")
        adjustments = try reader.list("adjustments")
        total = try reader.money("total")
        warehouse = try reader.warehouse("warehouse")
        origin = try reader.value("origin")
        recipient = try reader.value("recipient")
        paymentToken = try reader.string("paymentToken")
        principal = try reader.principal("principal")
        at = try reader.timestamp("at")
        remindAt = try reader.timestamp("remindAt")
    }
}

extension OrderEvent.Reserved {
    public func write(to writer: inout WireWriter) {
        writer.field("order", order)
        writer.field("amount", amount)
        writer.secret("paymentToken", paymentToken)
        writer.field("expiresAt", expiresAt)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        order = try reader.id("order")
        amount = try reader.money("amount")
        paymentToken = try reader.string("paymentToken")
        expiresAt = try reader.timestamp("expiresAt")
    }
}

extension OrderEvent.Confirmed {
    public func write(to writer: inout WireWriter) {
        writer.field("order", order)
        writer.field("warehouse", warehouse)
        writer.field("total", total)
        writer.field("units", units)
        writer.field("recipient", recipient)
        writer.field("remindAt", remindAt)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        order = try reader.id("order")
        warehouse = try reader.warehouse("warehouse")
        total = try reader.money("total")
        units = try reader.int("units")
        recipient = try reader.value("recipient")
        remindAt = try reader.timestamp("remindAt")
    }
}

extension OrderEvent.Stopped {
    public func write(to writer: inout WireWriter) {
        writer.field("order", order)
        writer.slug("reason", reason)
        writer.optional("hold", hold.map(Reference.init))
        writer.optional("payment", payment.map(Reference.init))
        writer.field("remindAt", remindAt)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        order = try reader.id("order")
        reason = try reader.slug("reason")
        hold = try reader.reference("hold")
        payment = try reader.reference("payment")
        remindAt = try reader.timestamp("remindAt")
    }
}

extension OrderEvent.CancelFailed {
    public func write(to writer: inout WireWriter) {
        writer.field("order", order)
        writer.slug("reason", reason)
        writer.field("total", total)
        writer.field("recipient", recipient)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        order = try reader.id("order")
        reason = try reader.slug("reason")
        total = try reader.money("total")
        recipient = try reader.value("recipient")
    }
}

extension OrderEvent.Canceled {
    public func write(to writer: inout WireWriter) {
        writer.field("order", order)
        writer.slug("reason", reason)
        writer.field("total", total)
        writer.field("recipient", recipient)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        order = try reader.id("order")
        reason = try reader.slug("reason")
        total = try reader.money("total")
        recipient = try reader.value("recipient")
    }
}

extension OrderEvent.Reminded {
    public func write(to writer: inout WireWriter) {
        writer.field("order", order)
        writer.field("step", step)
        writer.field("remindAt", remindAt)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        order = try reader.id("order")
        step = try reader.value("step")
        remindAt = try reader.timestamp("remindAt")
    }
}
