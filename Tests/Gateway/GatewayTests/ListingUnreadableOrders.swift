// SPDX-License-Identifier: Apache-2.0
/// One order whose row is damaged keeps its place in every list, with its id and the word
/// `unreadable`; the others are served, and the operator is told once.

import Foundation
import GRDB
import House
import JSONCodec
import Kernel
import LoadGenerator
import NodeEngine
import TemporaryFolders
import Testing

@testable import Gateway

@Suite struct `Listing unreadable orders` {
    /// Three orders at rest, the second of them damaged; their ids in order.
    private func damage(_ folder: TestFolder) async throws -> [String] {
        let ids = try await RealHouse.with(in: folder, { $0.runner = .writeThrough }) { _, door in
            try await LoadClient.with(door.target, .init(connections: 1)) { client in
                var ids: [String] = []
                for key in ["a", "b", "c"] {
                    let answer = try await client.send(
                        LoadRequest(
                            "POST", "/v1/orders", headers: [("Idempotency-Key", key)],
                            body: Array(OrderText().text.utf8)))
                    #expect(answer.status == 409)
                    let path = answer.json?["instance"]?.string ?? ""
                    ids.append(String(path.split(separator: "/").last ?? ""))
                }
                return ids.sorted()
            }
        }
        let store = try DatabaseQueue(path: folder.path("house/nodes/house/store.sqlite"))
        try await store.write { db in
            let keys = try Data.fetchAll(db, sql: "SELECT key FROM t_orders_0 ORDER BY key")
            try #require(keys.count == 3)
            try db.execute(
                sql: "UPDATE t_orders_0 SET value = X'00' WHERE key = ?", arguments: [keys[1]])
        }
        try store.close()
        return ids
    }

    @Test func `over HTTP`() async throws {
        try await TestFolder.with { folder in
            let ids = try await damage(folder)
            try await RealHouse.with(in: folder) { _, door in
                try await LoadClient.with(door.target, .init(connections: 1)) { client in
                    for _ in 0..<3 {
                        let list = try await client.send(.get("/v1/orders"))
                        #expect(list.status == 200)
                        let data = try #require(list.json?["data"]?.elements.map { $0 })
                        #expect(data.map { $0["id"]?.string } == ids)
                        let statuses = data.map { $0["status"]?.string }
                        #expect(statuses == ["rejected", "unreadable", "rejected"])
                    }
                    let page = try await client.send(.get("/v1/orders?limit=2"))
                    #expect(page.json?["nextCursor"]?.string == ids[1])
                    let rest = try await client.send(.get("/v1/orders?limit=2&after=\(ids[1])"))
                    #expect(rest.json?["data"]?.elements.map { $0["id"]?.string } == [ids[2]])
                    for path in ["/v1/orders/\(ids[1])", "/v1/orders/\(ids[1])/events"] {
                        let one = try await client.send(.get(path))
                        #expect(one.status == 500)
                        #expect(one.json?["code"]?.string == "stored-data-unreadable")
                    }
                    #expect(try await client.send(.get("/v1/orders/\(ids[0])")).status == 200)
                    let ready = try await client.send(.get("/health/ready"))
                    let unreadable = ready.json?["unreadable"]
                    #expect(ready.status == 200 && unreadable?["count"]?.int64 == 1)
                    #expect(unreadable?["first"]?.elements.map(\.string) == [ids[1]])
                }
                let complaints = door.log.complaints
                #expect(complaints.count == 1, "\(complaints)")
                #expect(complaints.first?.hasPrefix("stored row unreadable") == true)
                #expect(complaints.first?.contains(ids[1]) == true)
            }
        }
    }

    @Test func `under no order's id takes no place in a page`() async throws {
        try await TestFolder.with { folder in
            let ids = try await damage(folder)
            let store = try DatabaseQueue(path: folder.path("house/nodes/house/store.sqlite"))
            try await store.write { db in
                let insert = "INSERT INTO t_orders_0 (key, value, due)"
                for key in ["X'00'", "X'01'", "X'02'", "X'ff'"] {
                    let row = "SELECT \(key), value, due FROM t_orders_0 LIMIT 1"
                    try db.execute(sql: "\(insert) \(row)")
                }
            }
            try store.close()
            try await RealHouse.with(in: folder) { _, door in
                try await LoadClient.with(door.target, .init(connections: 1)) { client in
                    var found: [String?] = []
                    var path = "/v1/orders?limit=1"
                    for _ in 0..<9 {
                        let page = try await client.send(.get(path))
                        found += page.json?["data"]?.elements.map { $0["id"]?.string } ?? []
                        guard let next = page.json?["nextCursor"]?.string else { break }
                        path = "/v1/orders?limit=1&after=\(next)"
                    }
                    #expect(found == ids)
                    let all = try await client.send(.get("/v1/orders?limit=3"))
                    #expect(all.json?["data"]?.count == 3)
                }
            }
            let reader = try OfflineReader(data: folder.path("house"))
            let listing = try reader.orders(id: nil, status: nil) { _ in }
            #expect(listing.printed == 3 && listing.unreadable == 5)
        }
    }

    @Test func `from the files`() async throws {
        try await TestFolder.with { folder in
            let ids = try await damage(folder)
            let reader = try OfflineReader(data: folder.path("house"))
            func orders(
                id: String? = nil, status: String? = nil
            ) throws -> (OfflineReader.Listing, [String?], [String?]) {
                var ids: [String?] = []
                var statuses: [String?] = []
                let listing = try reader.orders(id: id, status: status) { line in
                    let root = try? JSONDocument(parsing: line).root
                    ids.append(root?["id"]?.string)
                    statuses.append(root?["status"]?.string)
                }
                return (listing, ids, statuses)
            }
            let (listing, all, statuses) = try orders()
            #expect(listing.printed == 3 && listing.unreadable == 1 && all == ids)
            #expect(statuses == ["rejected", "unreadable", "rejected"])
            #expect(try orders(status: "unreadable").1 == [ids[1]])
            #expect(try orders(status: "rejected").1 == [ids[0], ids[2]])
            #expect(try orders(id: ids[1]).2 == ["unreadable"])
            #expect(try orders(id: ids[0]).2 == ["rejected"])
        }
    }
}
