// SPDX-License-Identifier: Apache-2.0
/// `/v1/stock/{warehouse}/{sku}`: what there is, and how much of it is promised.

import Contracts
import Hummingbird
import InventoryDomain
import InventoryService
import JSONCodec
import Kernel
import NodeEngine
import Ports

struct StockRoutes: Sendable {
    let backend: Backend

    var routes: RouteCollection<BasicRequestContext> {
        RouteCollection(context: BasicRequestContext.self)
            .get(":warehouse/:sku", use: read)
            .put(":warehouse/:sku", use: count)
    }

    @Sendable func read(
        _ request: Hummingbird.Request, _ context: BasicRequestContext
    ) async throws -> Response {
        let key = try stockKey(context)
        guard let entity = try asking({ try backend.stock(key) }),
            case .item(let item) = entity.state
        else { throw ProblemError(StockProblem.unknownItem) }
        var json = JSONWriter(capacity: 192)
        StockView.write(key, item, version: entity.version, to: &json)
        return Edge.response(json: json.bytes, version: entity.version)
    }

    @Sendable func count(
        _ request: Hummingbird.Request, _ context: BasicRequestContext
    ) async throws -> Response {
        let principal = try Edge.principal(request)
        let key = try Edge.key(request)
        let item = try stockKey(context)
        let ifMatch = try IfMatch.expected(by: request)
        let bytes = try await Edge.body(request)
        let (onHand, expected) = try count(Edge.document(bytes).root)
        return Edge.response(
            await backend.submitStock(
                .count(item, onHand: onHand, expected: expected), principal,
                Edge.request(request, principal, key, bytes, expecting: ifMatch),
                Edge.trace(request)))
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
        guard let onHand else { throw ProblemError(GatewayProblem.invalid) }
        return (onHand, expected)
    }

    /// A code that no article or warehouse can have is a fault of the request: there is nothing
    /// that could be counted first.
    private func stockKey(_ context: BasicRequestContext) throws(ProblemError) -> StockKey {
        let warehouse = Warehouse(try Edge.segment("warehouse", context))
        let sku = SKU(try Edge.segment("sku", context))
        guard let warehouse, let sku else {
            var faults = Faults()
            if warehouse == nil {
                faults.add("/warehouse", "1 to 20 letters, digits or -_. characters.")
            }
            if sku == nil { faults.add("/sku", "1 to 40 letters, digits or -_. characters.") }
            throw ProblemError(GatewayProblem.invalid, fields: faults.found)
        }
        return StockKey(sku, warehouse)
    }
}
