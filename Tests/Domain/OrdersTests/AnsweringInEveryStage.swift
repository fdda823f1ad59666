// SPDX-License-Identifier: Apache-2.0
/// What every word means in every stage of an order: a whole table, so that no pair is forgotten.

import Contracts
import GivenWhenThen
import Kernel
import OrdersDomain
import SampleFacts
import Testing

@Suite struct `Answering in every stage` {
    /// A history for every stage.
    private static let histories: [String: [OrderEvent]] = [
        "absent": [],
        "reserving": [.placed],
        "rejected": [.placed, .rejected],
        "awaiting-payment": [.placed, .reserved],
        "confirmed": [.placed, .reserved, .confirmed],
        "in-fulfillment": [.placed, .reserved, .confirmed, .inFulfillment],
        "in-fulfillment paid": [.placed, .reserved, .confirmed, .inFulfillment, .paid],
        "in-fulfillment delivered": [.placed, .reserved, .confirmed, .inFulfillment, .delivered],
        "exception": [.placed, .reserved, .confirmed, .inFulfillment, .exception],
        "exception delivered": [
            .placed, .reserved, .confirmed, .inFulfillment, .delivered, .exception,
        ],
        "completed": [.placed, .reserved, .confirmed, .inFulfillment, .paid, .completed],
        "canceling stock": [
            .placed, .canceling(.customerAsked), .stopped(.customerAsked, payment: false),
        ],
        "canceling stock payment": [
            .placed, .reserved, .canceling(.customerAsked),
            .stopped(.customerAsked, payment: true),
        ],
        "canceling payment": [
            .placed, .reserved, .canceling(.customerAsked),
            .stopped(.customerAsked, payment: true), .stockReturned,
        ],
        "canceling shipment stock payment": [
            .placed, .reserved, .confirmed, .canceling(.customerAsked, shipment: true),
        ],
        "canceled": [
            .placed, .canceling(.customerAsked), .stopped(.customerAsked, payment: false),
            .canceled(.customerAsked),
        ],
    ]

    /// The verbs of what follows, or what is said instead. What is not here has no effect; `place`
    /// is refused everywhere but at the beginning.
    private static let table: [String: [Word: String]] = [
        "reserving": [
            .cancel: "canceling stopped", .held: "reserved", .refused: "rejected",
            .wake: "reminded",
        ],
        "rejected": [.cancel: "no: orderRejected"],
        "awaiting-payment": [
            .cancel: "canceling stopped", .authorized: "confirmed",
            .declined: "canceling stopped", .wake: "canceling stopped",
        ],
        "confirmed": [
            .cancel: "canceling", .shipped: "in-fulfillment", .captured: "in-fulfillment paid",
            .captureFailed: "in-fulfillment exception",
            .delivered: "in-fulfillment delivered", .wake: "reminded",
        ],
        "in-fulfillment": [
            .cancel: "no: tooLateToCancel", .captured: "paid", .captureFailed: "exception",
            .delivered: "delivered", .wake: "reminded",
        ],
        "in-fulfillment paid": [
            .cancel: "no: tooLateToCancel", .delivered: "completed", .wake: "reminded",
        ],
        "in-fulfillment delivered": [
            .cancel: "no: tooLateToCancel", .captured: "completed", .captureFailed: "exception",
            .wake: "reminded",
        ],
        "exception": [
            .cancel: "no: tooLateToCancel", .delivered: "delivered", .wake: "reminded",
        ],
        "exception delivered": [.cancel: "no: tooLateToCancel"],
        "completed": [.cancel: "no: tooLateToCancel"],
        "canceling stock": [
            .cancel: "no: alreadyCanceling", .released: "canceled", .wake: "reminded",
        ],
        "canceling stock payment": [
            .cancel: "no: alreadyCanceling", .released: "stock-returned",
            .voided: "payment-undone", .declined: "payment-undone", .wake: "reminded",
        ],
        "canceling payment": [
            .cancel: "no: alreadyCanceling", .voided: "canceled", .declined: "canceled",
            .wake: "reminded",
        ],
        "canceling shipment stock payment": [
            .cancel: "no: alreadyCanceling", .shipmentCanceled: "stopped",
            .shipped: "cancel-failed in-fulfillment",
            .captured: "cancel-failed in-fulfillment paid",
            .captureFailed: "cancel-failed in-fulfillment exception",
            .delivered: "cancel-failed in-fulfillment delivered", .wake: "reminded",
            // Nobody asked for these yet; whatever they undo is asked for again later.
            .released: "stock-returned", .voided: "payment-undone", .declined: "payment-undone",
        ],
        "canceled": [:],
    ]

    @Test(arguments: histories.keys.sorted(), Word.allCases)
    func `does what the table says`(_ stage: String, _ word: Word) throws {
        let order = given(OrderDecider.self, try #require(Self.histories[stage]))
        #expect(order.order.stage == stage)
        let expected =
            switch (stage, word) {
            case ("absent", .place): "placed"
            case ("absent", _): "no: unknownOrder"
            case (_, .place): "no: alreadyPlaced"
            default: try #require(Self.table[stage])[word] ?? ""
            }
        let said =
            switch order.decide(word.command, word.moment) {
            case .success(let events): events.map(\.verb).joined(separator: " ")
            case .failure(let rejection): "no: \(rejection)"
            }
        #expect(said == expected)
    }

    @Test func `knows every stage that an order can reach`() {
        let stages = Set(History.all.map(\.order.order.stage))
        #expect(stages == Set(Self.histories.keys))
    }

    @Test func `is asked everything that there is to ask`() {
        for word in Word.allCases { #expect(word.command.order == .sample) }
        // A switch without a default: a new command must get its word here.
        for word in Word.allCases {
            switch word.command {
            case .place, .cancel, .noteHeld, .noteRefused, .noteReleased, .noteAuthorized,
                .noteDeclined, .noteCaptured, .noteCaptureFailed, .noteVoided, .noteShipped,
                .noteDelivered, .noteShipmentCanceled, .wake:
                break
            }
        }
    }
}
