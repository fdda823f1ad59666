// SPDX-License-Identifier: Apache-2.0
/// An answer as it stands in the log of answers.

public import Kernel
public import Ports

@usableFromInline package struct StoredReply: Sendable, Equatable {
    @usableFromInline package let identity: InputID
    let fingerprint: UInt64
    package let reply: Reply

    /// Its length, then its parts; `scratch` holds them while they are measured.
    @usableFromInline func write(to bytes: inout WireBytes, by scratch: inout WireBytes) {
        scratch.removeAll()
        scratch.append(UUIDv7(high: identity.high, low: identity.low))
        scratch.appendVarint(unsigned: fingerprint)
        scratch.appendVarint(unsigned: UInt64(reply.status))
        scratch.appendVarint(reply.version)
        scratch.appendCounted(reply.location)
        scratch.appendVarint(unsigned: UInt64(reply.body.count))
        scratch.append(contentsOf: reply.body)
        bytes.appendVarint(unsigned: UInt64(scratch.count))
        bytes.append(0..<scratch.count, of: scratch)
    }

    @usableFromInline package static func all(in frame: Frame) throws(WireError) -> [StoredReply] {
        var reader = WireReader(binary: frame.bytes)
        var replies: [StoredReply] = []
        for _ in 0..<frame.count {
            _ = try reader.unsignedVarint()
            let high = try RecordCoding.fixed(&reader)
            let identity = InputID(high: high, low: try RecordCoding.fixed(&reader))
            let fingerprint = try reader.unsignedVarint()
            let status = Int(truncatingIfNeeded: try reader.unsignedVarint())
            let version = try reader.varint()
            let location = try reader.counted()
            replies.append(
                StoredReply(
                    identity: identity, fingerprint: fingerprint,
                    reply: Reply(
                        status: status, body: try reader.bytes("body"), version: version,
                        location: location)))
        }
        return replies
    }
}
