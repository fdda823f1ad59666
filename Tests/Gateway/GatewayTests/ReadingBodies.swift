// SPDX-License-Identifier: Apache-2.0
/// One rule for every body: a member that is unknown, or not of its type, is refused with its
/// place, and nothing is done. `docs/reference/requests.md` says so to clients.

import HTTPTypes
import JSONCodec
import Testing

@testable import Gateway

@Suite struct `Reading bodies` {
    @Test(arguments: [
        (0, "/note"), (1, "/customer/note"), (2, "/customer/address/note"), (3, "/payment/note"),
    ])
    func `refuses a member of an order that it does not know`(
        _ place: Int, _ pointer: String
    ) async throws {
        let shop = try Shop()
        _ = try await shop.count(5, key: "count")
        var order = OrderText()
        order.more[place] = #","note":"x""#
        let answer = try await shop.ask(.post, "/v1/orders", order.text, key: "k")
        #expect(answer.status == 422 && answer.code == "validation-failed")
        #expect(answer.pointers == [pointer])
        let stock = try await shop.ask(.get, "/v1/stock/main/CUP")
        #expect(stock.json?["held"]?.int64 == 0)
        order.more[place] = ""
        #expect(try await shop.ask(.post, "/v1/orders", order.text, key: "k").status == 201)
    }

    @Test func `refuses a misspelt member as unknown, and the right one as missing`() async throws {
        var order = OrderText()
        order.lines = #"[{"sku":"CUP","quantitiy":1,"unitPrice":"1"}]"#
        let answer = try await Shop().ask(.post, "/v1/orders", order.text, key: "k")
        #expect(answer.pointers == ["/lines/0/quantity", "/lines/0/quantitiy"])
    }

