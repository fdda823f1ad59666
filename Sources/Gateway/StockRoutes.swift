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
        let root = try Edge.document(bytes).root
        guard let onHand = root["onHand"]?.int64 else {
            throw ProblemError(
                GatewayProblem.invalid,
                fields: [FieldError(pointer: "/onHand", detail: "A whole number of units.")])
        }
        var expected: Int64?
        if let view = root["expected"], !view.isNull {
            guard let units = view.int64 else {
                throw ProblemError(
                    GatewayProblem.invalid,
                    fields: [FieldError(pointer: "/expected", detail: "A whole number of units.")]
                )
            }
            expected = units
        }
        return Edge.response(
            await backend.submitStock(
                .count(item, onHand: onHand, expected: expected), principal,
                Edge.request(request, principal, key, bytes, expecting: ifMatch),
                Edge.trace(request)))
    }

    private func stockKey(_ context: BasicRequestContext) throws -> StockKey {
        guard let warehouse = context.parameters.get("warehouse").flatMap({ Warehouse($0) }),
            let sku = context.parameters.get("sku").flatMap({ SKU($0) })
        else { throw ProblemError(StockProblem.unknownItem) }
        return StockKey(sku, warehouse)
    }
}
