// SPDX-License-Identifier: Apache-2.0
/// How far the rows of a store have followed their logs.

public import Kernel
package import Ports

/// How far rows have followed their log.
@usableFromInline package struct Checkpoint: Equatable {
    @usableFromInline static let table = "checkpoints"

    @usableFromInline package var through: Int64
    @usableFromInline var repliesThrough: Int64
    @usableFromInline var greatest: [[UInt8]]
    @usableFromInline var generations: ReplyGenerations

    @inlinable package var value: [UInt8] {
        var writer = WireWriter(binary: 96)
        writer.binary.appendVarint(through)
        writer.binary.appendVarint(repliesThrough)
        writer.binary.appendVarint(unsigned: UInt64(generations.slot))
        writer.binary.appendVarint(generations.began.milliseconds)
        writer.binary.appendVarint(generations.first)
        writer.binary.appendVarint(generations.olderFirst)
        writer.binary.appendVarint(unsigned: UInt64(greatest.count))
        for key in greatest { writer.field("key", bytes: key) }
        return writer.bytes
    }

    @inlinable package init(
        through: Int64, repliesThrough: Int64, greatest: [[UInt8]]
    ) {
        self.through = through
        self.repliesThrough = repliesThrough
        self.greatest = greatest
        generations = ReplyGenerations()
    }

    @inlinable package init(value: [UInt8]) throws(WireError) {
        var reader = WireReader(binary: value)
        through = try reader.varint()
        repliesThrough = try reader.varint()
        generations = ReplyGenerations()
        let slot = try reader.unsignedVarint()
        guard slot < ReplyGenerations.tables else { throw .badField("slot") }
        generations.slot = Int(slot)
        generations.began = Timestamp(milliseconds: try reader.varint())
        generations.first = try reader.varint()
        generations.olderFirst = try reader.varint()
        let count = try reader.unsignedVarint()
        greatest = []
        guard count < 16 else { throw .badField("greatest") }
        for _ in 0..<count { greatest.append(try reader.bytes("key")) }
    }
}

/// The checkpoint, as readers of a store see it.
package enum StoredCheckpoint {
    /// The position through which every row of `log` reflects its events.
    package static func through(_ log: LogName, _ reader: any Reader) throws -> Int64 {
        let key = RowKey(Checkpoint.table, Array(log.description.utf8))
        return try reader.row(key).map { try Checkpoint(value: $0.value).through } ?? 0
    }
}
