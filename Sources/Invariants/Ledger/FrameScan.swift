// SPDX-License-Identifier: Apache-2.0
/// The numbers that every record of a frame begins with, read where they stand: who decided knows
/// the facts already, so their data is passed over. Nothing is allocated.

import Kernel
import NodeEngine
import Ports

/// One record's numbers after the other.
struct FrameScan {
    private let frame: Frame
    private let logs: Logs
    private let log: LogNumber
    private var offset = 0
    private var end = 0
    private var index = 0

    init(_ frame: Frame, _ log: LogNumber, _ logs: Logs) {
        self.frame = frame
        self.log = log
        self.logs = logs
    }

    /// The place of the next record; nil after the last one.
    mutating func next() throws(WireError) -> Place? {
        guard index < frame.count else { return nil }
        offset = end
        let position = frame.first + Int64(index)
        end = frame.bytes.count
        let length = try varint()
        guard length <= UInt64(end - offset) else { throw .truncated }
        end = offset + Int(length)
        // Code and table.
        try skip(2)
        _ = try varint()
        try skip(try varint())
        let version = try signed()
        let distance = try signed()
        let origin = try origin()
        index += 1
        return Place(
            log: log, position: position, version: version,
            previous: distance == 0 ? 0 : position - distance, origin: origin, at: frame.at)
    }

    private mutating func origin() throws(WireError) -> Origin {
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
            return logs.number(named: frame.bytes[name], shard: shard).map {
                .fact($0, position)
            } ?? .unknown
        default: throw .badField("cause")
        }
    }

    @inline(__always)
    private mutating func byte() throws(WireError) -> UInt8 {
        guard offset < end else { throw .truncated }
        offset += 1
        return frame.bytes[offset - 1]
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
