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

    public init(
        status: Int, body: [UInt8], version: Int64 = 0, location: String = "",
        isReplayed: Bool = false
    ) {
        self.status = status
        self.body = body
        self.version = version
        self.location = location
        self.isReplayed = isReplayed
    }

    public func replayed() -> Reply {
        Reply(
            status: status, body: body, version: version, location: location, isReplayed: true)
    }
}
