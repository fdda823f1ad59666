// SPDX-License-Identifier: Apache-2.0
/// When a fact was recorded, and what brought it about. It goes with the fact wherever that goes.

public import Kernel

public struct Provenance: Sendable, Equatable {
    /// The time of the node's turn that recorded it.
    public let at: Timestamp
    public let cause: Cause
    /// The W3C trace context of the request that it all began with.
    public let trace: String?

    @inlinable
    public init(at: Timestamp, cause: Cause, trace: String?) {
        self.at = at
        self.cause = cause
        self.trace = trace
    }
}

extension Provenance: WireCoded {
    public func write(to writer: inout WireWriter) {
        writer.field("at", at)
        writer.field("cause", cause.text)
        writer.optional("trace", trace)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        at = try reader.timestamp("at")
        guard let cause = Cause(text: try reader.string("cause")) else { throw .badField("cause") }
        self.cause = cause
        trace = try reader.optionalString("trace")
    }
}
