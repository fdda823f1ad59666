// SPDX-License-Identifier: Apache-2.0
/// A request as its route gets it, within the gateway's limits.

package import JSONCodec
package import Kernel
package import NodeEngine

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
