// SPDX-License-Identifier: Apache-2.0
/// How far the publisher has published a log. One row, so that its parts always agree.

package import Kernel
package import Ports

package struct OutboxCheckpoint: Sendable, Equatable {
    package static let table = "published"

    /// The position through which all is published.
    package let through: Int64
    /// By partition: the last published position.
    package let last: [Int64]

    package init(through: Int64, last: [Int64]) {
        self.through = through
        self.last = last
    }

    package static func key(_ log: LogName) -> RowKey {
        RowKey(table, Array(log.description.utf8))
    }

    func row(for log: LogName) -> RowChange {
        var value: [UInt8] = []
        value.appendVarint(through)
        value.appendVarint(Int64(last.count))
        for position in last { value.appendVarint(position) }
        return RowChange(table: Self.table, key: Self.key(log).key, value: value)
    }

    package init(_ row: Row) throws(WireError) {
        var reader = WireReader(binary: row.value)
        through = try reader.varint()
        let count = try reader.varint()
        guard (1...Int64(Partitioning.buckets)).contains(count) else { throw .badField("count") }
        var last: [Int64] = []
        for _ in 0..<count { last.append(try reader.varint()) }
        self.last = last
    }
}
