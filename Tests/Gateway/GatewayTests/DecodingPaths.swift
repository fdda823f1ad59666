// SPDX-License-Identifier: Apache-2.0
/// A path is decoded once, and says the same whichever way it is spelled; a code that nothing can
/// have is a fault of the request.

import HTTPTypes
import JSONCodec
import Testing

@testable import Gateway

@Suite struct `Decoding paths` {
    @Test func `a percent-encoded segment means what it stands for`() async throws {
        let shop = try Shop()
        _ = try await shop.count(5, key: "a")
        for path in ["/v1/stock/main/%43UP", "/v1/stock/m%61in/C%55%50", "/v1/stock/main/CUP"] {
            let answer = try await shop.ask(.get, path)
            #expect(answer.status == 200 && answer.json?["onHand"]?.int64 == 5)
        }
        let placed = try await shop.place(1, key: "o")
        let id = try #require(placed.json?["id"]?.string)
        #expect(try await shop.ask(.get, "/v1/orders/%6Frd\(id.dropFirst(3))").status == 200)
        #expect(try await shop.ask(.get, "/%761/%6frders/\(id)").status == 200)
        let page = try await shop.ask(.get, "/v1/%6Frders?limit=1")
        #expect(page.json?["nextCursor"]?.string == id)
        let ordered = try await shop.ask(.post, "/v1/order%73", OrderText().text, key: "p")
        #expect(ordered.status == 201, "\(ordered.text)")
        #expect(try await shop.ask(.get, "/v1%2Forders").status == 404)
    }

    @Test func `a repeat is the same request however its path is spelled`() async throws {
        let shop = try Shop()
        let first = try await shop.count(5, key: "a")
        let again = try await shop.ask(
            .put, "/v1/stock/main/%43%55P", #"{"onHand":5}"#, key: "a")
        #expect(again.status == 200 && again.text == first.text)
        #expect(again.headers[.init("Idempotent-Replayed")!] == "true")
    }

    @Test func `decoding happens once`() async throws {
        let shop = try Shop()
        _ = try await shop.count(5, key: "a")
        let answer = try await shop.ask(.get, "/v1/stock/main/%2543UP")
        #expect(answer.status == 422 && answer.pointers == ["/sku"])
    }

    @Test(arguments: [
        "/v1/stock/main/%", "/v1/stock/main/%4", "/v1/stock/main/%4g", "/v1/stock/%zz/CUP",
        "/v1/stock/main/%ff", "/v1/stock/main/%c3", "/v1/stock/main/%ed%a0%80",
        "/v1/stock/main/%c0%af", "/v1/orders/%", "/v1/orders/%80/events", "/nowhere/%g0",
        "/v1/orders?limit=%", "/v1/orders?after=%ff", "/v1/stock/main/\u{e9}",
    ])
    func `a broken encoding is 400`(_ path: String) async throws {
        for method in [HTTPRequest.Method.get, .put, .post] {
            let answer = try await Shop().ask(method, path, #"{"onHand":1}"#, key: "k")
            #expect(answer.status == 400 && answer.code == "malformed-request", "\(answer.text)")
        }
    }

    @Test(arguments: [
        ("/v1/stock/main/C%20P", ["/sku"]), ("/v1/stock/main/A%2FB", ["/sku"]),
        ("/v1/stock/main/%C3%A9", ["/sku"]), ("/v1/stock/main/A%00", ["/sku"]),
        ("/v1/stock/main/" + String(repeating: "A", count: 41), ["/sku"]),
        ("/v1/stock/" + String(repeating: "a", count: 21) + "/CUP", ["/warehouse"]),
        ("/v1/stock/ma%20in/C%20P", ["/warehouse", "/sku"]),
    ])
    func `a code that may never exist is 422 with the reason`(
        _ path: String, _ pointers: [String]
    ) async throws {
        let shop = try Shop()
        for method in [HTTPRequest.Method.get, .put] {
            let answer = try await shop.ask(method, path, #"{"onHand":1}"#, key: "k")
            #expect(answer.status == 422 && answer.code == "validation-failed")
            #expect(answer.pointers == pointers)
        }
        // One that could exist is told to be counted first.
        let unknown = try await shop.ask(
            .get, "/v1/stock/main/" + String(repeating: "A", count: 40))
        #expect(unknown.status == 404 && unknown.code == "unknown-stock")
    }

    @Test(arguments: [
        ("/a", "/a"), ("/%61", "/a"), ("/%2f", "/%2F"), ("/%7e%2D", "/~-"), ("/%c3%a9", "/%C3%A9"),
        ("/%25", "/%25"), ("/%2541", "/%2541"),
    ])
    func `equal paths have one spelling`(_ path: String, _ spelling: String) {
        #expect(PercentCoding.normalized(path) == spelling)
        #expect(PercentCoding.normalized(spelling) == spelling)
    }
}
