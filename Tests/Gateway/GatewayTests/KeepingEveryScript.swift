// SPDX-License-Identifier: Apache-2.0
/// Names and addresses in any script go all the way through: order, list, events, mail.

import JSONCodec
import LoadGenerator
import Testing

@testable import Gateway

@Suite struct `Keeping every script` {
    private static let orders: [OrderText] = [
        .with(
            .name,
            "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{200d}\u{1f466} \u{1f44d}\u{1f3fd}"),
        .with(.line1, "شارع الملك \u{200e}12\u{200f} ب"),
        .with(.city, "Zu\u{308}rich"),
        .with(.name, String(repeating: "\u{4e2d}", count: 66)),
        .with(.name, "Zoe\u{308} \u{5e8}\u{5d7}\u{5d5}\u{5d1}"),
    ]

    @Test func `from the order to the mail`() async throws {
        try await RealHouse.with { house, door in
            try await LoadClient.with(door.target, .init(connections: 1)) { client in
                try await house.count("CUP", 100, client)
                var ids: [String] = []
                for (number, order) in Self.orders.enumerated() {
                    let placed = try await client.send(
                        LoadRequest(
                            "POST", "/v1/orders", headers: [("Idempotency-Key", "k\(number)")],
                            body: Array(order.text.utf8)))
                    #expect(placed.status == 201)
                    ids.append(placed.json?["id"]?.string ?? "")
                }
                for id in ids {
                    try await eventually("\(id) is completed") {
                        let read = try await client.send(.get("/v1/orders/\(id)"))
                        return read.json?["status"]?.string == "completed"
                    }
                    #expect(
                        try await client.send(.get("/v1/orders/\(id)/events")).status == 200)
                }
                let list = try await client.send(.get("/v1/orders"))
                #expect(list.status == 200 && list.json?["data"]?.count == ids.count)
                try await eventually("every mail") { house.mails.count == ids.count }
                for (id, order) in zip(ids, Self.orders) {
                    let name = try JSONDocument(parsing: Array(order.name.utf8)).root.string
                    let mail = try #require(house.mails.first { $0.contains(id) })
                    let greeting = Array("Dear \(name ?? ""),\n".utf8)
                    #expect(Array(mail.utf8).firstRange(of: greeting) != nil)
                    let lines = mail.split(separator: "\n", omittingEmptySubsequences: false)
                    let headers = lines.prefix { !$0.isEmpty }
                    #expect(headers.allSatisfy { $0.utf8.allSatisfy { $0 < 0x7f } })
                    #expect(headers.count { $0.hasPrefix("To: ") } == 1)
                    #expect(!headers.contains { $0.lowercased().hasPrefix("bcc:") })
                }
            }
        }
    }
}
