// SPDX-License-Identifier: Apache-2.0
/// Orders' facts on disk and on the wire.

public import Kernel

extension OrderEvent {
    public static let names = [
        WireName(1, "order.placed.v1"), WireName(2, "order.reserved.v1"),
        WireName(3, "order.rejected.v1"), WireName(4, "order.confirmed.v1"),
        WireName(5, "order.in-fulfillment.v1"), WireName(6, "order.canceling.v1"),
        WireName(7, "order.stopped.v1"), WireName(8, "order.cancel-failed.v1"),
        WireName(9, "order.canceled.v1"), WireName(10, "order.completed.v1"),
        WireName(11, "order.reminded.v1"), WireName(12, "order.paid.v1"),
        WireName(13, "order.delivered.v1"), WireName(14, "order.stock-returned.v1"),
        WireName(15, "order.payment-undone.v1"), WireName(16, "order.exception.v1"),
    ]

    public var wireName: WireName {
        switch self {
        case .placed: Self.names[0]
        case .reserved: Self.names[1]
        case .rejected: Self.names[2]
        case .confirmed: Self.names[3]
        case .inFulfillment: Self.names[4]
        case .canceling: Self.names[5]
        case .stopped: Self.names[6]
        case .cancelFailed: Self.names[7]
        case .canceled: Self.names[8]
        case .completed: Self.names[9]
        case .reminded: Self.names[10]
        case .paid: Self.names[11]
        case .delivered: Self.names[12]
        case .stockReturned: Self.names[13]
        case .paymentUndone: Self.names[14]
        case .exception: Self.names[15]
        }
    }

    public var order: OrderID {
        switch self {
        case .placed(let placed): placed.order
        case .reserved(let reserved): reserved.order
        case .confirmed(let confirmed): confirmed.order
        case .stopped(let stopped): stopped.order
        case .canceled(let canceled): canceled.order
        case .cancelFailed(let failed): failed.order
        case .reminded(let reminded): reminded.order
        case .rejected(let order, _), .inFulfillment(let order), .canceling(let order, _, _),
            .completed(let order), .paid(let order), .delivered(let order),
            .stockReturned(let order), .paymentUndone(let order), .exception(let order, _):
            order
        }
    }

    public var correlation: String? { order.text }

    public func write(to writer: inout WireWriter) {
        writer.field("order", order)
        switch self {
        case .placed(let placed): placed.writeRest(to: &writer)
        case .reserved(let reserved):
            writer.field("amount", reserved.amount)
            writer.secret("paymentToken", reserved.paymentToken)
            writer.field("expiresAt", reserved.expiresAt)
        case .rejected(_, let short): writer.list("short", short)
        case .confirmed(let confirmed): confirmed.writeRest(to: &writer)
        case .canceling(_, let reason, let shipment):
            writer.slug("reason", reason)
            writer.optional("shipment", shipment.map(Reference.init))
        case .stopped(let stopped):
            writer.slug("reason", stopped.reason)
            writer.optional("hold", stopped.hold.map(Reference.init))
            writer.optional("payment", stopped.payment.map(Reference.init))
            writer.field("remindAt", stopped.remindAt)
        case .canceled(let canceled):
            writer.slug("reason", canceled.reason)
            writer.field("total", canceled.total)
            writer.field("recipient", canceled.recipient)
        case .cancelFailed(let failed):
            writer.slug("reason", failed.reason)
            writer.field("total", failed.total)
            writer.field("recipient", failed.recipient)
        case .reminded(let reminded):
            writer.field("step", reminded.step)
            writer.field("remindAt", reminded.remindAt)
        case .exception(_, let reason): writer.slug("reason", reason)
        case .inFulfillment, .completed, .paid, .delivered, .stockReturned, .paymentUndone: break
        }
    }

