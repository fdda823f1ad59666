// SPDX-License-Identifier: Apache-2.0
/// One event as it stands in a frame: who it is about, what caused it, and its data.

public import Kernel
public import Ports

/// An event of a log, read back but not yet decoded.
@usableFromInline package struct Record: Sendable {
    @usableFromInline package let position: Int64
    package let code: UInt8
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
    package var provenance: Provenance { Provenance(at: at, cause: cause, trace: trace) }
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

extension Frame {
    /// The frame's events, in order.
    @usableFromInline package func records() throws(WireError) -> [Record] {
        try records { _ in true }
    }

    /// Those of streams in a bucket that `isWanted`; the others are skipped without decoding them.
    package func records(in isWanted: (UInt16) -> Bool) throws(WireError) -> [Record] {
        try records(of: { _ in true }, in: isWanted)
    }

    /// Those of facts whose code `isKnown`, in a bucket that `isWanted`.
    package func records(
        of isKnown: (UInt8) -> Bool, in isWanted: (UInt16) -> Bool
    ) throws(WireError) -> [Record] {
        // Each record has a byte at least: a greater count is corrupt, and reserves no memory.
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
                in: page, at: first + Int64(index), from: start, to: end, isKnown, isWanted)
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
        _ isKnown: (UInt8) -> Bool, _ isWanted: (UInt16) -> Bool
    ) throws(WireError) -> Record? {
        var reader = WireReader(binary: bytes, range: start..<end)
        let code = try reader.byte()
        guard isKnown(code) else { return nil }
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
