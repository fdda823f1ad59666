// SPDX-License-Identifier: Apache-2.0
/// `/v1/products`, one at a time and many at once, and `/v1/variants`: what is on sale, at which
/// prices, and whether it can be had.

import CatalogDomain
import Contracts
import JSONCodec
import Kernel
import NodeEngine
import Ports
package import ServiceModel

package struct ProductRoutes: Sendable {
    private let catalog: any Door<Catalog>

    package init(_ doors: any Doors) { catalog = doors.door(to: Catalog.self) }

    package var routes: [Route] {
        [
            .write(.put, "/v1/products/:code", scope: "products:write", put),
            .write(
                .post, "/v1/products/bulk", scope: "products:write", isConditional: false, bulk),
            .write(.post, "/v1/products/:code/withdraw", scope: "products:write", withdraw),
            .get("/v1/products", scope: "products:read", list),
            .get("/v1/products/:code", scope: "products:read", read),
            .get("/v1/products/:code/events", scope: "products:read", events),
            .get("/v1/variants/:sku", scope: "products:read", readVariant),
        ]
    }

    @Sendable private func put(_ request: RouteRequest) async throws -> Reply {
        let code = try code(request)
        let body = try ProductBody(try request.document().root, code: code)
        return await catalog.submit(.put(body.product), for: request)
    }

    @Sendable private func withdraw(_ request: RouteRequest) async throws -> Reply {
        var isEmpty = request.body.isEmpty
        if !isEmpty {
            let root = try request.document().root
            isEmpty = root.kind == .object && root.count == 0
        }
        guard isEmpty else {
            throw ProblemError(RequestProblem.invalid, detail: "A withdrawal has no body.")
        }
        guard let code = ProductCode(try request.segment("code")) else {
            throw ProblemError(CatalogProblem.unknownProduct)
        }
        return await catalog.submit(.withdraw(code), for: request)
    }

    @Sendable private func bulk(_ request: RouteRequest) async throws -> Reply {
        try await ProductBulk(catalog, request).reply()
    }

    @Sendable private func list(_ request: RouteRequest) async throws -> Reply {
        let page = try Page(of: request) { ProductCode($0) }
        let found = try asking {
            try catalog.page(after: page.after.map(CatalogKey.product), limit: page.limit)
        }
        return page.reply(found, cursor: \.key.text) { product, json in
            if let entity = product.entity, let state = entity.state.product {
                ProductView.write(state, version: entity.version, to: &json)
            } else {
                ProductView.write(unreadable: product.key.text, to: &json)
            }
        }
    }

    @Sendable private func read(_ request: RouteRequest) async throws -> Reply {
        guard let code = ProductCode(try request.segment("code")),
            let entity = try asking({ try catalog.entity(.product(code)) }),
            let product = entity.state.product
        else { throw ProblemError(CatalogProblem.unknownProduct) }
        var json = JSONWriter(capacity: 1_024)
        ProductView.write(product, version: entity.version, to: &json)
        return Reply(status: 200, body: json.bytes, version: entity.version)
    }

    @Sendable private func events(_ request: RouteRequest) async throws -> Reply {
        guard let code = ProductCode(try request.segment("code")),
            let events = try asking({ try catalog.events(of: .product(code)) })
        else { throw ProblemError(CatalogProblem.unknownProduct) }
        return .list(events)
    }

    /// An article that was only announced by stock is no variant of any product.
    @Sendable private func readVariant(_ request: RouteRequest) async throws -> Reply {
        guard let sku = SKU(try request.segment("sku")),
            let entity = try asking({ try catalog.entity(.variant(sku)) }),
            entity.state.variant.product != nil
        else { throw ProblemError(CatalogProblem.unknownVariant) }
        var json = JSONWriter(capacity: 512)
        VariantView.write(sku, entity.state.variant, version: entity.version, to: &json)
        return Reply(status: 200, body: json.bytes, version: entity.version)
    }

    private func code(_ request: RouteRequest) throws(ProblemError) -> ProductCode {
        guard let code = ProductBody.code(try request.segment("code")) else {
            var faults = Faults()
            faults.add("/code", ProductBody.codeForm)
            throw ProblemError(RequestProblem.invalid, fields: faults.found)
        }
        return code
    }
}
