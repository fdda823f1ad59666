// SPDX-License-Identifier: Apache-2.0
/// A route of the API as a value: which requests it takes and what is done about them. No HTTP
/// library; the gateway turns these into its own.

package import JSONCodec
package import Kernel
package import NodeEngine
package import Ports

package struct Route: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    package typealias Handler = @Sendable (RouteRequest) async throws -> Reply

    package let method: Method
    /// Of segments; one that begins with a colon is a parameter: `/v1/orders/:id/cancel`.
    package let path: String
    /// What a caller must be allowed to do: `orders:write`.
    package let scope: String
    /// True when it changes one thing that exists, so that `If-Match` says which version of it.
    package let isConditional: Bool
    package let handle: Handler

    /// Writes need an idempotency key; their answers are kept with what they changed.
    package var isWrite: Bool { method != .get }

    /// A question.
    package static func get(_ path: String, scope: String, _ handle: @escaping Handler) -> Route {
        Route(method: .get, path: path, scope: scope, isConditional: false, handle: handle)
    }

    /// A command.
    package static func write(
        _ method: Method, _ path: String, scope: String, isConditional: Bool = true,
        _ handle: @escaping Handler
    ) -> Route {
        Route(
            method: method, path: path, scope: scope, isConditional: isConditional,
            handle: handle)
    }
}

/// A request as its route gets it, within the gateway's limits.
package struct RouteRequest: Sendable {
    package let principal: Principal
    /// What repeats of a write are known by; nil for a question.
    package let identity: Request?
    /// The idempotency key of a write; empty for a question.
    package let key: String
    /// The W3C trace context that it came with.
    package let trace: String?
    package let body: [UInt8]
    private let parameter: @Sendable (String) -> String?
    private let queryItem: @Sendable (String) -> String?

    /// `parameter` and `query` give segments and items by name, percent-encoding decoded.
    package init(
        principal: Principal, identity: Request? = nil, key: String = "", trace: String? = nil,
        body: [UInt8] = [], parameter: @escaping @Sendable (String) -> String?,
        query: @escaping @Sendable (String) -> String?
    ) {
        self.principal = principal
        self.identity = identity
        self.key = key
        self.trace = trace
        self.body = body
        self.parameter = parameter
        queryItem = query
    }

    /// The segment of the path that the route calls `name`.
    package func segment(_ name: String) throws(ProblemError) -> String {
        guard let text = parameter(name) else {
            throw ProblemError(RequestProblem.malformed, detail: RequestProblem.badTarget)
        }
        return text
    }

    package func query(_ name: String) -> String? { queryItem(name) }

    /// The body as JSON.
    package func document() throws(ProblemError) -> JSONDocument {
        do throws(JSONError) {
            return try JSONDocument(parsing: body)
        } catch {
            throw ProblemError(RequestProblem.malformed, detail: "Not JSON: \(error).")
        }
    }
}

/// Asks a store; one that can't answer is told as a problem.
package func asking<Answer>(_ question: () throws -> Answer) throws -> Answer {
    do {
        return try question()
    } catch is WireError {
        throw ProblemError(RequestProblem.unreadable)
    } catch let failure as StoreFailure {
        throw ProblemError(
            failure == .corrupt ? RequestProblem.unreadable : RequestProblem.readUnavailable)
    }
}
