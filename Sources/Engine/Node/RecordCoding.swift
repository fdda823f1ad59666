// SPDX-License-Identifier: Apache-2.0
/// The fixed order of a record's parts: length, code, stream, version, distance to the stream's
/// event before, cause, trace, data. All numbers are varints.

public import Kernel
public import Ports

@usableFromInline package enum RecordCoding {
    @inlinable
    package static func write(cause id: InputID, to bytes: inout WireBytes) {
        // Answers from outside and updates have no identity: a third of all records.
        guard id.high != 0 || id.low != 0 else { return bytes.append(3) }
        bytes.append(1)
        bytes.append(UUIDv7(high: id.high, low: id.low))
    }

    /// The beginning of a cause that is a fact of `log`; its position comes next.
    static func causeByFact(of log: LogName) -> [UInt8] {
        var bytes: [UInt8] = [2]
        bytes.appendCounted(log.service)
        bytes.appendVarint(unsigned: UInt64(log.shard))
        return bytes
    }

    @usableFromInline static func cause(from reader: inout WireReader) throws(WireError) -> Cause {
        switch try reader.byte() {
        case 0: return .time
        case 1:
            let high = try fixed(&reader)
            return .command(InputID(high: high, low: try fixed(&reader)))
        case 2:
            let service = try reader.counted()
            guard let shard = Int(exactly: try reader.unsignedVarint()) else {
                throw .badField("shard")
            }
            return .fact(LogName(service, shard), try reader.varint())
        case 3: return .command(InputID(high: 0, low: 0))
        case 4: return .elapsedTime
        default: throw .badField("cause")
        }
    }

    @usableFromInline static func fixed(_ reader: inout WireReader) throws(WireError) -> UInt64 {
        var word: UInt64 = 0
        for _ in 0..<8 { word = word << 8 | UInt64(try reader.byte()) }
        return word
    }
}
