// SPDX-License-Identifier: Apache-2.0
/// Orders: takes what shops ask for and sees each order through. Binds the order's rules to the
/// facts of inventory, payments and shipping.

package import Contracts
import JSONCodec
import Kernel
package import NodeEngine
package import OrdersDomain
package import Ports

package enum Orders: Service {
    package typealias Rules = OrderDecider
    package typealias Effect = Never

    package static let name = "orders"
    package static let subscribesTo = ["inventory", "payments", "shipping"]
    package static let queriedTables: Set<String> = ["orders"]

    package static let reactions = Reactions<OrderCommand>(
        .on(StockEvent.Kind.held) { .noteHeld($0.order) },
        .on(StockEvent.Kind.committed) { .noteHeld($0.order) },
        .on(StockEvent.Kind.refused) { .noteRefused($0.order, short: $0.short) },
        .on(StockEvent.Kind.released) { .noteReleased($0.movement.order) },
        .on(PaymentEvent.Kind.authorized) { .noteAuthorized($0.order) },
        .on(PaymentEvent.Kind.declined) { .noteDeclined($0.order) },
        .on(PaymentEvent.Kind.captured) { .noteCaptured($0.order) },
        .on(PaymentEvent.Kind.captureFailed) { .noteCaptureFailed($0.order) },
        .on(PaymentEvent.Kind.voided) { .noteVoided($0.order) },
        .on(ShipmentEvent.Kind.shipped) { .noteShipped($0.order) },
        .on(ShipmentEvent.Kind.delivered) { .noteDelivered($0.order) },
        .on(ShipmentEvent.Kind.canceled) { .noteShipmentCanceled($0.order) })

    package static func wake(_ key: OrderID, isRestart: Bool) -> OrderCommand { .wake(key) }

    package static func effect(owedBy state: OrderState, at key: OrderID) -> Owed<Never>? { nil }

    package static func alarm(of event: OrderEvent) -> Alarm? {
        guard case .exception(let order, let reason) = event else { return nil }
        return Alarm("order exception", ["order.id": order.text, "reason": reason.rawValue])
    }

    package static func reply(
        to command: OrderCommand, _ outcome: Result<Entity<OrderState>, OrderRejection>
    ) -> Reply {
        switch outcome {
        case .failure(let rejection):
            return rejection.reply(instance: "/v1/orders/\(command.order.text)")
        case .success(let order):
            let path = "/v1/orders/\(command.order.text)"
            if case .place = command { return placed(order, path, status: 201) }
            if let rejected = rejected(order, path) { return rejected }
            let body = body(order)
            if case .cancel = command { return canceled(order, body, path) }
            return Reply(status: 200, body: body, version: order.version)
        }
    }

    // MARK: Verdicts

    package static let postponesAnswers = true

    package static func awaitsVerdict(_ command: OrderCommand) -> Bool {
        if case .place = command { true } else { false }
    }

    package static func isUndecided(_ state: OrderState) -> Bool {
        if case .reserving = state.phase { true } else { false }
    }

    /// 201 once its stock is held, 409 with what is short; 202 while nobody knows.
    package static func verdict(on order: Entity<OrderState>, at key: OrderID) -> Reply {
        placed(order, "/v1/orders/\(key.text)", status: isUndecided(order.state) ? 202 : 201)
    }

    private static func placed(
        _ order: Entity<OrderState>, _ path: String, status: Int
    ) -> Reply {
        rejected(order, path)
            ?? Reply(status: status, body: body(order), version: order.version, location: path)
    }

    private static func rejected(_ order: Entity<OrderState>, _ path: String) -> Reply? {
        guard case .rejected(let short) = order.state.phase else { return nil }
        return OrderProblem.insufficientStock.reply(instance: path) { json in
            OrderView.write(short: short, to: &json)
        }
    }

    private static func body(_ order: Entity<OrderState>) -> [UInt8] {
        var json = JSONWriter(capacity: 768)
        OrderView.write(order.state, version: order.version, to: &json)
        return json.bytes
    }

    /// Done, or under way: then the order's resource tells how it ends. The word that its parcel
    /// had left may have come in the same batch: the cancel was recorded, and failed.
    private static func canceled(
        _ order: Entity<OrderState>, _ body: [UInt8], _ path: String
    ) -> Reply {
        switch order.state.phase {
        case .canceling:
            Reply(status: 202, body: body, version: order.version, location: path)
        case .inFulfillment, .exception, .completed:
            OrderRejection.tooLateToCancel.problem.reply(instance: path)
        case .canceled, .absent, .reserving, .awaitingPayment, .confirmed, .rejected:
            Reply(status: 200, body: body, version: order.version)
        }
    }
}

/// What clients can be told about orders.
package enum OrderProblem {
    package static let insufficientStock = Problem(
        409, "insufficient-stock", "There is not enough stock for every line of the order.")
    package static let unknownOrder = Problem(404, "unknown-order", "There is no such order.")

    package static let all =
        [insufficientStock] + OrderRejection.samples.map(\.problem)
}

extension OrderRejection {
    private static var anyArticle: SKU {
        guard let sku = SKU("A") else { preconditionFailure("a letter is a SKU") }
        return sku
    }

    /// One of each kind.
    package static let samples: [OrderRejection] = [
        .emptyOrder, .tooManyLines, .tooManyAdjustments, .priceUnknown(anyArticle),
        .mixedCurrencies, .totalTooLarge, .totalNotPositive, .totalMismatch(.zero(.eur)),
        .alreadyPlaced, .unknownOrder, .tooLateToCancel, .alreadyCanceling, .orderRejected,
    ]

    /// RFC 9457. `code` is the promise to clients; `title` may be reworded.
    package var problem: Problem {
        switch self {
        case .emptyOrder: Problem(422, "empty-order", "An order needs at least one line.")
        case .tooManyLines:
            Problem(422, "too-many-lines", "An order has at most 2,000 lines.")
        case .tooManyAdjustments:
            Problem(422, "too-many-adjustments", "An order has at most 100 adjustments.")
        case .priceUnknown:
            Problem(
                422, "price-unknown",
                "Nothing on sale has this article with a price in the order's currency.")
        case .mixedCurrencies:
            Problem(422, "mixed-currencies", "All parts of an order have the same currency.")
        case .totalTooLarge: Problem(422, "total-too-large", "The total can't be represented.")
        case .totalNotPositive:
            Problem(
                422, "total-not-positive",
                "No line or adjustment may be negative; the total is above zero.")
        case .totalMismatch:
            Problem(422, "total-mismatch", "Lines and adjustments make another total.")
        case .alreadyPlaced: Problem(409, "already-placed", "This order was already placed.")
        case .unknownOrder: OrderProblem.unknownOrder
        case .tooLateToCancel:
            Problem(409, "too-late-to-cancel", "The goods have left; the order can't be stopped.")
        case .alreadyCanceling:
            Problem(409, "already-canceling", "The order is being canceled already.")
        case .orderRejected:
            Problem(409, "order-rejected", "The order was rejected; there is nothing to cancel.")
        }
    }

    /// The answer to a caller; it names the article that has no price, or the total.
    fileprivate func reply(instance: String) -> Reply {
        problem.reply(instance: instance) { json in
            switch self {
            case .priceUnknown(let sku):
                json.key("sku")
                json.string(sku.code)
            case .totalMismatch(let total):
                json.key("total")
                OrderView.write(total, to: &json)
            default: break
            }
        }
    }
}
