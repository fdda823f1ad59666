// SPDX-License-Identifier: Apache-2.0
/// One event as it stands in a frame: who it is about, what caused it, and its data.

public import Kernel
public import Ports

/// An event of a log, read back but not yet decoded.
@usableFromInline package struct Record: Sendable {
    @usableFromInline package let position: Int64
    let code: UInt8
    package let stream: Stream
    /// The event's number in its stream, from 1.
    @usableFromInline package let version: Int64
    /// The position of the stream's event before this one; 0 for its first.
    package let previous: Int64
    package let cause: Cause
    /// The W3C trace context under which it came about.
    let trace: String?
    let data: Range<Int>
    private let page: Page

    var frame: Frame { page.frame }
    package var log: LogName { frame.log }
    package var at: Timestamp { frame.at }
    @usableFromInline var reader: WireReader { WireReader(binary: frame.bytes, range: data) }

    /// What the records of one frame share.
    fileprivate final class Page: Sendable {
        let frame: Frame

        init(_ frame: Frame) { self.frame = frame }
    }

    fileprivate init(
        in page: Page, at position: Int64, _ code: UInt8, _ stream: Stream,
        version: Int64, previous: Int64, cause: Cause, trace: String?, data: Range<Int>
    ) {
        self.page = page
        self.position = position
        self.code = code
        self.stream = stream
        self.version = version
        self.previous = previous
        self.cause = cause
        self.trace = trace
        self.data = data
    }
}

/// The entity in whose stream an event is kept.
@usableFromInline package struct Stream: Hashable, Sendable {
    @usableFromInline package let table: Int
    @usableFromInline package let key: [UInt8]
    package let bucket: UInt16
}

/// What brought an event about.
@usableFromInline package enum Cause: Sendable, Equatable {
    /// Time: something fell due.
    case time
    /// As much time had elapsed as was to be waited for, though the clock, which had been ahead,
    /// did not show the due moment yet.
    case elapsedTime
    /// A command of a caller, by the request's identity; zero when it had none.
    case command(InputID)
    /// A fact of another service.
    case fact(LogName, Int64)

    @usableFromInline var text: String {
        switch self {
        case .time: "time"
        case .elapsedTime: "elapsed-time"
        case .command(let id):
            "cmd_" + Hex.text(UUIDv7(high: id.high, low: id.low).bytes)
        case .fact(let log, let position): "evt_\(log)/\(position)"
        }
    }
}

/// The fixed order of a record's parts: length, code, stream, version, distance to the stream's
/// event before, cause, trace, data. All numbers are varints.
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

extension Frame {
    /// The frame's events, in order.
    @usableFromInline package func records() throws(WireError) -> [Record] {
        try records { _ in true }
    }

    /// Those whose stream is kept in a bucket that `isWanted`: the others are passed over unread.
    package func records(in isWanted: (UInt16) -> Bool) throws(WireError) -> [Record] {
        // Every record has bytes: what says otherwise must not be believed, nor reserved for.
        guard (0...bytes.count).contains(count) else { throw .truncated }
        var records: [Record] = []
        records.reserveCapacity(count)
        let page = Record.Page(self)
        var offset = 0
        for index in 0..<count {
            var reader = WireReader(binary: bytes, range: offset..<bytes.count)
            let length = try reader.unsignedVarint()
            let start = bytes.count - reader.remaining
            guard length <= UInt64(reader.remaining) else { throw .truncated }
            let end = start + Int(length)
            if let record = try record(
                in: page, at: first + Int64(index), from: start, to: end, isWanted)
            {
                records.append(record)
            }
            offset = end
        }
        guard offset == bytes.count else { throw .truncated }
        return records
    }

    private func record(
        in page: Record.Page, at position: Int64, from start: Int, to end: Int,
        _ isWanted: (UInt16) -> Bool
    ) throws(WireError) -> Record? {
        var reader = WireReader(binary: bytes, range: start..<end)
        let code = try reader.byte()
        let table = Int(try reader.byte())
        let bucket = UInt16(truncatingIfNeeded: try reader.unsignedVarint())
        guard isWanted(bucket) else { return nil }
        let key = try reader.bytes("key")
        let version = try reader.varint()
        let distance = try reader.varint()
        let cause = try RecordCoding.cause(from: &reader)
        let trace = try reader.optionalString("trace")
        return Record(
            in: page, at: position, code, Stream(table: table, key: key, bucket: bucket),
            version: version, previous: distance == 0 ? 0 : position - distance, cause: cause,
            trace: trace, data: end - reader.remaining..<end)
    }
}
