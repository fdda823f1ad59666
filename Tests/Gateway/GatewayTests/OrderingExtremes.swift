// SPDX-License-Identifier: Apache-2.0
/// Numbers at and beyond every border: refused with their place, never wrapped, rounded or taken.

import HTTPTypes
import JSONCodec
import Testing

@testable import Gateway

@Suite struct `Ordering extremes` {
    private func lines(_ quantity: String, at price: String = "83.00") -> String {
        """
        [{"sku":"A","quantity":1,"unitPrice":"500.00"},
         {"sku":"B","quantity":\(quantity),"unitPrice":"\(price)"}]
        """
    }

    private func shop(_ units: Int = 998) async throws -> Shop {
        let shop = try Shop()
        for sku in ["A", "B"] {
            let answer = try await shop.ask(
                .put, "/v1/stock/main/\(sku)", #"{"onHand":\#(units)}"#, key: "count-\(sku)")
            #expect(answer.status == 200)
        }
        return shop
    }

    @Test(arguments: [
        "0", "-5", "-1", "1.5", "1.0", "1e3", #""3""#, "true", "null", "1000001", "2147483648",
        "4294967297", "9223372036854775808", "-9223372036854775809", "1000000000000000000000",
        "18446744073709551617", "[1]", "{}",
    ])
    func `a quantity that is none changes nothing`(_ quantity: String) async throws {
        let shop = try await shop()
        var order = OrderText()
        order.lines = lines(quantity)
        let answer = try await shop.ask(.post, "/v1/orders", order.text, key: "k")
        #expect(answer.status == 422 && answer.code == "validation-failed")
        #expect(answer.pointers == ["/lines/1/quantity"])
        for sku in ["A", "B"] {
            let stock = try await shop.ask(.get, "/v1/stock/main/\(sku)").json
            #expect(stock?["onHand"]?.int64 == 998 && stock?["held"]?.int64 == 0)
        }
        let list = try await shop.ask(.get, "/v1/orders")
        #expect(list.status == 200 && list.json?["data"]?.count == 0)
    }

    @Test(arguments: ["00", "01", "+1", "0x1", ".5", "1.", "NaN", "Infinity", "1_000"])
    func `a quantity that is no JSON is no request`(_ quantity: String) async throws {
        var order = OrderText()
        order.lines = lines(quantity)
        let answer = try await shop().ask(.post, "/v1/orders", order.text, key: "k")
        #expect(answer.status == 400 && answer.code == "malformed-request")
    }

    @Test func `a line that is beyond 64 bits is refused`() async throws {
        var order = OrderText()
        order.lines = lines("1000000", at: "92233720368547758.07")
        let answer = try await shop(1_000_000).ask(.post, "/v1/orders", order.text, key: "k")
        #expect(answer.status == 422 && answer.code == "validation-failed")
        #expect(answer.pointers == ["/lines/1/unitPrice"] || answer.pointers == ["/lines/1"])
    }

    @Test func `a sum that is beyond 64 bits is refused`() async throws {
        let line = #"{"sku":"B","quantity":1000000,"unitPrice":"92233720368.54"}"#
        var order = OrderText()
        order.lines = "[\(Array(repeating: line, count: 2_000).joined(separator: ","))]"
        let shop = try await shop()
        let answer = try await shop.ask(.post, "/v1/orders", order.text, key: "k")
        #expect(answer.status == 422 && answer.code == "total-too-large", "\(answer.text)")
        let list = try await shop.ask(.get, "/v1/orders")
        #expect(list.json?["data"]?.count == 0)
    }

    @Test func `a million units of a cent are ten thousand`() async throws {
        let shop = try await shop(1_000_000)
        var order = OrderText()
        order.lines = #"[{"sku":"A","quantity":1000000,"unitPrice":"0.01"}]"#
        let answer = try await shop.ask(.post, "/v1/orders", order.text, key: "k")
        #expect(answer.status == 201)
        #expect(answer.json?["total"]?["amount"]?.int64 == 1_000_000)
        let stock = try await shop.ask(.get, "/v1/stock/main/A").json
        #expect(stock?["held"]?.int64 == 1_000_000)
    }
}
