// SPDX-License-Identifier: Apache-2.0
/// What a caller is told about stock, payments, shipments and messages.

import Contracts
import GivenWhenThen
import InventoryDomain
import InventoryService
import Kernel
import NodeEngine
import NotificationsDomain
import NotificationsService
import PaymentsDomain
import PaymentsService
import Ports
import SampleFacts
import ShippingDomain
import ShippingService
import Testing

@Suite struct `Answering about the rest` {
    private func text(_ reply: Reply) -> String { String(decoding: reply.body, as: UTF8.self) }

    private let key = StockKey(.tea, .north)

    @Test func `shows the stock after a count`() {
        let held = StockEvent.Movement(
            hold: OrderID.sample.hold(), order: .sample, warehouse: .north, lines: [.of(.tea, 3)])
        let sold = StockEvent.Movement(
            hold: OrderID.stranger.hold(), order: .stranger, warehouse: .north,
            lines: [.of(.tea, 2)])
        let stock = given(
            StockDecider.self, .counted(key, onHand: 10, delta: 10), .held(held), .held(sold),
            .committed(sold))
        let entity = Entity(state: stock[.item(key)], version: 7)
        let reply = Inventory.reply(
            to: .count(key, onHand: 10, expected: nil), .success(entity))
        #expect((reply.status, reply.version) == (200, 7))
        #expect(
            text(reply) == """
                {"sku":"TEA","warehouse":"north-1","onHand":10,"held":3,"allocated":2,\
                "available":5,"version":7}
                """)
    }

    @Test(
        arguments: [
            (
                .negativeCount, 422, "negative-count", "A count can't be negative."
            ),
            (
                .countTooLarge, 422, "count-too-large",
                "A count is at most 1,000,000,000 units."
            ),
            (
                .belowPromised(promised: 5), 409, "stock-promised",
                "More units than that are promised to orders."
            ),
            (
                .countChanged(onHand: 4), 409, "count-changed",
                "The stock is no longer what the request expected."
            ),
        ] as [(StockRejection, Int, String, String)])
    func `says why a count is refused`(
        _ rejection: StockRejection, _ status: Int, _ code: String, _ title: String
    ) {
        let reply = Inventory.reply(
            to: .count(key, onHand: 1, expected: 2), .failure(rejection))
        #expect(reply.status == status)
        #expect(
            text(reply) == """
                {"type":"/problems/\(code)","title":"\(title)","status":\(status),\
                "code":"\(code)"}
                """)
    }

    @Test func `has nothing to show where nobody waits`() {
        let order = OrderID.sample
        let replies = [
            Inventory.reply(
                to: .commit(order.hold()), .success(Entity(state: .absent, version: 0))),
            Payments.reply(
                to: .wake(order.payment(), isRestart: false),
                .success(Entity(state: .absent, version: 0))),
            Shipping.reply(
                to: .announce(order.shipment()), .success(Entity(state: .absent, version: 0))),
            Notifications.reply(
                to: .note(order.message(.orderConfirmed), .sent),
                .success(Entity(state: .absent, version: 0))),
        ]
        for reply in replies { #expect((reply.status, text(reply)) == (200, "{}")) }
    }

    @Test func `knows what it does not know`() {
        let order = OrderID.sample
        let replies = [
            Payments.reply(
                to: .note(order.payment(), .capture, .unknown), .failure(.unknownPayment)),
            Shipping.reply(to: .note(order.shipment(), .shipped), .failure(.unknownShipment)),
            Notifications.reply(
                to: .note(order.message(.orderConfirmed), .sent), .failure(.unknownMessage)),
        ]
        #expect(replies.map(\.status) == [404, 404, 404])
        let codes = ["unknown-payment", "unknown-shipment", "unknown-message"]
        for (reply, code) in zip(replies, codes) {
            #expect(text(reply).contains("\"code\":\"\(code)\""))
        }
    }
}
