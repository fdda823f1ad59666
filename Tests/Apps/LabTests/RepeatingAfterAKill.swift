// SPDX-License-Identifier: Apache-2.0
/// Case H3 (h): what a key stands for outlives the process, however that ends.

import CrashLabs
import Foundation
import JSONCodec
import LoadGenerator
import TemporaryFolders
import Testing

@Suite(.serialized) struct `A request that is repeated after a kill` {
    /// A request under a key, and what it was answered.
    private struct Exchange {
        let request: LoadRequest
        let status: Int
        let body: [UInt8]
    }

    private static func order(
        _ key: String, sku: String = "CUP", quantity: Int = 1, city: String? = "Leeds",
        principal: String? = nil
    ) -> LoadRequest {
        let place = city.map { #""line1":"1 High St","city":"\#($0)","country":"GB""# }
            ?? #""line1":"1 High St","country":"GB""#
        let body = #"""
            {"currency":"GBP","lines":[{"sku":"\#(sku)","quantity":\#(quantity),
            "unitPrice":"2.55"}],"customer":{"name":"Ann","email":"ann@example.org",
            "address":{\#(place)}},"payment":{"token":"tok_ok"}}
            """#
        return write("POST", "/v1/orders", key, body, principal: principal)
    }

    private static func write(
        _ method: String, _ path: String, _ key: String, _ body: String, principal: String? = nil
    ) -> LoadRequest {
        var headers = [("Content-Type", "application/json"), ("Idempotency-Key", key)]
        if let principal { headers.append(("X-Principal", principal)) }
        return LoadRequest(method, path, headers: headers, body: Array(body.utf8))
    }

    private static func count(_ sku: String, _ units: Int, _ key: String) -> LoadRequest {
        write("PUT", "/v1/stock/main/\(sku)", key, #"{"onHand":\#(units)}"#)
    }

    private static func orders(_ client: LoadClient) async throws -> Set<String> {
        let list = try await client.send(.get("/v1/orders?limit=100"))
        return Set(list.json?["data"]?.elements.compactMap { $0["id"]?.string } ?? [])
    }

    /// Everything that H3 does before the kill.
    private static func play(_ client: LoadClient) async throws -> [Exchange] {
        var kept: [Exchange] = []
        func ask(_ request: LoadRequest, _ status: Int, isKept: Bool = true) async throws {
            let answer = try await client.send(request)
            #expect(answer.status == status, "\(String(decoding: answer.body, as: UTF8.self))")
            guard isKept else { return }
            kept.append(Exchange(request: request, status: answer.status, body: answer.body))
        }
        try await ask(count("CUP", 100, "c1"), 200)
        try await ask(count("TEA", 1, "c2"), 200)
        try await ask(order("K1", city: nil), 422, isKept: false)
        try await ask(order("K1"), 201)
        try await ask(order("K2"), 201)
        try await ask(order("K2", principal: "other"), 201)
        try await ask(order("K3", sku: "TEA", quantity: 2), 409)
        try await ask(count("TEA", 10, "c3"), 200)
        try await ask(order("K4", sku: "TEA", quantity: 2), 201)
        return kept
    }

    @Test func `has its first answer, and nothing is done twice`() async throws {
        try await TestFolder.with { folder in
            let data = folder.path("house")
            var house = try await HouseProcess.serve(
                Programs.orderhouse, data: data, arguments: ["--log-level", "warning"], in: folder)
            let (kept, before) = try await LoadClient.with(
                house.target, .init(connections: 4)
            ) { client in
                (try await Self.play(client), try await Self.orders(client))
            }
            #expect(before.count == 5, "four that were taken and one that was short")
            try await house.kill9()
            house = try await HouseProcess.serve(
                Programs.orderhouse, data: data, arguments: ["--log-level", "warning"], in: folder)
            try await LoadClient.with(house.target, .init(connections: 20)) { client in
                for one in kept {
                    let again = try await client.send(one.request)
                    #expect(again.status == one.status && again.body == one.body)
                    #expect(again.headers["Idempotent-Replayed"] == "true")
                }
                for reused in [
                    Self.order("K1", city: nil), Self.order("K1", quantity: 2),
                    Self.write("POST", "/v1/orders/\(before.first ?? "")/cancel", "K1", ""),
                ] {
                    let answer = try await client.send(reused)
                    #expect(answer.status == 422)
                }
                try await Self.twins(client)
                #expect(try await Self.orders(client).count == before.count + 1)
            }
            try await house.terminate(.seconds(20))
        }
    }

    /// Twenty at once under a new key are one order.
    private static func twins(_ client: LoadClient) async throws {
        let answers = try await withThrowingTaskGroup(of: LoadResponse.self) { tasks in
            for _ in 0..<20 { tasks.addTask { try await client.send(order("K5")) } }
            return try await tasks.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(answers.map(\.body)).count == 1)
        #expect(answers.allSatisfy { $0.status == 201 })
        #expect(answers.count { $0.headers["Idempotent-Replayed"] == "true" } == 19)
    }
}
