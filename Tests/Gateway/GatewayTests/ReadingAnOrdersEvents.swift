// SPDX-License-Identifier: Apache-2.0
/// What `/v1/orders/{id}/events` shows: the order's facts, word for word, and nothing that only the
/// house and its operators may know.

import Foundation
import HTTPTypes
import JSONCodec
import LoadGenerator
import Testing

@testable import Gateway

@Suite struct `Reading an order's events` {
    private static func place(_ order: OrderText) -> LoadRequest {
        LoadRequest(
            "POST", "/v1/orders",
            headers: [("Idempotency-Key", "k"), ("X-Principal", "shop:secret-principal")],
            body: Array(order.text.utf8))
    }

    private func events(
        of order: OrderText, until status: String
    ) async throws -> (LoadResponse, id: String) {
        try await RealHouse.with { house, door in
            try await LoadClient.with(door.target, .init(connections: 1)) { client in
                try await house.count("CUP", 5, client)
                let placed = try await client.send(Self.place(order))
                let id = placed.json?["id"]?.string ?? ""
                try await eventually("the order is \(status)") {
                    let read = try await client.send(.get("/v1/orders/\(id)"))
                    return read.json?["status"]?.string == status
                }
                return (try await client.send(.get("/v1/orders/\(id)/events")), id)
            }
        }
    }

    /// Ids, times and sealed boxes differ from run to run.
    private func blanked(_ response: LoadResponse) -> String {
        let text = String(decoding: response.body, as: UTF8.self)
        return text.replacing(/(ord|hld|pay|shp|per|cmd)_[0-9a-z]{26,}/) { "\($0.output.1)_*" }
            .replacing(/20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]*Z/, with: "*")
            .replacing(/"box":"[0-9a-f]*"/, with: #""box":"*""#)
            .replacing("},{\"id\":\"evt", with: "},\n{\"id\":\"evt")
    }

    @Test func `a declined order, from its first fact to its last`() async throws {
        var order = OrderText()
        order.token = #""tok_declined""#
        let (answer, _) = try await events(of: order, until: "canceled")
        #expect(answer.status == 200)
        #expect(answer.headers["Content-Type"] == "application/json; charset=utf-8")
        #expect(blanked(answer) == Self.golden)
    }

    private static let golden = """
        {"data":[{"id":"evt_orders/0/1","type":"order.placed.v1","stream":"ord_*","version":1,\
        "position":1,"recordedAt":"*","causationId":"cmd_*","correlationId":"ord_*",\
        "data":{"order":"ord_*","lines":[{"sku":"CUP","quantity":1,\
        "unitPrice":{"decimal":"10.00","currency":"GBP"},\
        "total":{"amount":1000,"currency":"GBP"}}],"adjustments":[],\
        "total":{"amount":1000,"currency":"GBP"},"warehouse":"main","origin":{},\
        "recipient":{"sealed":{"person":"per_*","box":"*"},"country":"GB"},\
        "at":"*","remindAt":"*"}},
        {"id":"evt_orders/0/2","type":"order.reserved.v1","stream":"ord_*","version":2,\
        "position":2,"recordedAt":"*","causationId":"evt_inventory/0/3","correlationId":"ord_*",\
        "data":{"order":"ord_*","amount":{"amount":1000,"currency":"GBP"},"expiresAt":"*"}},
        {"id":"evt_orders/0/3","type":"order.canceling.v1","stream":"ord_*","version":3,\
        "position":3,"recordedAt":"*","causationId":"evt_payments/0/2","correlationId":"ord_*",\
        "data":{"order":"ord_*","reason":"payment-declined"}},
        {"id":"evt_orders/0/4","type":"order.stopped.v1","stream":"ord_*","version":4,\
        "position":4,"recordedAt":"*","causationId":"evt_payments/0/2","correlationId":"ord_*",\
        "data":{"order":"ord_*","reason":"payment-declined","hold":{"id":"hld_*"},\
        "remindAt":"*"}},
        {"id":"evt_orders/0/5","type":"order.canceled.v1","stream":"ord_*","version":5,\
        "position":5,"recordedAt":"*","causationId":"evt_inventory/0/5","correlationId":"ord_*",\
        "data":{"order":"ord_*","reason":"payment-declined",\
        "total":{"amount":1000,"currency":"GBP"},\
        "recipient":{"sealed":{"person":"per_*","box":"*"},"country":"GB"}}}]}
        """

    @Test func `no token and no principal of a completed order`() async throws {
        var order = OrderText()
        order.token = #""tok_ok""#
        let (answer, id) = try await events(of: order, until: "completed")
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect(answer.status == 200 && text.contains(id))
        #expect(text.contains("order.placed.v1") && text.contains("order.completed.v1"))
        for secret in ["tok_ok", "paymentToken", "principal", "Ann", "ann@", "High Street"] {
            #expect(!text.contains(secret), "\(secret)")
        }
        let types = answer.json?["data"]?.elements.map { $0["type"]?.string ?? "" } ?? []
        #expect(types.count { $0 == "order.paid.v1" || $0 == "order.completed.v1" } <= 2)
    }

    @Test func `an order that is not there is 404`() async throws {
        try await RealHouse.with { _, door in
            try await LoadClient.with(door.target, .init(connections: 1)) { client in
                let path = "/v1/orders/ord_06h5nstb000000000000000000/events"
                let answer = try await client.send(.get(path))
                #expect(answer.status == 404)
                #expect(answer.json?["code"]?.string == "unknown-order")
            }
        }
    }
}
