// SPDX-License-Identifier: Apache-2.0
/// `/v1/stock/{warehouse}/{sku}`: what there is, and how much of it is promised.

import Contracts
import InventoryDomain
import JSONCodec
import Kernel
import NodeEngine
import Ports
package import ServiceModel

package struct StockRoutes: Sendable {
    private let stock: any Door<Inventory>

    package init(_ doors: any Doors) { stock = doors.door(to: Inventory.self) }

    package var routes: [Route] {
        [
            .get("/v1/stock/:warehouse/:sku", scope: "stock:read", read),
            .write(.put, "/v1/stock/:warehouse/:sku", scope: "stock:write", count),
        ]
    }

    @Sendable private func read(_ request: RouteRequest) async throws -> Reply {
        let key = try stockKey(request)
        guard let entity = try asking({ try stock.entity(.item(key)) }),
            case .item(let item) = entity.state
        else { throw ProblemError(StockProblem.unknownItem) }
        var json = JSONWriter(capacity: 192)
        StockView.write(key, item, version: entity.version, to: &json)
        return Reply(status: 200, body: json.bytes, version: entity.version)
    }

    @Sendable private func count(_ request: RouteRequest) async throws -> Reply {
        let item = try stockKey(request)
        let (onHand, expected) = try count(request.document().root)
        return await stock.submit(
            .count(item, onHand: onHand, expected: expected), for: request)
    }

    /// What was counted, and what the caller believes there was before.
    private func count(_ root: JSONView) throws(ProblemError) -> (Int64, Int64?) {
        var faults = Faults()
        var onHand: Int64?
        var expected: Int64?
        if var body = Members(root, at: "", &faults) {
            onHand = body.take("onHand")?.int64
            if onHand == nil { faults.add("/onHand", "A whole number of units.") }
            if let view = body.take("expected") {
                expected = view.int64
                if expected == nil { faults.add("/expected", "A whole number of units.") }
            }
            body.refuseOthers(than: ["onHand", "expected"], at: "", &faults)
        }
        try faults.check()
        guard let onHand else { throw ProblemError(RequestProblem.invalid) }
        return (onHand, expected)
    }

    /// A code that no article or warehouse can have is a fault of the request: there is nothing
    /// that could be counted first.
    private func stockKey(_ request: RouteRequest) throws(ProblemError) -> StockKey {
        let warehouse = Warehouse(try request.segment("warehouse"))
        let sku = SKU(try request.segment("sku"))
        guard let warehouse, let sku else {
            var faults = Faults()
            if warehouse == nil {
                faults.add("/warehouse", "1 to 20 letters, digits or -_. characters.")
            }
            if sku == nil { faults.add("/sku", "1 to 40 letters, digits or -_. characters.") }
            throw ProblemError(RequestProblem.invalid, fields: faults.found)
        }
        return StockKey(sku, warehouse)
    }
}
