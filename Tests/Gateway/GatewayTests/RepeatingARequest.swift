// SPDX-License-Identifier: Apache-2.0
/// A key names one thing to be done: a repeat meets its first answer, a mended request may use the
/// key of the one that was refused, and nothing is done twice.

import HTTPTypes
import House
import JSONCodec
import LoadGenerator
import TemporaryFolders
import Testing

@testable import Gateway

@Suite struct `Repeating a request` {
    private static let replayed = HTTPField.Name("Idempotent-Replayed")!

    private func shop(_ units: Int = 50) async throws -> Shop {
        let shop = try Shop()
        _ = try await shop.count(units, key: "count")
        return shop
    }

    @Test func `a mended body may use the key of the one that was refused`() async throws {
        let shop = try await shop()
        var order = OrderText()
        order.city = "null"
        let refused = try await shop.ask(.post, "/v1/orders", order.text, key: "k")
        #expect(refused.status == 422 && refused.pointers == ["/customer/address/city"])
        let placed = try await shop.ask(.post, "/v1/orders", OrderText().text, key: "k")
        #expect(placed.status == 201)
    }

    @Test func `another body under a used key is refused and changes nothing`() async throws {
        let shop = try await shop()
        let placed = try await shop.ask(.post, "/v1/orders", OrderText().text, key: "k")
        let path = try #require(placed.headers[.location])
        let before = try await shop.ask(.get, path)
        var other = OrderText()
        other.lines = #"[{"sku":"CUP","quantity":2,"unitPrice":"10.00"}]"#
        let answer = try await shop.ask(.post, "/v1/orders", other.text, key: "k")
        #expect(answer.status == 422 && answer.code == "idempotency-key-reused")
        #expect(try await shop.ask(.get, path).text == before.text)
        #expect(try await shop.ask(.get, "/v1/stock/main/CUP").json?["held"]?.int64 == 1)
    }

    @Test func `a key is not answered with what another route did under it`() async throws {
        let shop = try await shop()
        let placed = try await shop.ask(.post, "/v1/orders", OrderText().text, key: "k")
        let path = try #require(placed.headers[.location])
        let cancel = try await shop.ask(.post, "\(path)/cancel", key: "k")
        #expect(cancel.status == 422 && cancel.code == "idempotency-key-reused")
        #expect(
            try await shop.ask(.get, path).json?["status"]?.string == "awaiting-payment")
        let count = try await shop.ask(.put, "/v1/stock/main/TEA", #"{"onHand":1}"#, key: "k")
        // Another service keeps its own answers: the key is new to it.
        #expect(count.status == 200 && count.text != placed.text)
    }

    /// A request is known by its bytes: whoever repeats it sends it as it was.
    @Test(arguments: [
        OrderText().text + " ",
        OrderText().text.replacing(#""currency":"GBP","lines""#, with: #""lines""#)
            .replacing(#""payment""#, with: #""currency":"GBP","payment""#),
    ])
    func `other white space or another order of members is another request`(
        _ text: String
    ) async throws {
        let shop = try await shop()
        #expect(text != OrderText().text)
        let first = try await shop.ask(.post, "/v1/orders", OrderText().text, key: "k")
        let second = try await shop.ask(.post, "/v1/orders", text, key: "k")
        #expect(first.status == 201)
        #expect(second.status == 422 && second.code == "idempotency-key-reused")
        #expect(try await shop.ask(.get, "/v1/orders").json?["data"]?.count == 1)
    }

    @Test func `the same key of someone else is another one`() async throws {
        let shop = try await shop()
        let first = try await shop.ask(.post, "/v1/orders", OrderText().text, key: "k")
        let other = try await shop.ask(
            .post, "/v1/orders", OrderText().text, key: "k", principal: "shop:2")
        #expect(first.status == 201 && other.status == 201)
        #expect(first.json?["id"]?.string != other.json?["id"]?.string)
        #expect(other.headers[Self.replayed] == nil)
    }

    @Test func `short stock is the key's answer for good`() async throws {
        let shop = try await shop(0)
        let short = try await shop.ask(.post, "/v1/orders", OrderText().text, key: "k")
        #expect(short.status == 409 && short.code == "insufficient-stock")
        _ = try await shop.count(5, key: "recount")
        let again = try await shop.ask(.post, "/v1/orders", OrderText().text, key: "k")
        #expect(again.text == short.text && again.headers[Self.replayed] == "true")
        #expect(try await shop.ask(.post, "/v1/orders", OrderText().text, key: "l").status == 201)
    }

    private static func place(_ key: String) -> LoadRequest {
        LoadRequest(
            "POST", "/v1/orders", headers: [("Idempotency-Key", key)],
            body: Array(OrderText().text.utf8))
    }

    @Test func `twins get one order, and one of them made it`() async throws {
        try await RealHouse.with { house, door in
            try await LoadClient.with(door.target, .init(connections: 20)) { client in
                try await house.count("CUP", 50, client)
                let answers = try await withThrowingTaskGroup(of: LoadResponse.self) { tasks in
                    for _ in 0..<20 { tasks.addTask { try await client.send(Self.place("k")) } }
                    return try await tasks.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.allSatisfy { $0.status == 201 })
                #expect(Set(answers.map(\.body)).count == 1)
                #expect(answers.count { $0.headers["Idempotent-Replayed"] == "true" } == 19)
            }
        }
    }

    @Test func `answers outlive the house`() async throws {
        try await TestFolder.with { folder in
            let first = try await RealHouse.with(in: folder) { house, door in
                try await LoadClient.with(door.target, .init(connections: 2)) { client in
                    try await house.count("CUP", 1, client)
                    let placed = try await client.send(Self.place("k"))
                    let short = try await client.send(Self.place("l"))
                    #expect(placed.status == 201 && short.status == 409)
                    return [placed.body, short.body]
                }
            }
            try await RealHouse.with(in: folder) { house, door in
                try await LoadClient.with(door.target, .init(connections: 2)) { client in
                    let again = [
                        try await client.send(Self.place("k")),
                        try await client.send(Self.place("l")),
                    ]
                    #expect(again.map(\.body) == first && again.map(\.status) == [201, 409])
                    #expect(again.allSatisfy { $0.headers["Idempotent-Replayed"] == "true" })
                }
            }
        }
    }
}
