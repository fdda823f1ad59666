// SPDX-License-Identifier: Apache-2.0
/// Products over HTTP: put, read, withdrawn, many at once, and the prices that orders take.

import HTTPTypes
import JSONCodec
import MemoryAdapter
import NodeEngine
import Ports
import Testing

@testable import Gateway

@Suite struct `Keeping products` {
    private static func mug(_ sku: String = "MUG-S", price: String = "2.55") -> String {
        """
        {"title":"Mug","attributes":{"color":"blue","sizes":[1,2.50]},"images":["mug.jpg"],
         "variants":[{"sku":"\(sku)","options":[{"name":"size","value":"S"}],
                      "prices":[{"currency":"GBP","decimal":"\(price)"},
                                {"currency":"EUR","decimal":"3"}]}]}
        """
    }

    private func order(
        _ shop: Shop, _ lines: String, currency: String = "GBP", key: String = "o"
    ) async throws -> Shop.Answer {
        try await shop.ask(
            .post, "/v1/orders",
            """
            {"currency":"\(currency)","lines":\(lines),
             "customer":{"name":"Ann","email":"ann@example.org",
                         "address":{"line1":"1 High Street","city":"Leeds","country":"GB"}},
             "payment":{"token":"tok_ok"}}
            """, key: key)
    }

    @Test func `creates, repeats, replaces and reads one`() async throws {
        let shop = try Shop()
        let created = try await shop.ask(.put, "/v1/products/mug", Self.mug(), key: "1")
        #expect(created.status == 201 && created.headers[.location] == "/v1/products/mug")
        #expect(created.json?["attributes"]?["sizes"]?.elements.first?.int64 == 1)
        #expect(created.text.contains(#""attributes":{"color":"blue","sizes":[1,2.50]}"#))
        let repeated = try await shop.ask(.put, "/v1/products/mug", Self.mug(), key: "1")
        #expect(repeated.status == 201 && repeated.text == created.text)
        #expect(repeated.headers[.idempotentReplayed] == "true")
        let dearer = Self.mug(price: "2.75")
        let replaced = try await shop.ask(.put, "/v1/products/mug", dearer, key: "2")
        #expect(replaced.status == 200 && replaced.tag != created.tag)
        let read = try await shop.ask(.get, "/v1/products/mug")
        #expect(read.status == 200 && read.text == replaced.text && read.tag == replaced.tag)
        let list = try await shop.ask(.get, "/v1/products")
        #expect(list.json?["data"]?.count == 1 && list.json?["nextCursor"]?.isNull == true)
        #expect(try await shop.ask(.get, "/v1/products/cup").code == "unknown-product")
    }

    @Test func `changes only the version that is expected`() async throws {
        let shop = try Shop()
        let first = try await shop.ask(.put, "/v1/products/mug", Self.mug(), key: "1")
        let tag = try #require(first.tag)
        let dearer = Self.mug(price: "9")
        let second = try await shop.ask(
            .put, "/v1/products/mug", dearer, key: "2", ifMatch: tag)
        #expect(second.status == 200)
        let stale = try await shop.ask(
            .put, "/v1/products/mug", Self.mug(), key: "3", ifMatch: tag)
        #expect(stale.status == 412)
        #expect(try await shop.ask(.get, "/v1/products/mug").text == second.text)
        let absent = try await shop.ask(
            .put, "/v1/products/cup", Self.mug("CUP"), key: "4", ifMatch: "*")
        #expect(absent.status == 412)
    }

    @Test func `withdraws one, and takes it back`() async throws {
        let shop = try Shop()
        _ = try await shop.ask(.put, "/v1/products/mug", Self.mug(), key: "1")
        let withdrawn = try await shop.ask(.post, "/v1/products/mug/withdraw", key: "2")
        #expect(withdrawn.status == 200 && withdrawn.json?["status"]?.string == "withdrawn")
        #expect(try await shop.ask(.get, "/v1/variants/MUG-S").json?["isOnSale"]?.bool == false)
        let back = try await shop.ask(.put, "/v1/products/mug", Self.mug(), key: "3")
        #expect(back.status == 200 && back.json?["status"]?.string == "on-sale")
        let unknown = try await shop.ask(.post, "/v1/products/cup/withdraw", key: "4")
        #expect(unknown.code == "unknown-product")
    }

