// SPDX-License-Identifier: Apache-2.0
/// The one HTTP door: where it listens, and what holds for every request.

package import Hummingbird
import HTTPTypes
import HummingbirdCore
import Kernel
package import Logging
import NIOCore
package import Ports
import ServiceModel

package enum HTTPDoor {
    package static func application(
        _ responder: DoorResponder, at address: DoorAddress, door: Listener,
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
    private let routes: RouterResponder<APIContext>

    init(_ routes: RouterResponder<APIContext>) { self.routes = routes }

    package func respond(
        to request: Hummingbird.Request, context: APIContext
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
        _ request: Hummingbird.Request, context: APIContext,
        next: @concurrent (Hummingbird.Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var response = await self.response(request, context, next)
        let asked = request.headers[.requestID]
        if response.status.code >= 400 || asked != nil {
            response.headers[.requestID] = RequestIDs(entropy: entropy).id(asked: asked)
        }
        return response
    }

    private func response(
        _ request: Hummingbird.Request, _ context: APIContext,
        _ next: @concurrent (Hummingbird.Request, APIContext) async throws -> Response
    ) async -> Response {
        guard PercentCoding.isValid(request.uri.path),
            PercentCoding.isValid(request.uri.query ?? "")
        else {
            let problem = RequestProblem.malformed
            return Edge.response(problem.reply(detail: RequestProblem.badTarget))
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
        case 400..<500: RequestProblem.malformed
        default: GatewayProblem.internalError
        }
    }
}
