// SPDX-License-Identifier: Apache-2.0
/// Rows that readers could not read. Each is logged once, and stays in the status until it can be
/// read again.

import JSONCodec
import Logging
import Ports
import Synchronization

final class Unreadable: Sendable {
    /// More are not remembered one by one.
    static let rowsMax = 1_000

    private let rows = Mutex<[RowKey: String]>([:])

    /// `name` is what people call the entity at `key`.
    func note(_ key: RowKey, _ name: String, _ failure: any Error) {
        let isNew = rows.withLock { rows in
            guard rows[key] == nil, rows.count < Self.rowsMax else { return false }
            rows[key] = name
            return true
        }
        guard isNew else { return }
        Logger.current.error(
            "stored row unreadable",
            metadata: ["table": "\(key.table)", "entity": "\(name)", "failure": "\(failure)"])
    }

    /// The row at `key` was read, perhaps again.
    func clear(_ key: RowKey) {
        rows.withLock { rows in
            if !rows.isEmpty { rows[key] = nil }
        }
    }

    /// How many there are, and the first of them, as a JSON object.
    func write(to json: inout JSONWriter) {
        let names = rows.withLock { $0.values.sorted() }
        json.beginObject()
        json.key("count")
        json.int(Int64(names.count))
        json.key("first")
        json.beginArray()
        for name in names.prefix(20) { json.string(name) }
        json.endArray()
        json.endObject()
    }
}