    @Test(arguments: ["7", "true", "[]", "{}", "null", #""""#, #"["EUR"]"#])
    func `refuses every member of an order that has another type`(_ value: String) async throws {
        let shop = try Shop()
        func pointers(_ bend: (inout OrderText) -> Void) async throws -> [String] {
            var order = OrderText()
            bend(&order)
            let answer = try await shop.ask(.post, "/v1/orders", order.text, key: "k")
            #expect(answer.status == 422, "\(order.text)")
            return answer.pointers
        }
        #expect(try await pointers { $0.currency = value } == ["/currency"])
        #expect(try await pointers { $0.name = value } == ["/customer/name"])
        #expect(try await pointers { $0.email = value } == ["/customer/email"])
        #expect(try await pointers { $0.city = value } == ["/customer/address/city"])
        #expect(try await pointers { $0.line1 = value } == ["/customer/address/line1"])
        #expect(try await pointers { $0.country = value } == ["/customer/address/country"])
        #expect(try await pointers { $0.token = value } == ["/payment/token"])
        let sku = try await pointers {
            $0.lines = #"[{"sku":\#(value),"quantity":1,"unitPrice":"1"}]"#
        }
        #expect(sku == ["/lines/0/sku"])
        let price = try await pointers {
            $0.lines = #"[{"sku":"CUP","quantity":1,"unitPrice":\#(value)}]"#
        }
        // Null is as if it were missing: then the catalog says the price, and has none.
        #expect(price == (value == "null" ? [] : ["/lines/0/unitPrice"]))
        if value != "{}" {
            #expect(try await pointers { $0.lines = "[\(value)]" } == ["/lines/0"])
        }
        if value != "[]", !value.hasPrefix("[") {
            #expect(try await pointers { $0.lines = value } == ["/lines"])
        }
        if value != "null" {
            let code = try await pointers { $0.postcode = value }
            #expect(code == ["/customer/address/postcode"])
            let warehouse = try await pointers { $0.more[0] = ",\"warehouse\":\(value)" }
            #expect(warehouse == ["/warehouse"])
        }
    }

    @Test(arguments: ["7", #""x""#, "null", "[]"])
    func `refuses a part of an order that is no object`(_ value: String) async throws {
        let shop = try Shop()
        for (text, pointer) in [
            (#"{"currency":"GBP","lines":[],"customer":\#(value),"payment":{"token":"t"}}"#,
                "/customer"),
            (value, ""),
        ] {
            let answer = try await shop.ask(.post, "/v1/orders", text, key: "k")
            #expect(answer.status == 422 && answer.pointers.contains(pointer), "\(answer.text)")
        }
    }

    @Test func `takes null for what may be missing`() async throws {
        let shop = try Shop()
        _ = try await shop.count(5, key: "count")
        var order = OrderText()
        order.postcode = "null"
        order.more[0] = #","warehouse":null"#
        let placed = try await shop.ask(.post, "/v1/orders", order.text, key: "k")
        #expect(placed.status == 201)
        let counted = try await shop.ask(
            .put, "/v1/stock/main/CUP", #"{"onHand":6,"expected":null}"#, key: "c")
        #expect(counted.status == 200)
        let path = try #require(placed.headers[.location])
        let canceled = try await shop.ask(
            .post, "\(path)/cancel", #"{"reason":null}"#, key: "x")
        #expect(canceled.status == 202)
    }

    @Test(arguments: [
        (#"{"onHand":1,"onhand":2}"#, ["/onhand"]), (#"{"onHand":"1"}"#, ["/onHand"]),
        (#"{"onHand":1.5}"#, ["/onHand"]), (#"{"onHand":1e3}"#, ["/onHand"]),
        (#"{"onHand":null}"#, ["/onHand"]), ("{}", ["/onHand"]), ("[]", [""]), ("7", [""]),
        (#"{"onHand":9223372036854775808}"#, ["/onHand"]),
        (#"{"onHand":1,"expected":"1"}"#, ["/expected"]),
        (#"{"onHand":true,"expected":{},"a/b~c":1}"#, ["/onHand", "/expected", "/a~1b~0c"]),
    ])
    func `reads a count by the same rule`(_ text: String, _ pointers: [String]) async throws {
        let shop = try Shop()
        let answer = try await shop.ask(.put, "/v1/stock/main/CUP", text, key: "k")
        #expect(answer.status == 422 && answer.code == "validation-failed")
        #expect(answer.pointers == pointers)
        #expect(try await shop.ask(.get, "/v1/stock/main/CUP").status == 404)
    }

    @Test(arguments: [
        (#"{"reason":7}"#, ["/reason"]), (#"{"reason":"bored"}"#, ["/reason"]),
        (#"{"reason":"payment-expired"}"#, ["/reason"]), (#"{"reson":"x"}"#, ["/reson"]),
        (#"{"reason":"customer-asked","note":""}"#, ["/note"]), ("7", [""]), ("null", [""]),
    ])
    func `reads a cancellation by the same rule`(
        _ text: String, _ pointers: [String]
    ) async throws {
        let shop = try Shop()
        _ = try await shop.count(5, key: "count")
        let path = try #require(try await shop.place(1, key: "o").headers[.location])
        let answer = try await shop.ask(.post, "\(path)/cancel", text, key: "k")
        #expect(answer.status == 422 && answer.code == "validation-failed")
        #expect(answer.pointers == pointers)
        let order = try await shop.ask(.get, path)
        #expect(order.json?["status"]?.string == "awaiting-payment")
        let canceled = try await shop.ask(
            .post, "\(path)/cancel", #"{"reason":"merchant-asked"}"#, key: "k")
        #expect(canceled.status == 202)
        #expect(canceled.json?["reason"]?.string == "merchant-asked")
    }

    @Test func `tells at most twenty faults, and repeats no long name`() async throws {
        let members = (0..<30).map { #""m\#($0)":1"# }.joined(separator: ",")
        let answer = try await Shop().ask(
            .put, "/v1/stock/main/CUP", #"{"onHand":1,\#(members)}"#, key: "k")
        #expect(answer.pointers.count == 20)
        let name = String(repeating: "n", count: 1_000)
        let long = try await Shop().ask(
            .put, "/v1/stock/main/CUP", #"{"onHand":1,"\#(name)":1}"#, key: "k")
        #expect(long.pointers == [""] && !long.text.contains("nnn"))
    }

    @Test func `refuses a name that occurs twice, of which readers disagree`() async throws {
        let answer = try await Shop().ask(
            .put, "/v1/stock/main/CUP", #"{"onHand":1,"onHand":2}"#, key: "k")
        #expect(answer.status == 400 && answer.code == "malformed-request")
    }
}
