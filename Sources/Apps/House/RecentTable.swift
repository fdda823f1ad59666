// SPDX-License-Identifier: Apache-2.0
/// Rows that are committed but not written to their table yet: the log holds them, readers find
/// them here.

import Ports
import Synchronization

final class RecentTable: RecentRows, Sendable {
    private let tables = Mutex<[String: [[UInt8]: Slot]]>([:])

    private final class Slot: RecentSlot, Sendable {
        private let row: Mutex<RecentRow>

        init(_ row: RecentRow) { self.row = Mutex(row) }

        func show(_ row: RecentRow) { self.row.withLock { $0 = row } }
        func make() -> Row { row.withLock { $0 }.make() }
    }

    func slot(for key: RowKey, _ row: RecentRow) -> any RecentSlot {
        let slot = Slot(row)
        tables.withLock { $0[key.table, default: [:]][key.key] = slot }
        return slot
    }

    func forget(_ key: RowKey) {
        tables.withLock { _ = $0[key.table]?.removeValue(forKey: key.key) }
    }

    func row(_ key: RowKey) -> Row? {
        let row = tables.withLock { $0[key.table]?[key.key] }
        return row?.make()
    }

    /// Rows of `table` after `after`, in key order, at most `limit`.
    func rows(in table: String, after: [UInt8]?, limit: Int) -> [Row] {
        let rows = tables.withLock { Array($0[table] ?? [:]) }
        let later = rows.filter { row in
            after.map { $0.lexicographicallyPrecedes(row.key) } ?? true
        }
        return later.sorted { $0.key.lexicographicallyPrecedes($1.key) }.prefix(limit)
            .map { $0.value.make() }
    }

    var count: Int { tables.withLock { $0.values.reduce(0) { $0 + $1.count } } }
}
