// SPDX-License-Identifier: Apache-2.0
/// What a service answers to a caller: rendered before the commit, sent after it.

/// A rendered answer. The gateway adds nothing to it but transport headers.
public struct Reply: Sendable, Equatable {
    public let status: Int
    /// JSON; `application/problem+json` when `status` is 400 or more.
    public let body: [UInt8]
    /// The version of the entity that the answer shows, for `ETag`; 0 when there is none.
    public let version: Int64
    /// Where the new resource is, for `Location`; empty when there is none.
    public let location: String
    /// True when this answer was given before, to the same request.
    public let isReplayed: Bool
    public let type: Content

    /// What a body is when it is no problem.
    public enum Content: Sendable {
        case json
        /// A JSON value a line (NDJSON).
        case lines
        /// A table with a line of names (RFC 4180).
        case csv
    }

    public init(
        status: Int, body: [UInt8], version: Int64 = 0, location: String = "",
        isReplayed: Bool = false, type: Content = .json
    ) {
        self.status = status
        self.body = body
        self.version = version
        self.location = location
        self.isReplayed = isReplayed
        self.type = type
    }

    /// The answer without its body, unless that says what went wrong.
    public func brief() -> Reply {
        status < 400
            ? Reply(status: status, body: [], version: version, location: location) : self
    }

    public func replayed() -> Reply {
        Reply(
            status: status, body: body, version: version, location: location, isReplayed: true)
    }
}