    @Test func `tells each fault with its place`() async throws {
        let shop = try Shop()
        let body = """
            {"title":"","images":[7],"attributes":[],"colour":"red",
             "variants":[{"sku":"a b","options":[{"name":""}],
                          "prices":[{"currency":"GBPX","decimal":2},
                                    {"currency":"GBP","decimal":"x"}]}]}
            """
        let answer = try await shop.ask(.put, "/v1/products/mug", body, key: "1")
        #expect(answer.status == 422 && answer.code == "validation-failed")
        let places = answer.json?["errors"]?.elements.compactMap { $0["pointer"]?.string }
        #expect(
            Set(places ?? []) == [
                "/title", "/images/0", "/attributes", "/colour", "/variants/0/sku",
                "/variants/0/options/0/name", "/variants/0/options/0/value",
                "/variants/0/prices/0/currency", "/variants/0/prices/1/decimal",
            ])
        for code in ["a%20b", String(repeating: "a", count: 41)] {
            let answer = try await shop.ask(.put, "/v1/products/\(code)", Self.mug(), key: code)
            #expect(answer.status == 422, "\(code)")
        }
        let bulk = try await shop.ask(.put, "/v1/products/bulk", Self.mug(), key: "bulk")
        #expect(bulk.status == 405 && bulk.headers[.allow] == "POST")
    }

    /// A hundred variants with ten options each.
    private static func wide(_ letter: String, description: String = "") -> String {
        let value = String(repeating: letter, count: 100)
        let options = (0..<10).map { #"{"name":"\#($0)","value":"\#(value)"}"# }
        let variants = (0..<100).map {
            #"{"sku":"V-\#($0)","options":[\#(options.joined(separator: ","))]}"#
        }
        return """
            {"title":"T","description":"\(description)",\
            "variants":[\(variants.joined(separator: ","))]}
            """
    }

    @Test func `takes a product that fills most of a request, and none that fills more`()
        async throws
    {
        let shop = try Shop()
        let lines = String(repeating: #"\n"#, count: 16_384)
        let large = try await shop.ask(
            .put, "/v1/products/a", Self.wide("x", description: lines), key: "1")
        #expect(large.status == 201 && large.text.utf8.count > 150_000)
        // A quotation mark takes two bytes of JSON.
        let body = Self.wide(#"\""#)
        #expect(body.utf8.count < 256 << 10)
        let tooLarge = try await shop.ask(.put, "/v1/products/b", body, key: "2")
        #expect(tooLarge.status == 422 && tooLarge.code == "product-too-large")
        #expect(try await shop.ask(.get, "/v1/products/b").status == 404)
    }

    @Test func `refuses an article of another product, and names it`() async throws {
        let shop = try Shop()
        _ = try await shop.ask(.put, "/v1/products/mug", Self.mug(), key: "1")
        let answer = try await shop.ask(.put, "/v1/products/cup", Self.mug(), key: "2")
        #expect(answer.status == 409 && answer.code == "sku-taken")
        #expect(answer.json?["sku"]?.string == "MUG-S")
        #expect(answer.json?["product"]?.string == "mug")
    }

    @Test func `answers each line of a bulk by itself`() async throws {
        let shop = try Shop()
        let line = { (code: String, sku: String) in
            let whole = Self.mug(sku).replacing("\n", with: "").dropFirst()
            return #"{"code":"\#(code)",\#(whole)"#
        }
        let body = [
            line("mug", "MUG-S"), "not json", "", line("cup", "CUP"), line("jug", "MUG-S"),
            #"{"code":"bulk"}"#,
        ].joined(separator: "\n")
        let answer = try await shop.ask(.post, "/v1/products/bulk", body, key: "b")
        #expect(answer.status == 200)
        #expect(answer.headers[.contentType] == "application/x-ndjson")
        let lines = try answer.text.split(separator: "\n").map {
            try JSONDocument(parsing: Array($0.utf8)).root
        }
        #expect(lines.compactMap { $0["line"]?.int64 } == [1, 2, 4, 5, 6])
        #expect(lines[0]["status"]?.int64 == 201 && lines[0]["code"]?.string == "mug")
        #expect(lines[1]["status"]?.int64 == 400)
        #expect(lines[2]["status"]?.int64 == 201)
        // Lines about the same article are carried out in their order.
        #expect(lines[3]["problem"]?["code"]?.string == "sku-taken")
        #expect(lines[4]["status"]?.int64 == 422)
        let repeated = try await shop.ask(.post, "/v1/products/bulk", body, key: "b")
        #expect(repeated.text == answer.text)
    }

    @Test func `keeps of a line of a bulk no more than its result shows`() async throws {
        let shop = try Shop()
        _ = try await shop.ask(.put, "/v1/products/mug", Self.mug(), key: "1")
        let body = """
            {"code":"cup","title":"Cup","variants":[{"sku":"CUP"}]}
            {"code":"jug","title":"Jug","variants":[{"sku":"CUP"}]}
            {"code":"mug","title":"Mug","variants":[{"sku":"MUG-S"}]}
            """
        let answer = try await shop.ask(.post, "/v1/products/bulk", body, key: "b")
        #expect(answer.text.contains(#""status":409,"problem":{"type":"/problems/sku-taken""#))
        let kept = try MemoryStore(shop.disk)
            .frames(of: LogName("catalog.replies"), after: 0, limit: .max)
            .flatMap { try StoredReply.all(in: $0) }.compactMap(\.reply)
        #expect(kept.map(\.status) == [201, 201, 200])
        #expect(kept.map(\.body.isEmpty) == [false, true, true])
        #expect(kept.map(\.location) == ["/v1/products/mug", "/v1/products/cup", ""])
        let repeated = try await shop.ask(.post, "/v1/products/bulk", body, key: "b")
        #expect(repeated.text == answer.text)
    }

    @Test func `takes a thousand lines in a bulk, and no more`() async throws {
        let shop = try Shop()
        let lines = { Array(repeating: "1", count: $0).joined(separator: "\r\n") + "\r\n\r\n" }
        let most = try await shop.ask(.post, "/v1/products/bulk", lines(1_000), key: "a")
        #expect(most.status == 200 && most.text.split(separator: "\n").count == 1_000)
        let tooMany = try await shop.ask(.post, "/v1/products/bulk", lines(1_001), key: "b")
        #expect(tooMany.status == 422 && tooMany.code == "validation-failed")
        let empty = try await shop.ask(.post, "/v1/products/bulk", "\n\n", key: "c")
        #expect(empty.status == 200 && empty.text.isEmpty)
    }

    @Test func `gives an article to another product later in a bulk`() async throws {
        for turn in 0..<20 {
            let shop = try Shop()
            _ = try await shop.ask(.put, "/v1/products/mug", Self.mug("MOVES"), key: "1")
            let body = """
                {"code":"mug","title":"Mug","variants":[{"sku":"STAYS"}]}
                {"code":"cup","title":"Cup","variants":[{"sku":"MOVES"}]}
                """
            let answer = try await shop.ask(.post, "/v1/products/bulk", body, key: "b")
            #expect(answer.text.ranges(of: "\"version\"").count == 2, "\(turn): \(answer.text)")
            let moved = try await shop.ask(.get, "/v1/variants/MOVES")
            #expect(moved.json?["product"]?.string == "cup")
        }
    }

    @Test func `begins one only where there is none`() async throws {
        let shop = try Shop()
        let first = try await shop.ask(
            .put, "/v1/products/mug", Self.mug(), key: "1", ifNoneMatch: "*")
        #expect(first.status == 201)
        let second = try await shop.ask(
            .put, "/v1/products/mug", Self.mug(price: "9"), key: "2", ifNoneMatch: " * ")
        #expect(second.status == 412)
        #expect(try await shop.ask(.get, "/v1/products/mug").text == first.text)
        for (none, some) in [("\"1\"", nil), ("*", "\"1\""), ("", nil)] {
            let answer = try await shop.ask(
                .put, "/v1/products/mug", Self.mug(), key: "3", ifMatch: some, ifNoneMatch: none)
            #expect(answer.code == "bad-if-none-match", "\(none)")
        }
    }

    @Test func `refuses what can be no path, shows nothing, or withdraws with a body`()
        async throws
    {
        let shop = try Shop()
        let dots = #"{"code":"..","title":"x","variants":[{"sku":"A"}]}"#
        let bulk = try await shop.ask(.post, "/v1/products/bulk", dots, key: "1")
        #expect(bulk.text.contains("\"status\":422"))
        for title in ["\u{200b}\u{2800}", "   ", "\u{202e}x"] {
            let body = #"{"title":"\#(title)","variants":[{"sku":"A"}]}"#
            let answer = try await shop.ask(.put, "/v1/products/mug", body, key: "2")
            #expect(answer.status == 422)
        }
        _ = try await shop.ask(.put, "/v1/products/mug", Self.mug(), key: "3")
        for body in [#""hello""#, "[]", #"{"why":1}"#, "7"] {
            let answer = try await shop.ask(
                .post, "/v1/products/mug/withdraw", body, key: "4")
            #expect(answer.status == 422, "\(body)")
        }
        #expect(
            try await shop.ask(.post, "/v1/products/mug/withdraw", "{}", key: "5").status == 200)
    }

    @Test func `keeps its tag when only its stock changes`() async throws {
        let shop = try Shop()
        let put = try await shop.ask(.put, "/v1/products/mug", Self.mug(), key: "1")
        _ = try await shop.ask(.put, "/v1/stock/main/MUG-S", #"{"onHand":9}"#, key: "2")
        #expect(try await shop.ask(.get, "/v1/products/mug").tag == put.tag)
        #expect(try await shop.ask(.get, "/v1/variants/MUG-S").json?["available"]?.int64 == 9)
        #expect(try await shop.ask(.get, "/v1/variants/CUP").code == "unknown-variant")
    }

    @Test func `gives an order's line its price when none is sent`() async throws {
        let shop = try Shop()
        _ = try await shop.ask(.put, "/v1/products/mug", Self.mug(), key: "1")
        _ = try await shop.ask(.put, "/v1/stock/main/MUG-S", #"{"onHand":9}"#, key: "2")
        let line = #"[{"sku":"MUG-S","quantity":2}]"#
        let order = try await order(shop, line)
        #expect(order.status == 201)
        #expect(order.json?["lines"]?.elements.first?["unitPrice"]?.string == "2.55")
        #expect(order.json?["total"]?["amount"]?.int64 == 510)
        let own = try await self.order(
            shop, #"[{"sku":"MUG-S","quantity":1,"unitPrice":"1"}]"#, key: "own")
        #expect(own.json?["total"]?["amount"]?.int64 == 100)
        // A repeat meets its first answer, although the price has changed since.
        _ = try await shop.ask(.put, "/v1/products/mug", Self.mug(price: "9"), key: "3")
        #expect(try await self.order(shop, line).text == order.text)
    }

    @Test func `refuses an order's line that nothing on sale gives a price`() async throws {
        let shop = try Shop()
        _ = try await shop.ask(.put, "/v1/products/mug", Self.mug(), key: "1")
        _ = try await shop.ask(.put, "/v1/stock/main/MUG-S", #"{"onHand":9}"#, key: "2")
        let mug = #"[{"sku":"MUG-S","quantity":1}]"#
        let unknown = try await order(shop, #"[{"sku":"CUP","quantity":1}]"#, key: "a")
        #expect(unknown.status == 422 && unknown.code == "price-unknown")
        #expect(unknown.json?["sku"]?.string == "CUP")
        let foreign = try await order(shop, mug, currency: "USD", key: "b")
        #expect(foreign.code == "price-unknown")
        _ = try await shop.ask(.post, "/v1/products/mug/withdraw", key: "3")
        #expect(try await order(shop, mug, key: "c").code == "price-unknown")
        // The same key may succeed once it has a price: nothing was done.
        _ = try await shop.ask(.put, "/v1/products/mug", Self.mug(), key: "4")
        #expect(try await order(shop, mug, key: "c").status == 201)
    }
}
