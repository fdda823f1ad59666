// SPDX-License-Identifier: Apache-2.0
// Written by `make contracts` from Sources/Domain/Declarations: change it there.
/// How each fact is read and written, in the binary form and as JSON.

public import Kernel

extension MessageEvent {
    public func write(to writer: inout WireWriter) {
        switch self {
        case .queued(let queued): queued.write(to: &writer)
        case .attempted(let message, let order, let attempt, let leaseUntil):
            writer.field("message", message)
            writer.field("order", order)
            writer.field("attempt", attempt)
            writer.field("leaseUntil", leaseUntil)
        case .deferred(let message, let order, let retryAt):
            writer.field("message", message)
            writer.field("order", order)
            writer.field("retryAt", retryAt)
        case .sent(let message, let order):
            writer.field("message", message)
            writer.field("order", order)
        case .failed(let message, let order, let code):
            writer.field("message", message)
            writer.field("order", order)
            writer.field("code", code)
        }
    }

    public static func read(
        _ name: WireName, from reader: inout WireReader
    ) throws(WireError) -> Self {
        switch name.code {
        case 1: return .queued(try Queued(from: &reader))
        case 2:
            let message: MessageID = try reader.id("message")
            let order: OrderID = try reader.id("order")
            let attempt: Int64 = try reader.int("attempt")
            let leaseUntil: Timestamp = try reader.timestamp("leaseUntil")
            return .attempted(message, order: order, attempt: attempt, leaseUntil: leaseUntil)
        case 3:
            let message: MessageID = try reader.id("message")
            let order: OrderID = try reader.id("order")
            let retryAt: Timestamp = try reader.timestamp("retryAt")
            return .deferred(message, order: order, retryAt: retryAt)
        case 4:
            let message: MessageID = try reader.id("message")
            let order: OrderID = try reader.id("order")
            return .sent(message, order: order)
        case 5:
            let message: MessageID = try reader.id("message")
            let order: OrderID = try reader.id("order")
            let code: String = try reader.string("code")
            return .failed(message, order: order, code: code)
        default: throw .unknownName(name.text)
        }
    }
}

extension MessageEvent.Queued {
    public func write(to writer: inout WireWriter) {
        writer.field("message", message)
        writer.field("order", order)
        writer.slug("kind", kind)
        writer.field("total", total)
        writer.field("recipient", recipient)
        start.write(to: &writer)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        message = try reader.id("message")
        order = try reader.id("order")
        kind = try reader.slug("kind")
        total = try reader.money("total")
        recipient = try reader.value("recipient")
        start = try CallStart(from: &reader)
    }
}
