// SPDX-License-Identifier: Apache-2.0
/// What leads the verdict on an entity back to the request that began it.

import Kernel
import Ports

/// A request whose answer is pending, and where the log of answers says so.
@usableFromInline struct PendingKey {
    @usableFromInline let request: PendingRequest
    /// Once the log keeps this entry no longer, the key may stand for another request.
    @usableFromInline let position: Int64

    @usableFromInline init(_ request: PendingRequest, at position: Int64) {
        self.request = request
        self.position = position
    }

    @usableFromInline init(value: [UInt8]) throws(WireError) {
        var reader = WireReader(binary: value)
        request = try PendingRequest(from: &reader)
        position = try reader.varint()
        guard reader.isAtEnd else { throw .badField("request") }
    }

    /// As the value of a row.
    @usableFromInline var value: [UInt8] {
        var bytes = WireBytes(capacity: 40)
        request.write(to: &bytes)
        bytes.appendVarint(position)
        return bytes.array
    }
}