    public static func read(
        _ name: WireName, from reader: inout WireReader
    ) throws(WireError) -> Self {
        let order: OrderID = try reader.id("order")
        switch name.code {
        case 1: return .placed(try Placed(order, restFrom: &reader))
        case 2:
            return .reserved(
                Reserved(
                    order: order, amount: try reader.money("amount"),
                    paymentToken: try reader.string("paymentToken"),
                    expiresAt: try reader.timestamp("expiresAt")))
        case 3: return .rejected(order, short: try reader.list("short"))
        case 4: return .confirmed(try Confirmed(order, restFrom: &reader))
        case 5: return .inFulfillment(order)
        case 6:
            return .canceling(
                order, reason: try reader.slug("reason"),
                shipment: try reader.reference("shipment"))
        case 7:
            return .stopped(
                Stopped(
                    order: order, reason: try reader.slug("reason"),
                    hold: try reader.reference("hold"), payment: try reader.reference("payment"),
                    remindAt: try reader.timestamp("remindAt")))
        case 8:
            return .cancelFailed(
                CancelFailed(
                    order: order, reason: try reader.slug("reason"),
                    total: try reader.money("total"), recipient: try reader.value("recipient")))
        case 9:
            return .canceled(
                Canceled(
                    order: order, reason: try reader.slug("reason"),
                    total: try reader.money("total"), recipient: try reader.value("recipient")))
        case 10: return .completed(order)
        case 11:
            let step = try reader.value("step", of: Reminded.Step.self)
            return .reminded(
                Reminded(order: order, step: step, remindAt: try reader.timestamp("remindAt")))
        case 12: return .paid(order)
        case 13: return .delivered(order)
        case 14: return .stockReturned(order)
        case 15: return .paymentUndone(order)
        case 16: return .exception(order, reason: try reader.slug("reason"))
        default: throw .unknownName(name.text)
        }
    }
}

extension OrderEvent.Placed {
    func writeRest(to writer: inout WireWriter) {
        writer.list("lines", lines)
        writer.field("total", total)
        writer.field("warehouse", warehouse)
        writer.field("recipient", recipient)
        writer.secret("paymentToken", paymentToken)
        writer.secret("principal", principal.name)
        writer.field("at", at)
        writer.field("remindAt", remindAt)
    }

    init(_ order: OrderID, restFrom reader: inout WireReader) throws(WireError) {
        let lines = try reader.list("lines", of: OrderLine.self)
        let total = try reader.money("total")
        let warehouse = try reader.warehouse("warehouse")
        let recipient = try reader.value("recipient", of: Recipient.self)
        let token = try reader.string("paymentToken")
        guard let principal = Principal(try reader.string("principal")) else {
            throw .badField("principal")
        }
        self.init(
            order: order, lines: lines, total: total, warehouse: warehouse,
            recipient: recipient, paymentToken: token, principal: principal,
            at: try reader.timestamp("at"), remindAt: try reader.timestamp("remindAt"))
    }
}

extension OrderEvent.Confirmed: WireCoded {
    public func write(to writer: inout WireWriter) {
        writer.field("order", order)
        writeRest(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        try self.init(try reader.id("order"), restFrom: &reader)
    }

    func writeRest(to writer: inout WireWriter) {
        writer.field("warehouse", warehouse)
        writer.field("total", total)
        writer.field("units", units)
        writer.field("recipient", recipient)
        writer.field("remindAt", remindAt)
    }

    init(_ order: OrderID, restFrom reader: inout WireReader) throws(WireError) {
        let warehouse = try reader.warehouse("warehouse")
        let total = try reader.money("total")
        let units = try reader.int("units")
        self.init(
            order: order, warehouse: warehouse, total: total, units: units,
            recipient: try reader.value("recipient"), remindAt: try reader.timestamp("remindAt"))
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

/// An id that may be absent: `{"id": "hld_…"}`.
struct Reference<Entity: Identified>: WireCoded {
    let id: ID<Entity>

    init(_ id: ID<Entity>) { self.id = id }

    func write(to writer: inout WireWriter) { writer.field("id", id) }

    init(from reader: inout WireReader) throws(WireError) { id = try reader.id("id") }
}

extension WireReader {
    mutating func reference<Entity: Identified>(
        _ name: StaticString
    ) throws(WireError) -> ID<Entity>? {
        try optional(name, of: Reference<Entity>.self)?.id
    }
}
