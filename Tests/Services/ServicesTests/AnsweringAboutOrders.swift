// SPDX-License-Identifier: Apache-2.0
/// What a caller is told about an order, word for word: clients rely on it.

import Contracts
import GivenWhenThen
import JSONCodec
import Kernel
import NodeEngine
import OrdersDomain
import OrdersService
import Ports
import SampleFacts
import Testing

@Suite struct `Answering about orders` {
    /// The answer to `command` after `events`, as a node gives it.
    private func reply(to command: OrderCommand, after events: OrderEvent...) -> Reply {
        let before = given(OrderDecider.self, events)
        switch before.decide(command, Moment(at: .noon, draw: 0, principal: .shop)) {
        case .success(let news):
            var order = before
            order.apply(news)
            let version = Int64(order.history.count)
            return Orders.reply(
                to: command, .success(Entity(state: order[.sample], version: version)))
        case .failure(let rejection): return Orders.reply(to: command, .failure(rejection))
        }
    }

    private func text(_ reply: Reply) -> String { String(decoding: reply.body, as: UTF8.self) }

    private static let path = "/v1/orders/ord_01m6e22wg0ek9828t5cy4tqkff"
    /// All that never changes of an order.
    private static let details = """
        {"id":"ord_01m6e22wg0ek9828t5cy4tqkff","placedAt":"2026-11-02T12:00:00.000Z",\
        "person":"per_01m3250v00e03r00000000001a","country":"GB","warehouse":"north-1",\
        "lines":[{"sku":"TEA","quantity":3,"unitPrice":"12.50","total":3750},\
        {"sku":"CUP-01","quantity":1,"unitPrice":"0.001","total":0}],"adjustments":[],\
        "total":{"amount":3750,"currency":"EUR"}
        """

    private static let place = OrderCommand.place(
        PlaceOrder(
            order: .sample, lines: [.of(.tea, 3, at: "12.50"), .of(.cup, 1, at: "0.001")],
            warehouse: .north, recipient: .sample, paymentToken: "tok_secret"))

    private static let placed: OrderEvent = {
        let outcome = given(OrderDecider.self).when(place, by: .shop)
        guard let event = outcome.events.first else { preconditionFailure("it was placed") }
        return event
    }()

    @Test func `placed is 201, with its place and version`() {
        let reply = reply(to: Self.place)
        #expect(reply.status == 201)
        #expect(reply.location == Self.path)
        #expect(reply.version == 1)
        #expect(!reply.isReplayed)
        #expect(text(reply) == Self.details + #","status":"reserving","version":1}"#)
    }

    /// Co-hosted, its stock may be held, or found short, in the commit that accepts it.
    @Test func `placed and already further is 201, too`() {
        let state = given(OrderDecider.self, Self.placed).when(.noteHeld(.sample))
        let entity = Entity(state: state.entities[.sample], version: 2)
        let reply = Orders.reply(to: Self.place, .success(entity))
        #expect((reply.status, reply.version) == (201, 2))
        #expect(text(reply) == Self.details + #","status":"awaiting-payment","version":2}"#)
    }

