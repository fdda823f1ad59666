// SPDX-License-Identifier: Apache-2.0
/// What a caller is told about products, word for word: clients rely on it.

import CatalogDomain
import CatalogService
import Contracts
import GivenWhenThen
import JSONCodec
import Kernel
import NodeEngine
import Ports
import SampleFacts
import Testing

@Suite struct `Answering about products` {
    /// The answer to `command` after `events`, at version 7, as a node gives it.
    private func reply(to command: CatalogCommand, after events: ProductEvent...) -> Reply {
        let outcome = given(CatalogDecider.self, events).when(command)
        switch outcome.result {
        case .success:
            let state = outcome.entities[CatalogDecider.keys(command)[0]]
            return Catalog.reply(to: command, .success(Entity(state: state, version: 7)))
        case .failure(let rejection): return Catalog.reply(to: command, .failure(rejection))
        }
    }

    private func text(_ reply: Reply) -> String { String(decoding: reply.body, as: UTF8.self) }

    private func view(_ status: String) -> String {
        """
        {"code":"tea-set","status":"\(status)","title":"Tea set \u{1fad6}",\
        "description":"Two \\"pieces\\"\\nof stoneware.",\
        "images":["tea-set/front.jpg","tea-set/back.jpg"],\
        "attributes":{ "material" : "stoneware", "weight": {"grams": 1.50e3} },\
        "variants":[{"sku":"pot_2.b","options":[{"name":"color","value":"blue"},\
        {"name":"size","value":""}],"prices":[{"decimal":"12.50","currency":"EUR"},\
        {"decimal":"1900","currency":"JPY"}]},{"sku":"CUP-01","options":[],\
        "prices":[{"decimal":"0.001","currency":"GBP"}]}],"version":7}
        """
    }

    @Test func `created is 201, with its place and version`() {
        let reply = reply(to: .put(.sample))
        #expect((reply.status, reply.version) == (201, 7))
        #expect(reply.location == "/v1/products/tea-set")
        #expect(text(reply) == view("on-sale"))
    }

    @Test func `put again as it was created is told the same`() {
        #expect(reply(to: .put(.sample), after: .created(.sample)) == reply(to: .put(.sample)))
    }

    @Test func `described anew is 200`() {
        let before = ProductEvent.Product.of(.teaSet, .of(.cup))
        let reply = reply(to: .put(.sample), after: .created(before))
        #expect((reply.status, reply.version, reply.location) == (200, 7, ""))
        #expect(text(reply) == view("on-sale"))
    }

    @Test func `withdrawn is 200, also a second time`() {
        let gone = ProductEvent.withdrawn(.teaSet, skus: [.pot, .cup])
        let replies = [
            reply(to: .withdraw(.teaSet), after: .created(.sample)),
            reply(to: .withdraw(.teaSet), after: .created(.sample), gone),
        ]
        for reply in replies {
            #expect((reply.status, reply.version, reply.location) == (200, 7, ""))
            #expect(text(reply) == view("withdrawn"))
        }
        #expect(reply(to: .put(.sample), after: .created(.sample), gone).status == 200)
    }

    @Test func `never put is 404`() {
        let reply = reply(to: .withdraw(.teaSet))
        #expect((reply.status, reply.version) == (404, 0))
        #expect(
            text(reply) == """
                {"type":"/problems/unknown-product","title":"There is no such product.",\
                "status":404,"code":"unknown-product","instance":"/v1/products/tea-set"}
                """)
    }

    @Test func `with an article of another one is 409, and says whose it is`() {
        let reply = reply(to: .put(.sample), after: .created(.of(.crockery, .of(.cup))))
        #expect(reply.status == 409)
        #expect(
            text(reply) == """
                {"type":"/problems/sku-taken",\
                "title":"An article of the product is a variant of another one.",\
                "status":409,"code":"sku-taken","instance":"/v1/products/tea-set",\
                "sku":"CUP-01","product":"crockery_2.b"}
                """)
    }

    @Test(arguments: CatalogRejection.faults.indices)
    func `with a fault is 422`(_ index: Int) {
        let fault = CatalogRejection.faults[index]
        let reply = Catalog.reply(to: .put(.sample), .failure(fault))
        #expect((reply.status, reply.version, reply.location) == (422, 0, ""))
        #expect(text(reply).contains("\"code\":\"\(fault.problem.code)\""))
        #expect(text(reply).contains("\"instance\":\"/v1/products/tea-set\""))
    }

    /// No door lets it in: the answer stays JSON all the same.
    @Test(arguments: ["", "{", "[1]", "7", "{} {}", #"{"a":1,"a":2}"#])
    func `shows attributes that are no object as a text`(_ attributes: String) throws {
        let product = ProductEvent.Product(
            code: .teaSet, title: "T", description: "", images: [], attributes: attributes,
            variants: [.of(.cup)])
        let document = try JSONDocument(parsing: reply(to: .put(product)).body)
        #expect(document.root["attributes"]?.string == attributes)
    }

    @Test func `has nothing to show where nobody waits`() {
        for command in [CatalogCommand.noteAvailability([.of(.cup, 1, 1)]), .wake(.variant(.cup))] {
            let reply = reply(to: command)
            #expect((reply.status, text(reply)) == (200, "{}"))
        }
    }

    @Test func `shows a variant with what can be had of it`() {
        let catalog = given(
            CatalogDecider.self, .created(.sample),
            .stocked([.of(.pot, 12, 1), .of(.pot, 5, 1, in: .main)]))
        #expect(
            view(of: .pot, in: catalog) == """
                {"sku":"pot_2.b","product":"tea-set","isOnSale":true,\
                "prices":[{"decimal":"12.50","currency":"EUR"},\
                {"decimal":"1900","currency":"JPY"}],"available":17,\
                "warehouses":[{"warehouse":"main","available":5},\
                {"warehouse":"north-1","available":12}],"version":9}
                """)
        #expect(
            view(of: .tea, in: catalog) == """
                {"sku":"TEA","isOnSale":false,"prices":[],"available":0,"warehouses":[],\
                "version":9}
                """)
    }

    private func view(of sku: SKU, in catalog: Entities<CatalogDecider>) -> String {
        var json = JSONWriter()
        VariantView.write(sku, catalog[.variant(sku)].variant, version: 9, to: &json)
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
