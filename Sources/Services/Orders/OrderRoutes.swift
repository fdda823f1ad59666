// SPDX-License-Identifier: Apache-2.0
/// `/v1/orders`. Handlers translate; they never decide, and the reply they send was stored with the
/// events that it tells of. The customer is sealed here, before the command is made.

import Contracts
import JSONCodec
import Kernel
import NodeEngine
import OrdersDomain
import Ports
package import ServiceModel

package struct OrderRoutes: Sendable {
    private let doors: any Doors
    private let orders: any Door<Orders>
    private let prices: any Prices

    package init(_ doors: any Doors) {
        self.doors = doors
        orders = doors.door(to: Orders.self)
        prices = doors.prices
    }

    package var routes: [Route] {
        [
            .write(.post, "/v1/orders", scope: "orders:write", isConditional: false, place),
            .get("/v1/orders", scope: "orders:read", list),
            .get("/v1/orders/:id", scope: "orders:read", read),
            .get("/v1/orders/:id/events", scope: "orders:read", events),
            .write(.post, "/v1/orders/:id/cancel", scope: "orders:write", cancel),
        ]
    }

    @Sendable private func place(_ request: RouteRequest) async throws -> Reply {
        let body = try OrderBody(try request.document().root)
        let (lines, refusal) = try asking { try body.priced(by: prices) }
        let recipient = try await seal(body)
        let who = Array(request.principal.name.utf8)
        let bucket = Murmur3.bucket(who + [0] + Array(request.key.utf8))
        let order = PlaceOrder(
            order: OrderID(try await doors.makeID(bucket: bucket)), lines: lines,
            adjustments: body.adjustments, expectedTotal: body.total,
            warehouse: body.warehouse, origin: body.origin, recipient: recipient,
            paymentToken: body.paymentToken, refusal: refusal)
        return await orders.submit(.place(order), for: request)
    }

    private func seal(_ body: OrderBody) async throws(ProblemError) -> Recipient {
        do {
            let (person, box) = try await doors.vault.seal(body.personal, contact: body.email)
            return Recipient(
                sealed: Sealed(person: PersonID(person), box: box), country: body.country)
        } catch {
            throw ProblemError(
                error == .full ? EngineProblem.storageFull : RequestProblem.vaultUnavailable)
        }
    }

    @Sendable private func cancel(_ request: RouteRequest) async throws -> Reply {
        let order = try orderID(request)
        return await orders.submit(.cancel(order, try reason(request)), for: request)
    }

    /// Who wants it canceled; the customer, when nothing is said.
    private func reason(_ request: RouteRequest) throws(ProblemError) -> CancelReason {
        var reason = CancelReason.customerAsked
        guard !request.body.isEmpty else { return reason }
        var faults = Faults()
        if var body = Members(try request.document().root, at: "", &faults) {
            if let view = body.take("reason") {
                if let known = view.string.flatMap({ CancelReason(rawValue: $0) }),
                    known.isForCallers
                {
                    reason = known
                } else {
                    faults.add("/reason", "customer-asked or merchant-asked.")
                }
            }
            body.refuseOthers(than: ["reason"], at: "", &faults)
        }
        try faults.check()
        return reason
    }

    @Sendable private func read(_ request: RouteRequest) async throws -> Reply {
        let id = try orderID(request)
        guard let order = try asking({ try orders.entity(id) }) else {
            throw ProblemError(OrderProblem.unknownOrder)
        }
        var json = JSONWriter(capacity: 768)
        OrderView.write(order.state, version: order.version, to: &json)
        return Reply(status: 200, body: json.bytes, version: order.version)
    }

    @Sendable private func events(_ request: RouteRequest) async throws -> Reply {
        let id = try orderID(request)
        guard let events = try asking({ try orders.events(of: id) }) else {
            throw ProblemError(OrderProblem.unknownOrder)
        }
        return .list(events)
    }

    @Sendable private func list(_ request: RouteRequest) async throws -> Reply {
        let page = try Page(of: request) { OrderID(text: $0) }
        let found = try asking { try orders.page(after: page.after, limit: page.limit) }
        return page.reply(found, cursor: \.key.text) { order, json in
            if let entity = order.entity {
                OrderView.write(entity.state, version: entity.version, to: &json)
            } else {
                OrderView.write(unreadable: order.key, to: &json)
            }
        }
    }

    private func orderID(_ request: RouteRequest) throws(ProblemError) -> OrderID {
        guard let id = OrderID(text: try request.segment("id")) else {
            throw ProblemError(OrderProblem.unknownOrder)
        }
        return id
    }
}

extension CancelReason {
    /// True for reasons that someone can give; the others are the house's own.
    fileprivate var isForCallers: Bool {
        switch self {
        case .customerAsked, .merchantAsked: true
        case .paymentDeclined, .paymentExpired: false
        }
    }
}
