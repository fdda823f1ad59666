// SPDX-License-Identifier: Apache-2.0
/// Rows that say how far consumers have come.

import Kernel
import Ports

enum Cursor {
    static let table = "cursors"

    static func value(_ position: Int64, epoch: Int64) -> [UInt8] {
        var value: [UInt8] = []
        value.appendVarint(position)
        value.appendVarint(epoch)
        return value
    }

    static func read(_ row: Row) throws(WireError) -> (position: Int64, epoch: Int64) {
        var reader = WireReader(binary: row.value)
        let position = try reader.varint()
        return (position, try reader.varint())
    }
}
