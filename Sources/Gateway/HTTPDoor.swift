// SPDX-License-Identifier: Apache-2.0
/// The one HTTP door: routes, and what holds for all of them.

package import Hummingbird
import HTTPTypes
import HummingbirdCore
import Kernel
package import Logging
import NIOCore
package import Ports

package enum HTTPDoor {
    /// The whole API. `problems` are all that any route can answer with, for their pages.
    package static func responder(
        _ backend: Backend, problems: [Problem], logger: Logger
    ) -> DoorResponder {
        let router = Router(
            context: BasicRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: ProblemMiddleware(entropy: backend.entropy, logger: logger))
        router.addRoutes(OrderRoutes(backend: backend).routes, atPath: "/v1/orders")
        router.addRoutes(StockRoutes(backend: backend).routes, atPath: "/v1/stock")
        router.get("/health/live") { _, _ in
            Edge.response(json: Array(#"{"status":"live"}"#.utf8))
        }
        router.get("/health/ready") { _, _ in
            var reply = Reply(status: 200, body: backend.status())
            if !backend.isReady() { reply = Reply(status: 503, body: reply.body) }
            return Edge.response(reply)
        }
        let pages = Dictionary(problems.map { ($0.code, $0) }) { first, _ in first }
        router.get("/problems/:code") { _, context in
            guard let problem = context.parameters.get("code").flatMap({ pages[$0] }) else {
                throw ProblemError(GatewayProblem.notFound)
            }
            return Edge.response(json: problem.body())
        }
        refuseOtherMethods(router)
        return DoorResponder(router.buildResponder())
    }

    /// Who asks a path for what it does not do is told what it does (RFC 9110, 15.5.6).
    private static func refuseOtherMethods(_ router: Router<BasicRequestContext>) {
        let methods: [HTTPRequest.Method] = [
            .get, .head, .post, .put, .patch, .delete, .options, .trace,
        ]
        for routes in Dictionary(grouping: router.routes, by: \.path.description).values {
            var known = Set(routes.map(\.method))
            if known.contains(.get) { known.insert(.head) }
            let allowed = known.map(\.rawValue).sorted().joined(separator: ", ")
            for method in methods where !known.contains(method) {
                router.on(routes[0].path, method: method) { _, _ in
                    var response = Edge.response(GatewayProblem.methodNotAllowed.reply())
                    response.headers[.allow] = allowed
                    return response
                }
            }
        }
    }

    package static func application(
        _ responder: DoorResponder, at address: DoorAddress, door: Door,
        entropy: any Entropy, logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void
    ) -> some ApplicationProtocol {
        let ids = RequestIDs(entropy: entropy)
        return Application(
            responder: responder,
            server: HTTPServerBuilder { DoorChannel(door, ids, responder: $0) },
            configuration: .init(
                address: .hostname(address.host, port: address.port), serverName: "orderhouse",
                backlog: 4_096),
            onServerRunning: { channel in
                await onListening(channel.localAddress?.port ?? address.port)
            },
            logger: logger)
    }
}

/// The routes, found by the one spelling that a path has among equal ones.
package struct DoorResponder: HTTPResponder {
    private let routes: RouterResponder<BasicRequestContext>

    fileprivate init(_ routes: RouterResponder<BasicRequestContext>) { self.routes = routes }

    package func respond(
        to request: Hummingbird.Request, context: BasicRequestContext
    ) async throws -> Response {
        let path = request.uri.path
        guard path.utf8.contains(UInt8(ascii: "%")) else {
            return try await routes.respond(to: request, context: context)
        }
        var head = request.head
        head.path = PercentCoding.normalized(path) + (request.uri.query.map { "?\($0)" } ?? "")
        let same = Hummingbird.Request(head: head, body: request.body)
        return try await routes.respond(to: same, context: context)
    }
}

/// Where a door listens; port 0 picks a free one.
package struct DoorAddress: Sendable {
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}

/// Gives every request an id and every error the form of a problem.
struct ProblemMiddleware: RouterMiddleware {
    let entropy: any Entropy
    let logger: Logger

    func handle(
        _ request: Hummingbird.Request, context: BasicRequestContext,
        next: @concurrent (Hummingbird.Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        var response = await self.response(request, context, next)
        let asked = request.headers[.requestID]
        if response.status.code >= 400 || asked != nil {
            response.headers[.requestID] = RequestIDs(entropy: entropy).id(asked: asked)
        }
        return response
    }

    private func response(
        _ request: Hummingbird.Request, _ context: BasicRequestContext,
        _ next: @concurrent (Hummingbird.Request, BasicRequestContext) async throws -> Response
    ) async -> Response {
        guard PercentCoding.isValid(request.uri.path),
            PercentCoding.isValid(request.uri.query ?? "")
        else {
            let problem = GatewayProblem.malformed
            return Edge.response(problem.reply(detail: Edge.badTarget))
        }
        do {
            return try await next(request, context)
        } catch let error as ProblemError {
            return Edge.response(error.reply)
        } catch let error as any HTTPResponseError {
            return Edge.response(problem(for: error.status).reply())
        } catch {
            logger.error("request failed", metadata: ["failure": "\(error)"])
            return Edge.response(GatewayProblem.internalError.reply())
        }
    }

    private func problem(for status: HTTPResponse.Status) -> Problem {
        switch status.code {
        case 404: GatewayProblem.notFound
        case 405: GatewayProblem.methodNotAllowed
        case 413: GatewayProblem.tooLarge
        case 400..<500: GatewayProblem.malformed
        default: GatewayProblem.internalError
        }
    }
}
