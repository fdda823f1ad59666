// SPDX-License-Identifier: Apache-2.0
/// What an order may say beside articles, customer and payment, and what is made of it.

import HTTPTypes
import JSONCodec
import OrdersService
import Ports
import Testing

@testable import Gateway

@Suite struct `Adjusting orders` {
    private func place(_ bend: (inout OrderText) -> Void) async throws -> Shop.Answer {
        let shop = try Shop()
        _ = try await shop.count(5, key: "count")
        var order = OrderText()
        bend(&order)
        return try await shop.ask(.post, "/v1/orders", order.text, key: "k")
    }

    @Test func `adds them up and shows them again`() async throws {
        let answer = try await place {
            $0.more[0] = """
                ,"adjustments":[{"kind":"shipping","label":"DHL","amount":"4.90"},
                {"kind":"discount","amount":"1.00"},
                {"kind":"tax","label":"VAT 20 %","amount":"1.67","included":true}],
                "total":"13.90","source":"web","reference":"#4711"
                """
            $0.more[1] = #","id":"17850""#
            $0.more[2] = #","region":"GB-LND""#
        }
        #expect(answer.status == 201)
        let json = try #require(answer.json)
        #expect(json["total"]?["amount"]?.int64 == 1_390)
        #expect(
            json["adjustments"]?.elements.compactMap { $0["amount"]?.int64 } == [490, 100, 167])
        #expect(json["adjustments"]?.elements.compactMap { $0["kind"]?.string }
            == ["shipping", "discount", "tax"])
        #expect(json["source"]?.string == "web" && json["reference"]?.string == "#4711")
        #expect(json["customerId"]?.string == "17850" && json["region"]?.string == "GB-LND")
    }

    @Test func `leaves out what was not said`() async throws {
        let json = try #require(try await place { _ in }.json)
        #expect(json["adjustments"]?.count == 0 && json["total"]?["amount"]?.int64 == 1_000)
        for name: StaticString in ["source", "reference", "customerId", "region"] {
            #expect(json[name] == nil)
        }
    }

    @Test func `tells the total where the customer was shown another`() async throws {
        let answer = try await place { $0.more[0] = #","total":"9.99""# }
        #expect(answer.status == 422 && answer.code == "total-mismatch")
        #expect(answer.json?["total"]?["amount"]?.int64 == 1_000)
        #expect(try await place { $0.more[0] = #","total":"10""# }.status == 201)
    }

    @Test(arguments: [
        (#""adjustments":{}"#, ["/adjustments"]), (#""adjustments":[7]"#, ["/adjustments/0"]),
        (
            #""adjustments":[{}]"#, ["/adjustments/0/kind", "/adjustments/0/amount"]
        ),
        (#""adjustments":[{"kind":"fee","amount":"1"}]"#, ["/adjustments/0/kind"]),
        (#""adjustments":[{"kind":"tax","amount":"-1"}]"#, ["/adjustments/0/amount"]),
        (#""adjustments":[{"kind":"tax","amount":"1.005"}]"#, ["/adjustments/0/amount"]),
        (#""adjustments":[{"kind":"tax","amount":1}]"#, ["/adjustments/0/amount"]),
        (
            #""adjustments":[{"kind":"tax","amount":"99999999999999999999"}]"#,
            ["/adjustments/0/amount"]
        ),
        (
            #""adjustments":[{"kind":"shipping","amount":"1","included":true}]"#,
            ["/adjustments/0/included"]
        ),
        (
            #""adjustments":[{"kind":"tax","amount":"1","included":1}]"#,
            ["/adjustments/0/included"]
        ),
        (
            #""adjustments":[{"kind":"tax","amount":"1","label":"a\u0000"}]"#,
            ["/adjustments/0/label"]
        ),
        (
            #""adjustments":[{"kind":"tax","amount":"1","rate":"20"}]"#, ["/adjustments/0/rate"]
        ),
        (#""total":10"#, ["/total"]), (#""total":"-10""#, ["/total"]),
        (#""total":"1e1""#, ["/total"]), (#""source":"""#, ["/source"]),
        (#""source":"a b""#, ["/source"]), (#""source":7"#, ["/source"]),
        (#""reference":"ann@example.org""#, ["/reference"]),
        (#""reference":"4111 1111 1111 1111""#, ["/reference"]),
        (#""reference":"4111-1111-1111-1111""#, ["/reference"]),
    ])
    func `names what is wrong with them`(_ members: String, _ pointers: [String]) async throws {
        let answer = try await place { $0.more[0] = ",\(members)" }
        #expect(answer.status == 422 && answer.pointers == pointers)
    }

    @Test(arguments: [
        ("GB-LND", true), ("GB-1", true), ("GB-A1B", true), ("GB-", false), ("GB-ABCD", false),
        ("DE-BY", false), ("gb-lnd", false), ("GB", false), ("", false), ("GB LND", false),
    ])
    func `takes a region of the address's country`(_ region: String, _ isFine: Bool) async throws {
        let answer = try await place { $0.more[2] = #","region":"\#(region)""# }
        #expect(answer.status == (isFine ? 201 : 422))
        #expect(answer.pointers == (isFine ? [] : ["/customer/address/region"]))
    }

    @Test(arguments: [1, 100, 101])
    func `takes at most a hundred`(_ count: Int) async throws {
        let one = #"{"kind":"shipping","amount":"0.01"}"#
        let list = Array(repeating: one, count: count).joined(separator: ",")
        let answer = try await place { $0.more[0] = #","adjustments":[\#(list)]"# }
        #expect(answer.status == (count > 100 ? 422 : 201))
        #expect((answer.code == "too-many-adjustments") == (count > 100))
    }

    @Test func `puts the region on the label`() throws {
        var order = OrderText()
        order.more[2] = #","region":"GB-LND""#
        let root = try JSONDocument(parsing: Array(order.text.utf8)).root
        let personal = try #require(PersonalData(bytes: try OrderBody(root).personal))
        #expect(personal.label == "Ann, 1 High Street, Leeds, GB-LND, GB")
    }
}
