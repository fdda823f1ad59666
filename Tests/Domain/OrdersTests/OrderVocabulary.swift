// SPDX-License-Identifier: Apache-2.0
/// The sample order: what was asked for, its facts as they follow at noon, and what it can be told.

import Contracts
import GivenWhenThen
import Kernel
import OrdersDomain
import SampleFacts

extension PlaceOrder {
    /// Three teas, two cups and a further tea: EUR 22.00 in four articles' lines.
    static let sample = PlaceOrder.of([
        .of(.tea, 3, at: "5.00"), .of(.cup, 2, at: "1.00"), .of(.tea, 1, at: "5.00"),
    ])

    static func of(
        _ lines: [OrderLine], _ adjustments: [Adjustment] = [], expecting total: Money? = nil
    ) -> PlaceOrder {
        PlaceOrder(
            order: .sample, lines: lines, adjustments: adjustments, expectedTotal: total,
            warehouse: .north, recipient: .sample, paymentToken: "tok_ok")
    }
}

extension Span {
    /// How long the first request waits for its answer when the draw is 0.
    static let firstPause = Span.seconds(30)
}

/// What follows at noon with a draw of 0.
extension OrderEvent {
    static let placed = placed(by: .house)

    static func placed(by principal: Principal) -> OrderEvent {
        .placed(
            .init(
                order: .sample, lines: PlaceOrder.sample.lines, adjustments: [], total: .eur(2_200),
                warehouse: .north, origin: .unknown, recipient: .sample, paymentToken: "tok_ok",
                principal: principal, at: .noon, remindAt: .noon + .firstPause))
    }

    static let reserved = OrderEvent.reserved(
        .init(
            order: .sample, amount: .eur(2_200), paymentToken: "tok_ok",
            expiresAt: .noon + .minutes(30)))

    static let confirmed = OrderEvent.confirmed(confirmed(remindAt: .noon + .firstPause))

    static func confirmed(remindAt: Timestamp) -> Confirmed {
        Confirmed(
            order: .sample, warehouse: .north, total: .eur(2_200), units: 6, recipient: .sample,
            remindAt: remindAt)
    }

    static let inFulfillment = OrderEvent.inFulfillment(.sample)
    static let paid = OrderEvent.paid(.sample)
    static let delivered = OrderEvent.delivered(.sample)
    static let completed = OrderEvent.completed(.sample)
    static let rejected = OrderEvent.rejected(.sample, short: [.sample])
    static let cancelFailed = OrderEvent.cancelFailed(
        .init(
            order: .sample, reason: .customerAsked, total: .eur(2_200), recipient: .sample))
    static let stockReturned = OrderEvent.stockReturned(.sample)
    static let paymentUndone = OrderEvent.paymentUndone(.sample)
    static let exception = OrderEvent.exception(.sample, reason: .captureFailed)

    static func canceling(_ reason: CancelReason, shipment: Bool = false) -> OrderEvent {
        .canceling(
            .sample, reason: reason, shipment: shipment ? OrderID.sample.shipment() : nil)
    }

    static func stopped(
        _ reason: CancelReason, payment: Bool, at time: Timestamp = .noon
    ) -> OrderEvent {
        .stopped(
            .init(
                order: .sample, reason: reason, hold: OrderID.sample.hold(),
                payment: payment ? OrderID.sample.payment() : nil,
                remindAt: time + .firstPause))
    }

    static func canceled(_ reason: CancelReason) -> OrderEvent {
        .canceled(
            .init(order: .sample, reason: reason, total: .eur(2_200), recipient: .sample))
    }

    /// The verb of the name: `placed`.
    var verb: String { String(wireName.text.split(separator: ".")[1]) }
}

extension ShortLine {
    static let sample = ShortLine(sku: .tea, wanted: 4, available: 3)
}

/// What the sample order can be told, in one word.
enum Word: String, CaseIterable {
    case place, cancel, held, refused, released, authorized, declined, captured, captureFailed
    case voided, shipped, delivered, shipmentCanceled, wake

    var command: OrderCommand {
        switch self {
        case .place: .place(.sample)
        case .cancel: .cancel(.sample, .customerAsked)
        case .held: .noteHeld(.sample)
        case .refused: .noteRefused(.sample, short: [.sample])
        case .released: .noteReleased(.sample)
        case .authorized: .noteAuthorized(.sample)
        case .declined: .noteDeclined(.sample)
        case .captured: .noteCaptured(.sample)
        case .captureFailed: .noteCaptureFailed(.sample)
        case .voided: .noteVoided(.sample)
        case .shipped: .noteShipped(.sample)
        case .delivered: .noteDelivered(.sample)
        case .shipmentCanceled: .noteShipmentCanceled(.sample)
        case .wake: .wake(.sample)
        }
    }

    /// False for answers to what nobody asked: as long as the shipment may leave, neither stock
    /// nor payment is given back.
    func isPlausible(_ state: OrderState) -> Bool {
        guard case .canceling(_, let undoing) = state.phase, undoing.shipment else { return true }
        return ![.released, .voided, .declined].contains(self)
    }
}

extension OrderState {
    /// The phase with all that distinguishes it: `canceling stock payment`.
    var stage: String {
        switch phase {
        case .inFulfillment(let isCaptured, let isDelivered):
            [phase.slug, isCaptured ? "paid" : "", isDelivered ? "delivered" : ""]
                .filter { !$0.isEmpty }.joined(separator: " ")
        case .exception(_, let isDelivered):
            isDelivered ? "\(phase.slug) delivered" : phase.slug
        case .canceling(_, let undoing):
            [
                phase.slug, undoing.shipment ? "shipment" : "", undoing.hold ? "stock" : "",
                undoing.payment ? "payment" : "",
            ].filter { !$0.isEmpty }.joined(separator: " ")
        case .absent, .reserving, .awaitingPayment, .confirmed, .completed, .canceled, .rejected:
            phase.slug
        }
    }
}

extension Entities<OrderDecider> {
    var order: OrderState { self[.sample] }
}
