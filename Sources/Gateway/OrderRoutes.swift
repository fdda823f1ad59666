// SPDX-License-Identifier: Apache-2.0
/// `/v1/orders`. Handlers translate; they never decide, and the reply they send was stored with the
/// events that it tells of.

import Contracts
import Hummingbird
import JSONCodec
import Kernel
import NodeEngine
import OrdersDomain
import OrdersService
import Ports

struct OrderRoutes: Sendable {
    let backend: Backend

    static let pageMax = 500

    var routes: RouteCollection<BasicRequestContext> {
        RouteCollection(context: BasicRequestContext.self)
            .post(use: place)
            .get(use: list)
            .get(":id", use: read)
            .get(":id/events", use: events)
            .post(":id/cancel", use: cancel)
    }

    @Sendable func place(
        _ request: Hummingbird.Request, _ context: BasicRequestContext
    ) async throws -> Response {
        let principal = try Edge.principal(request)
        let key = try Edge.key(request)
        let bytes = try await Edge.body(request)
        let body = try OrderBody(try Edge.document(bytes).root)
        let sealed: (person: UUIDv7, box: [UInt8])
        do {
            sealed = try await backend.vault.seal(body.personal, contact: body.email)
        } catch {
            throw ProblemError(
                error == .full
                    ? EngineProblem.storageFull : GatewayProblem.vaultUnavailable)
        }
        let bucket = Murmur3.bucket(Array(principal.name.utf8) + [0] + Array(key.utf8))
        let order = OrderID(try await backend.makeID(bucket))
        let command = OrderCommand.place(
            PlaceOrder(
                order: order, lines: body.lines, warehouse: body.warehouse,
                recipient: Recipient(
                    sealed: Sealed(person: PersonID(sealed.person), box: sealed.box),
                    country: body.country),
                paymentToken: body.paymentToken))
        return Edge.response(
            await backend.submitOrder(
                command, principal, Edge.request(request, principal, key, bytes),
                Edge.trace(request)))
    }

    @Sendable func cancel(
        _ request: Hummingbird.Request, _ context: BasicRequestContext
    ) async throws -> Response {
        let principal = try Edge.principal(request)
        let key = try Edge.key(request)
        let order = try orderID(context)
        let expected = try IfMatch.expected(by: request)
        let bytes = try await Edge.body(request)
        let reason = try reason(bytes)
        return Edge.response(
            await backend.submitOrder(
                .cancel(order, reason), principal,
                Edge.request(request, principal, key, bytes, expecting: expected),
                Edge.trace(request)))
    }

    /// Who wants it canceled; the customer, when nothing is said.
    private func reason(_ bytes: [UInt8]) throws(ProblemError) -> CancelReason {
        var reason = CancelReason.customerAsked
        guard !bytes.isEmpty else { return reason }
        var faults = Faults()
        if var body = Members(try Edge.document(bytes).root, at: "", &faults) {
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

    @Sendable func read(
        _ request: Hummingbird.Request, _ context: BasicRequestContext
    ) async throws -> Response {
        let id = try orderID(context)
        guard let order = try asking({ try backend.order(id) }) else {
            throw ProblemError(OrderProblem.unknownOrder)
        }
        var json = JSONWriter(capacity: 768)
        OrderView.write(order.state, version: order.version, to: &json)
        return Edge.response(json: json.bytes, version: order.version)
    }

    @Sendable func events(
        _ request: Hummingbird.Request, _ context: BasicRequestContext
    ) async throws -> Response {
        let id = try orderID(context)
        guard let events = try asking({ try backend.orderEvents(id) }) else {
            throw ProblemError(OrderProblem.unknownOrder)
        }
        var json = JSONWriter(capacity: events.count + 32)
        json.beginObject()
        json.key("data")
        json.raw(events)
        json.endObject()
        return Edge.response(json: json.bytes)
    }

    @Sendable func list(
        _ request: Hummingbird.Request, _ context: BasicRequestContext
    ) async throws -> Response {
        let query = request.uri.queryParameters
        let limit = query["limit"].map { Int($0) ?? 0 } ?? 20
        guard (1...Self.pageMax).contains(limit) else {
            throw ProblemError(
                GatewayProblem.invalid,
                fields: [FieldError(pointer: "/limit", detail: "1 to \(Self.pageMax).")])
        }
        var after: OrderID?
        if let cursor = query["after"] {
            guard let id = OrderID(text: cursor) else {
                throw ProblemError(
                    GatewayProblem.invalid,
                    fields: [FieldError(pointer: "/after", detail: "A nextCursor of a page.")])
            }
            after = id
        }
        let page = try asking { [after] in try backend.orders(after, limit) }
        var json = JSONWriter(capacity: 4_096)
        json.beginObject()
        json.key("data")
        json.beginArray()
        for order in page { order.write(to: &json) }
        json.endArray()
        json.key("nextCursor")
        if page.count == limit, let last = page.last {
            json.string(last.id.text)
        } else {
            json.null()
        }
        json.endObject()
        return Edge.response(json: json.bytes)
    }

    private func orderID(_ context: BasicRequestContext) throws -> OrderID {
        guard let id = OrderID(text: try Edge.segment("id", context)) else {
            throw ProblemError(OrderProblem.unknownOrder)
        }
        return id
    }
}

/// Runs a question; a store that can't answer is told as a problem.
func asking<Answer>(_ question: () throws -> Answer) throws -> Answer {
    do {
        return try question()
    } catch is WireError {
        throw ProblemError(GatewayProblem.unreadable)
    } catch let failure as StoreFailure {
        throw ProblemError(
            failure == .corrupt ? GatewayProblem.unreadable : GatewayProblem.readUnavailable)
    }
}

extension CancelReason {
    /// True for reasons that someone can give; the others are the house's own.
    var isForCallers: Bool {
        switch self {
        case .customerAsked, .merchantAsked: true
        case .paymentDeclined, .paymentExpired: false
        }
    }
}
