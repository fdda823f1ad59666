// SPDX-License-Identifier: Apache-2.0
/// What holds for every request: reading it within limits, and turning replies into responses.

import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import NodeEngine
import Ports
import ServiceModel

enum Edge {
    static let bodyMax = 256 * 1024
    static let keyMax = 255

    static let json = "application/json; charset=utf-8"
    static let problem = "application/problem+json"

    /// A question, as its route gets it.
    static func read(
        _ request: Hummingbird.Request, _ context: APIContext
    ) throws(ProblemError) -> RouteRequest {
        RouteRequest(
            principal: try principal(request), parameter: { segment($0, context) },
            query: { request.uri.queryParameters[$0[...]].map(String.init) })
    }

    /// A write, as its route gets it: by whom, under which key, and what it expects.
    static func write(
        _ request: Hummingbird.Request, _ context: APIContext, isConditional: Bool
    ) async throws -> RouteRequest {
        let principal = try principal(request)
        let key = try key(request)
        let expected = isConditional ? try IfMatch.expected(by: request) : nil
        let bytes = try await body(request)
        return RouteRequest(
            principal: principal,
            identity: identity(of: request, principal, key, bytes, expecting: expected),
            key: key, trace: trace(request), body: bytes, parameter: { segment($0, context) },
            query: { request.uri.queryParameters[$0[...]].map(String.init) })
    }

    /// The whole body, refused as soon as it is too long.
    private static func body(_ request: Hummingbird.Request) async throws -> [UInt8] {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > bodyMax {
            throw ProblemError(GatewayProblem.tooLarge)
        }
        do {
            let buffer = try await request.body.collect(upTo: bodyMax)
            return Array(buffer: buffer)
        } catch is NIOTooManyBytesError {
            throw ProblemError(GatewayProblem.tooLarge)
        }
    }

    /// Who asks. Until there is authentication, whoever the caller says it is.
    private static func principal(
        _ request: Hummingbird.Request
    ) throws(ProblemError) -> Principal {
        guard let name = request.headers[.principal] else { return .anonymous }
        guard let principal = Principal(name) else {
            throw ProblemError(GatewayProblem.badPrincipal)
        }
        return principal
    }

    private static func key(_ request: Hummingbird.Request) throws(ProblemError) -> String {
        guard let key = request.headers[.idempotencyKey] else {
            throw ProblemError(GatewayProblem.keyRequired)
        }
        guard (1...keyMax).contains(key.utf8.count),
            key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else { throw ProblemError(GatewayProblem.badKey) }
        return key
    }

    /// A segment of the path, percent-encoding decoded once.
    private static func segment(_ name: String, _ context: APIContext) -> String? {
        context.parameters.get(name).flatMap { PercentCoding.decoded($0) }
    }

    /// The request's identity for repeats: who, under which key, asked for what. What it expects is
    /// no part of that: a repeat gets the first answer, although the version has moved on since.
    private static func identity(
        of request: Hummingbird.Request, _ principal: Principal, _ key: String, _ body: [UInt8],
        expecting expected: Precondition?
    ) -> NodeEngine.Request {
        var asked = Array(request.method.rawValue.utf8)
        asked.append(0)
        asked.append(contentsOf: PercentCoding.normalized(request.uri.path).utf8)
        asked.append(0)
        asked.append(contentsOf: body)
        return NodeEngine.Request(
            principal: principal, key: key, about: asked, expecting: expected)
    }

    /// A W3C trace context, if it has the right form.
    private static func trace(_ request: Hummingbird.Request) -> String? {
        guard let trace = request.headers[.traceparent], trace.utf8.count == 55,
            trace.utf8.allSatisfy({ byte in
                byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            })
        else { return nil }
        return trace
    }

    static func response(_ reply: Reply) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = reply.status >= 400 ? problem : reply.type.mediaType
        if reply.version > 0 { headers[.eTag] = "\"\(reply.version)\"" }
        if !reply.location.isEmpty { headers[.location] = reply.location }
        if reply.isReplayed { headers[.idempotentReplayed] = "true" }
        if reply.status == 503 || reply.status == 429 { headers[.retryAfter] = "1" }
        return Response(
            status: .init(code: reply.status), headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: reply.body)))
    }
}

extension Reply.Content {
    fileprivate var mediaType: String {
        switch self {
        case .json: Edge.json
        case .lines: "application/x-ndjson"
        case .csv: "text/csv; charset=utf-8; header=present"
        }
    }
}

extension HTTPField.Name {
    private static func named(_ name: String) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else {
            preconditionFailure("a header name is a token")
        }
        return field
    }

    static let idempotencyKey = named("Idempotency-Key")
    static let idempotentReplayed = named("Idempotent-Replayed")
    static let principal = named("X-Principal")
    static let requestID = named("X-Request-Id")
    static let traceparent = named("traceparent")
}