    @Test func `placed and at once rejected is 409, with what was short`() {
        let short = [
            ShortLine(sku: .cup, wanted: 1, available: 0),
            ShortLine(sku: .tea, wanted: 3, available: 2),
        ]
        let state = given(OrderDecider.self, Self.placed)
            .when(.noteRefused(.sample, short: short)).entities
        let reply = Orders.reply(
            to: Self.place, .success(Entity(state: state[.sample], version: 2)))
        #expect((reply.status, reply.location) == (409, ""))
        #expect(
            text(reply) == """
                {"type":"/problems/insufficient-stock",\
                "title":"There is not enough stock for every line of the order.",\
                "status":409,"code":"insufficient-stock","instance":"\(Self.path)",\
                "short":[{"sku":"CUP-01","wanted":1,"available":0},\
                {"sku":"TEA","wanted":3,"available":2}]}
                """)
    }

    @Test func `canceled and not undone yet is 202 and says where to look`() {
        let cancel = OrderCommand.cancel(.sample, .customerAsked)
        let reply = reply(to: cancel, after: Self.placed)
        #expect((reply.status, reply.version, reply.location) == (202, 3, Self.path))
        #expect(
            text(reply) == Self.details + """
                ,"status":"canceling","reason":"customer-asked","undoing":["stock"],"version":3}
                """)
    }

    @Test func `canceled and undone is 200`() {
        let cancel = OrderCommand.cancel(.sample, .customerAsked)
        var order = given(OrderDecider.self, Self.placed)
        for command in [cancel, .noteReleased(.sample)] {
            order.run(command, Moment(at: .noon, draw: 0, principal: .shop))
        }
        let reply = Orders.reply(
            to: cancel, .success(Entity(state: order[.sample], version: 4)))
        #expect((reply.status, reply.version, reply.location) == (200, 4, ""))
        #expect(text(reply).contains(#""status":"canceled""#))
    }

    @Test func `canceled and then known to have left, in one batch, is 409`() {
        let cancel = OrderCommand.cancel(.sample, .customerAsked)
        var order = given(OrderDecider.self, Self.placed)
        let commands: [OrderCommand] = [
            .noteHeld(.sample), .noteAuthorized(.sample), cancel, .noteShipped(.sample),
        ]
        for command in commands {
            order.run(command, Moment(at: .noon, draw: 0, principal: .shop))
        }
        let reply = Orders.reply(
            to: cancel, .success(Entity(state: order[.sample], version: 6)))
        #expect((reply.status, reply.version, reply.location) == (409, 0, ""))
        #expect(text(reply).contains(#""code":"too-late-to-cancel""#))
    }

    @Test func `canceled a second time is 409`() {
        let cancel = OrderCommand.cancel(.sample, .customerAsked)
        let canceling = given(OrderDecider.self, Self.placed).when(cancel).events
        let reply = reply(to: cancel, after: Self.placed, canceling[0], canceling[1])
        #expect(reply.status == 409)
        #expect(reply.version == 0)
        #expect(
            text(reply) == """
                {"type":"/problems/already-canceling",\
                "title":"The order is being canceled already.","status":409,\
                "code":"already-canceling","instance":"\(Self.path)"}
                """)
    }

    @Test func `never placed is 404`() {
        let reply = reply(to: .cancel(.sample, .customerAsked))
        #expect(reply.status == 404)
        #expect(
            text(reply) == """
                {"type":"/problems/unknown-order","title":"There is no such order.",\
                "status":404,"code":"unknown-order","instance":"\(Self.path)"}
                """)
    }

    /// What stands between the details and the version.
    @Test(
        arguments: [
            ([.noteHeld(.sample)], #""status":"awaiting-payment""#),
            ([.noteHeld(.sample), .noteAuthorized(.sample)], #""status":"confirmed""#),
            (
                [.noteHeld(.sample), .noteAuthorized(.sample), .noteShipped(.sample)],
                #""status":"in-fulfillment","paid":false,"delivered":false"#
            ),
            (
                [.noteHeld(.sample), .noteAuthorized(.sample), .noteCaptured(.sample)],
                #""status":"in-fulfillment","paid":true,"delivered":false"#
            ),
            (
                [.noteHeld(.sample), .noteAuthorized(.sample), .noteCaptureFailed(.sample)],
                #""status":"exception","reason":"capture-failed","paid":false,"delivered":false"#
            ),
            (
                [.noteHeld(.sample), .noteAuthorized(.sample), .noteDelivered(.sample)],
                #""status":"in-fulfillment","paid":false,"delivered":true"#
            ),
            (
                [
                    .noteHeld(.sample), .noteAuthorized(.sample), .noteDelivered(.sample),
                    .noteCaptured(.sample),
                ], #""status":"completed""#
            ),
            (
                [.noteHeld(.sample), .noteAuthorized(.sample), .cancel(.sample, .merchantAsked)],
                """
                "status":"canceling","reason":"merchant-asked",\
                "undoing":["shipment","stock","payment"]
                """
            ),
            (
                [.cancel(.sample, .customerAsked), .noteReleased(.sample)],
                #""status":"canceled","reason":"customer-asked""#
            ),
            (
                [.noteRefused(.sample, short: [ShortLine(sku: .tea, wanted: 3, available: 2)])],
                #""status":"rejected","short":[{"sku":"TEA","wanted":3,"available":2}]"#
            ),
        ] as [([OrderCommand], String)])
    func `shows every stage`(_ commands: [OrderCommand], _ shown: String) {
        var order = given(OrderDecider.self, Self.placed)
        for command in commands {
            order.run(command, Moment(at: .noon, draw: 0, principal: .house))
        }
        var json = JSONWriter()
        OrderView.write(order[.sample], version: 9, to: &json)
        let text = String(decoding: json.bytes, as: UTF8.self)
        #expect(text == Self.details + ",\(shown),\"version\":9}")
        #expect(throws: Never.self) { _ = try JSONDocument(parsing: json.bytes) }
    }

    @Test func `shows no token and nothing of the sealed address`() {
        let text = text(reply(to: Self.place))
        #expect(!text.contains("tok_secret"))
        #expect(!text.contains(Hex.text(Recipient.sample.sealed.box)))
        #expect(!text.contains("shop:42"))
    }
}
