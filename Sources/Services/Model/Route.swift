// SPDX-License-Identifier: Apache-2.0
/// A route of the API as a value: which requests it takes and what is done about them. No HTTP
/// library; the gateway turns these into its own.

package import Ports

package struct Route: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
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
