// SPDX-License-Identifier: Apache-2.0
/// The numbers that every record of a frame begins with, read where they stand, and where its data
/// stands. Nothing is allocated.

import Kernel
import NodeEngine
import Ports

/// One record's numbers after the other.
struct FrameScan {
    private let bytes: [UInt8]
    private let first: Int64
    private let count: Int
    private let at: Timestamp
    private let log: LogNumber
    private var offset = 0
    private var end = 0
    private var index = 0
    /// Of the record that was read last.
    private(set) var code: UInt8 = 0
    private(set) var bucket: UInt16 = 0

    init(_ frame: Frame, _ log: LogNumber) {
        bytes = frame.bytes
        first = frame.first
        count = frame.count
        at = frame.at
        self.log = log
    }

    /// The place of the next record; nil after the last one.
    mutating func next(_ logs: Logs) throws(WireError) -> Place? {
        guard index < count else { return nil }
        offset = end
        let position = first + Int64(index)
        end = bytes.count
        let length = try varint()
        guard length <= UInt64(end - offset) else { throw .truncated }
        end = offset + Int(length)
        code = try byte()
        // The table.
        try skip(1)
        bucket = UInt16(truncatingIfNeeded: try varint())
        try skip(try varint())
        let version = try signed()
        let distance = try signed()
        let origin = try origin(logs)
        index += 1
        return Place(
            log: log, position: position, version: version,
            previous: distance == 0 ? 0 : position - distance, origin: origin, at: at)
    }

    /// Where the data of the record that was read last stands, behind what it was traced by.
    mutating func data() throws(WireError) -> Range<Int> {
        if try byte() != 0 { try skip(try varint()) }
        return offset..<end
    }

    /// True when the last record ends where the frame ends.
    var isAtEnd: Bool { end == bytes.count }

    private mutating func origin(_ logs: Logs) throws(WireError) -> Origin {
        switch try byte() {
        case 0: return .time
        case 1:
            let high = try word()
            return .command(InputID(high: high, low: try word()))
        case 2:
            let count = try varint()
            let start = offset
            try skip(count)
            let name = start..<offset
            let shard = try varint()
            let position = try signed()
            return logs.number(named: bytes[name], shard: shard).map {
                .fact($0, position)
            } ?? .unknown
        case 3: return .command(InputID(high: 0, low: 0))
        case 4: return .elapsedTime
        default: throw .badField("cause")
        }
    }

    @inline(__always)
    private mutating func byte() throws(WireError) -> UInt8 {
        guard offset < end else { throw .truncated }
        offset += 1
        return bytes[offset - 1]
    }

    private mutating func skip(_ count: UInt64) throws(WireError) {
        guard count <= UInt64(end - offset) else { throw .truncated }
        offset += Int(count)
    }

    private mutating func varint() throws(WireError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 64 {
            let next = try byte()
            value |= UInt64(next & 0x7f) << shift
            if next < 0x80 { return value }
            shift += 7
        }
        throw .truncated
    }

    private mutating func signed() throws(WireError) -> Int64 {
        let zigzag = try varint()
        return Int64(bitPattern: (zigzag >> 1) ^ (0 &- (zigzag & 1)))
    }

    private mutating func word() throws(WireError) -> UInt64 {
        var word: UInt64 = 0
        for _ in 0..<8 { word = word << 8 | UInt64(try byte()) }
        return word
    }
}
