// SPDX-License-Identifier: Apache-2.0
/// Everything that the door serves: the routes of the services, and the house's own pages.

package import Logging
package import Ports
package import ServiceModel
import HTTPTypes
package import Hummingbird

package struct API: Sendable {
    private let routes: [Route]
    private let problems: [Problem]
    private let status: @Sendable () -> HouseStatus
    private let entropy: any Entropy

    /// How the house is.
    package struct HouseStatus: Sendable {
        package let isReady: Bool
        /// What operators may see of it, as a JSON object.
        package let json: [UInt8]

        package init(isReady: Bool, json: [UInt8]) {
            self.isReady = isReady
            self.json = json
        }
    }

    /// `problems` are all that any route can answer with, for their pages.
    package init(
        routes: [Route], problems: [Problem], entropy: any Entropy,
        status: @escaping @Sendable () -> HouseStatus
    ) {
        self.routes = routes
        self.problems = problems
        self.entropy = entropy
        self.status = status
    }

    package func responder(logger: Logger) -> DoorResponder {
        let router = Router(context: APIContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: ProblemMiddleware(entropy: entropy, logger: logger))
        for route in routes { add(route, to: router) }
        addPages(to: router)
        refuseOtherMethods(router)
        return DoorResponder(router.buildResponder())
    }

    private func add(_ route: Route, to router: Router<APIContext>) {
        guard let method = HTTPRequest.Method(route.method.rawValue) else {
            preconditionFailure("a method is a token")
        }
        guard route.isWrite else {
            router.on(RouterPath(route.path), method: method) { request, context in
                Edge.response(try await route.handle(Edge.read(request, context)))
            }
            return
        }
        router.on(RouterPath(route.path), method: method) { request, context in
            let write = try await Edge.write(
                request, context, isConditional: route.isConditional)
            return Edge.response(try await route.handle(write))
        }
    }

    private func addPages(to router: Router<APIContext>) {
        router.get("/health/live") { _, _ in
            Edge.response(Reply(status: 200, body: Array(#"{"status":"live"}"#.utf8)))
        }
        router.get("/health/ready") { [status] _, _ in
            let status = status()
            return Edge.response(Reply(status: status.isReady ? 200 : 503, body: status.json))
        }
        let pages = Dictionary(problems.map { ($0.code, $0) }) { first, _ in first }
        router.get("/problems/:code") { _, context in
            guard let problem = context.parameters.get("code").flatMap({ pages[$0] }) else {
                throw ProblemError(GatewayProblem.notFound)
            }
            return Edge.response(Reply(status: 200, body: problem.body()))
        }
    }

    /// Who asks a path for what it does not do is told what it does (RFC 9110, 15.5.6).
    private func refuseOtherMethods(_ router: Router<APIContext>) {
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
}

/// What a request carries through the gateway.
package struct APIContext: RequestContext {
    package var coreContext: CoreRequestContextStorage

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
    }
}
