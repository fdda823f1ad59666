// SPDX-License-Identifier: Apache-2.0
/// What is read of an article that nobody has counted.

import Contracts
import HTTPTypes
import InventoryDomain
import InventoryService
import Kernel
import NodeEngine
import Ports
import ServiceModel
import Testing

@testable import Gateway

@Suite struct `Reading stock` {
    @Test func `of an article that nobody knows is refused`() async throws {
        let shop = try Shop()
        let answer = try await shop.ask(.get, "/v1/stock/main/CUP")
        #expect(answer.status == 404 && answer.code == "unknown-stock")
    }

    @Test func `of an article that is only listed tells of no units`() async throws {
        let shop = try Shop()
        let cup = try #require(SKU("CUP"))
        let request = NodeEngine.Request(principal: .house, key: "list", about: [])
        let listed = await shop.doors.door(to: Inventory.self).submit(
            .list(.main, [cup]), by: .house, request: request, trace: nil)
        #expect(listed.status == 200)
        let answer = try await shop.ask(.get, "/v1/stock/main/CUP")
        #expect(answer.status == 200 && answer.tag == #""1""#)
        #expect(
            answer.text == """
                {"sku":"CUP","warehouse":"main","onHand":0,"held":0,"allocated":0,\
                "available":0,"version":1}
                """)
        #expect(try await shop.ask(.get, "/v1/stock/north/CUP").status == 404)
    }
}
