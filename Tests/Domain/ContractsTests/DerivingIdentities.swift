// SPDX-License-Identifier: Apache-2.0
/// What belongs to an order has ids that follow from the order's: named twice, it is the same
/// thing. Providers and carriers know us by these ids, so they never change.

import Contracts
import Kernel
import SampleFacts
import Testing

@Suite struct `Deriving identities` {
    struct Vector: Sendable {
        let order: String
        let holds: [String]
        let payments: [String]
        let shipments: [String]
        let messages: [String]
    }

    /// Computed from the documented formula by an independent program.
    private static let vectors = [
        Vector(
            order: "ord_01m6e22wg0ek9828t5cy4tqkff",
            holds: ["hld_01m6e22wg0ek99kzvfcrr2mj1d", "hld_01m6e22wg0ek9ahjf5bahst9j5"],
            payments: ["pay_01m6e22wg0ek9865xzc6ahw5nn", "pay_01m6e22wg0ek9bypj8p0gn8cb4"],
            shipments: ["shp_01m6e22wg0ek9ar0vtyvfe3xd4", "shp_01m6e22wg0ek98z800v2kv0990"],
            messages: ["msg_01m6e22wg0ek99tsdh2xmaghhz", "msg_01m6e22wg0ek9b4a8w3xabf3h7"]),
        Vector(
            order: "ord_0000000000e008000000000000",
            holds: ["hld_0000000000e009j5gfnt2m1zr2", "hld_0000000000e00b03aq6ed7kna5"],
            payments: ["pay_0000000000e0098cj93hjp17br", "pay_0000000000e00aev77ap1270a0"],
            shipments: ["shp_0000000000e00b25y0cp51qf7q", "shp_0000000000e00b6h414bgcrcps"],
            messages: ["msg_0000000000e008qjh0tcd2bvvm", "msg_0000000000e00b5bj9tz5zwgsr"]),
        Vector(
            order: "ord_7zzzzzzzzzfzzvzzzzzzzzzzzz",
            holds: ["hld_7zzzzzzzzzfzzs8f1ve70b53es", "hld_7zzzzzzzzzfzzrbxs4qkxc80tq"],
            payments: ["pay_7zzzzzzzzzfzzvpgbeyar5rqhq", "pay_7zzzzzzzzzfzzrca76n9bwxata"],
            shipments: ["shp_7zzzzzzzzzfzzsw8vs5f1p4y23", "shp_7zzzzzzzzzfzzrgjm4q6tq0hsn"],
            messages: ["msg_7zzzzzzzzzfzztn1ej10n4ybnx", "msg_7zzzzzzzzzfzzswc4znregk4a8"]),
    ]

    @Test(arguments: vectors)
    func `never changes`(_ vector: Vector) throws {
        let order = try #require(OrderID(text: vector.order))
        #expect(vector.holds == [order.hold().text, order.hold(1).text])
        #expect(vector.payments == [order.payment().text, order.payment(1).text])
        #expect(vector.shipments == [order.shipment().text, order.shipment(1).text])
        #expect(
            vector.messages
                == [MessageKind.orderConfirmed, .orderCanceled].map {
                    order.message($0).text
                })
    }

    @Test func `gives everything of an order an id of its own`() {
        let orders = (0..<1_000).map { OrderID.numbered($0) }
        let ids = orders.flatMap { order -> [UUIDv7] in
            let numbered = (0..<4).flatMap {
                [order.hold($0).raw, order.payment($0).raw, order.shipment($0).raw]
            }
            return [order.raw] + numbered + MessageKind.allCases.map { order.message($0).raw }
        }
        #expect(Set(ids).count == ids.count)
    }

    @Test func `keeps what belongs to an order next to it`() {
        let order = OrderID.sample
        let ids = [order.hold().raw, order.payment().raw, order.shipment().raw]
        #expect(ids.allSatisfy { $0.bucket == order.raw.bucket })
        #expect(ids.allSatisfy { $0.milliseconds == order.raw.milliseconds })
    }

    @Test func `does not take one kind of id for another`() {
        let order = OrderID.sample
        #expect(PaymentID(text: order.hold().text) == nil)
        #expect(OrderID(text: order.payment().text) == nil)
        #expect(ShipmentID(text: order.shipment().text) == order.shipment())
    }

    @Test func `never changes where entities are kept`() {
        #expect(OrderID.tables == ["orders"])
        #expect(HoldID.tables == ["hld"])
        #expect(PaymentID.tables == ["payments"])
        #expect(ShipmentID.tables == ["shipments"])
        #expect(MessageID.tables == ["messages"])
    }
}
