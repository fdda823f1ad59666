// SPDX-License-Identifier: Apache-2.0
/// What is kept of a request to know it again, and to answer it later.

import Kernel
public import Ports

@usableFromInline package struct PendingRequest: Sendable, Equatable {
    @usableFromInline package let identity: InputID
    @usableFromInline package let fingerprint: UInt64
    /// True when a good answer needs no body.
    @usableFromInline package let isBrief: Bool

    @usableFromInline init(_ request: Request) {
        identity = request.identity
        fingerprint = request.fingerprint
        isBrief = request.isBrief
    }

    init(from reader: inout WireReader) throws(WireError) {
        let high = try RecordCoding.fixed(&reader)
        identity = InputID(high: high, low: try RecordCoding.fixed(&reader))
        fingerprint = try reader.unsignedVarint()
        isBrief = try reader.unsignedVarint() != 0
    }

    func write(to bytes: inout WireBytes) {
        bytes.append(UUIDv7(high: identity.high, low: identity.low))
        bytes.appendVarint(unsigned: fingerprint)
        bytes.append(isBrief ? 1 : 0)
    }
}
