// SPDX-License-Identifier: Apache-2.0
// Written by `make contracts` from Sources/Domain/Declarations: change it there.
/// How each fact is read and written, in the binary form and as JSON.

public import Kernel

extension PaymentEvent {
    public func write(to writer: inout WireWriter) {
        switch self {
        case .requested(let requested): requested.write(to: &writer)
        case .attempted(let payment, let order, let attempt, let isQuestion, let leaseUntil):
            writer.field("payment", payment)
            writer.field("order", order)
            writer.field("attempt", attempt)
            writer.field("isQuestion", isQuestion)
            writer.field("leaseUntil", leaseUntil)
        case .deferred(let payment, let order, let because, let retryAt):
            writer.field("payment", payment)
            writer.field("order", order)
            writer.slug("because", because)
            writer.field("retryAt", retryAt)
        case .authorized(let payment, let order, let reference):
            writer.field("payment", payment)
            writer.field("order", order)
            writer.field("reference", reference)
        case .declined(let payment, let order, let code):
            writer.field("payment", payment)
            writer.field("order", order)
            writer.field("code", code)
        case .captureRequested(let payment, let order, let start):
            writer.field("payment", payment)
            writer.field("order", order)
            start.write(to: &writer)
        case .captured(let payment, let order, let amount):
            writer.field("payment", payment)
            writer.field("order", order)
            writer.field("amount", amount)
        case .captureFailed(let payment, let order, let code):
            writer.field("payment", payment)
            writer.field("order", order)
            writer.field("code", code)
        case .voidRequested(let payment, let order, let start):
            writer.field("payment", payment)
            writer.field("order", order)
            start.write(to: &writer)
        case .voided(let payment, let order):
            writer.field("payment", payment)
            writer.field("order", order)
        }
    }

    public static func read(
        _ name: WireName, from reader: inout WireReader
    ) throws(WireError) -> Self {
        switch name.code {
        case 1: return .requested(try Requested(from: &reader))
        case 2:
            let payment: PaymentID = try reader.id("payment")
            let order: OrderID = try reader.id("order")
            let attempt: Int64 = try reader.int("attempt")
            let isQuestion: Bool = try reader.bool("isQuestion")
            let leaseUntil: Timestamp = try reader.timestamp("leaseUntil")
            return .attempted(
                payment, order: order, attempt: attempt, isQuestion: isQuestion,
                leaseUntil: leaseUntil)
        case 3:
            let payment: PaymentID = try reader.id("payment")
            let order: OrderID = try reader.id("order")
            let because: DeferralReason = try reader.slug("because")
            let retryAt: Timestamp = try reader.timestamp("retryAt")
            return .deferred(payment, order: order, because: because, retryAt: retryAt)
        case 4:
            let payment: PaymentID = try reader.id("payment")
            let order: OrderID = try reader.id("order")
            let reference: String = try reader.string("reference")
            return .authorized(payment, order: order, reference: reference)
        case 5:
            let payment: PaymentID = try reader.id("payment")
            let order: OrderID = try reader.id("order")
            let code: String = try reader.string("code")
            return .declined(payment, order: order, code: code)
        case 6:
            let payment: PaymentID = try reader.id("payment")
            let order: OrderID = try reader.id("order")
            let start: CallStart = try CallStart(from: &reader)
            return .captureRequested(payment, order: order, start: start)
        case 7:
            let payment: PaymentID = try reader.id("payment")
            let order: OrderID = try reader.id("order")
            let amount: Money = try reader.money("amount")
            return .captured(payment, order: order, amount: amount)
        case 8:
            let payment: PaymentID = try reader.id("payment")
            let order: OrderID = try reader.id("order")
            let code: String = try reader.string("code")
            return .captureFailed(payment, order: order, code: code)
        case 9:
            let payment: PaymentID = try reader.id("payment")
            let order: OrderID = try reader.id("order")
            let start: CallStart = try CallStart(from: &reader)
            return .voidRequested(payment, order: order, start: start)
        case 10:
            let payment: PaymentID = try reader.id("payment")
            let order: OrderID = try reader.id("order")
            return .voided(payment, order: order)
        default: throw .unknownName(name.text)
        }
    }
}

extension PaymentEvent.Requested {
    public func write(to writer: inout WireWriter) {
        writer.field("payment", payment)
        writer.field("order", order)
        writer.field("amount", amount)
        writer.secret("token", token)
        start.write(to: &writer)
        writer.field("callUntil", callUntil)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        payment = try reader.id("payment")
        order = try reader.id("order")
        amount = try reader.money("amount")
        token = try reader.string("token")
        start = try CallStart(from: &reader)
        callUntil = try reader.timestamp("callUntil")
    }
}
