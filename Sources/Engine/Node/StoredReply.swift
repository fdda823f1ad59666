// SPDX-License-Identifier: Apache-2.0
/// An answer as it stands in the log of answers.

public import Kernel
public import Ports

@usableFromInline package struct StoredReply: Sendable, Equatable {
    @usableFromInline package let request: PendingRequest
    @usableFromInline package let answer: Answer

    @usableFromInline package var identity: InputID { request.identity }

    /// Nil while it is pending.
    package var reply: Reply? {
        if case .given(let reply) = answer { reply } else { nil }
    }

    @usableFromInline package enum Answer: Sendable, Equatable {
        case given(Reply)
        /// Given once it is decided what becomes of the entity that is kept under `key` in the
        /// service's `table`-th table: then it stands further on in the log.
        case pending(table: Int, key: [UInt8])
    }

    @usableFromInline init(_ request: PendingRequest, _ reply: Reply) {
        self.request = request
        answer = .given(reply)
    }

    @usableFromInline init(_ request: PendingRequest, pendingOn key: [UInt8], in table: Int) {
        self.request = request
        answer = .pending(table: table, key: key)
    }

    /// Its length, then its parts; `scratch` holds them while they are measured.
    @usableFromInline func write(to bytes: inout WireBytes, by scratch: inout WireBytes) {
        scratch.removeAll()
        request.write(to: &scratch)
        switch answer {
        case .given(let reply):
            scratch.appendVarint(unsigned: UInt64(reply.status))
            scratch.appendVarint(reply.version)
            scratch.appendCounted(reply.location)
            scratch.appendVarint(unsigned: UInt64(reply.body.count))
            scratch.append(contentsOf: reply.body)
        case .pending(let table, let key):
            scratch.append(0)
            scratch.appendVarint(unsigned: UInt64(table))
            scratch.appendVarint(unsigned: UInt64(key.count))
            scratch.append(contentsOf: key)
        }
        bytes.appendVarint(unsigned: UInt64(scratch.count))
        bytes.append(0..<scratch.count, of: scratch)
    }

    @usableFromInline package static func all(in frame: Frame) throws(WireError) -> [StoredReply] {
        var reader = WireReader(binary: frame.bytes)
        var replies: [StoredReply] = []
        for _ in 0..<frame.count {
            _ = try reader.unsignedVarint()
            replies.append(try StoredReply(from: &reader))
        }
        return replies
    }

    private init(from reader: inout WireReader) throws(WireError) {
        request = try PendingRequest(from: &reader)
        let status = Int(truncatingIfNeeded: try reader.unsignedVarint())
        guard status > 0 else {
            let table = Int(truncatingIfNeeded: try reader.unsignedVarint())
            answer = .pending(table: table, key: try reader.bytes("key"))
            return
        }
        let version = try reader.varint()
        let location = try reader.counted()
        answer = .given(
            Reply(
                status: status, body: try reader.bytes("body"), version: version,
                location: location))
    }
}
