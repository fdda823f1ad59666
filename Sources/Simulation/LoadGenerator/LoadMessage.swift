// SPDX-License-Identifier: Apache-2.0
/// What a load client sends and gets back: just enough of HTTP/1.1 to press a server hard with as
/// little work of its own as possible.

import Foundation
package import JSONCodec
import Kernel
import NIOCore

/// Where the requests go.
package struct LoadTarget: Sendable, Hashable {
    package let host: String
    package let port: Int

    /// `host` is an IP address: a load client looks nothing up.
    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `http://127.0.0.1:8080`, with or without a slash at the end; nil for all else.
    package init?(url: some StringProtocol) {
        let scheme = "http://"
        guard url.hasPrefix(scheme) else { return nil }
        var rest = url.dropFirst(scheme.count)
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard let colon = rest.lastIndex(of: ":"),
            let port = Int(rest[rest.index(after: colon)...]), (1...65_535).contains(port)
        else { return nil }
        let host = rest[..<colon].trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        guard (try? SocketAddress(ipAddress: host, port: port)) != nil else { return nil }
        self.init(host: host, port: port)
    }

    package var url: String { "http://\(authority)" }

    /// What the `Host` header says.
    var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

package struct LoadRequest: Sendable {
    package var method: String
    package var path: String
    /// Beside `Host` and `Content-Length`, which the client writes.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package init(
        _ method: String, _ path: String, headers: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }

    /// The request as it goes over the wire.
    func write(to buffer: inout ByteBuffer, authority: String) {
        buffer.writeString(method)
        buffer.writeStaticString(" ")
        buffer.writeString(path)
        buffer.writeStaticString(" HTTP/1.1\r\nHost: ")
        buffer.writeString(authority)
        for (name, value) in headers {
            buffer.writeStaticString("\r\n")
            buffer.writeString(name)
            buffer.writeStaticString(": ")
            buffer.writeString(value)
        }
        if !body.isEmpty || method != "GET" {
            buffer.writeStaticString("\r\nContent-Length: ")
            buffer.writeString(String(body.count))
        }
        buffer.writeStaticString("\r\n\r\n")
        buffer.writeBytes(body)
    }
}

package struct LoadResponse: Sendable {
    package let status: Int
    package let headers: LoadHeaders
    package let body: [UInt8]

    package init(status: Int, headers: LoadHeaders = LoadHeaders(), body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The body as JSON; nil if it is none.
    package var json: JSONView? {
        try? JSONDocument(parsing: body, limits: Self.limits).root
    }

    private static let limits = JSONLimits(bytesMax: 64 << 20, nodesMax: 10_000_000)
}

/// The header lines of a response, as they came. Searched only when somebody asks.
package struct LoadHeaders: Sendable {
    private let text: [UInt8]

    package init(_ text: [UInt8] = []) { self.text = text }

    /// The first value under `name`, in any letter case, without blanks around it.
    package subscript(name: String) -> String? {
        for line in text.split(separator: UInt8(ascii: "\n")) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let key = String(decoding: line[..<colon], as: UTF8.self)
            guard key.caseInsensitiveCompare(name) == .orderedSame else { continue }
            return String(decoding: line[(colon + 1)...], as: UTF8.self)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }
        return nil
    }
}

/// Why a request has no answer. What matters to the caller is whether it may have had its effect.
package enum LoadFailure: String, Error, Hashable, Sendable, CaseIterable, Codable {
    /// There was no connection, or no room to wait for one: nothing was sent.
    case notSent
    /// The connection broke before the whole answer was here.
    case lost
    /// There was no whole answer in time; the connection was closed.
    case timedOut
    /// What came was not an answer in HTTP/1.1; the connection was closed.
    case malformed

    /// True when the server may have done what it was asked for.
    package var isOutcomeUnknown: Bool { self != .notSent }
}
