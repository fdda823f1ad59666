// SPDX-License-Identifier: Apache-2.0
/// Answers questions about one node's entities: what is recent first, then what is stored.

import Ports

struct NodeReader: Sendable {
    let reader: any Reader
    let recent: RecentTable

    func row(_ key: RowKey) throws -> Row? {
        if let row = recent.row(key) { return row }
        return try reader.row(key)
    }

    /// A page of rows in key order; a recent row replaces the stored one.
    func rows(in table: String, after: [UInt8]?, limit: Int) throws -> [Row] {
        // Recent rows first: one that is written between the two reads is then still seen.
        let fresh = recent.rows(in: table, after: after, limit: limit)
        let stored = try reader.rows(in: table, after: after, isDueOnly: false, limit: limit)
        var byKey: [[UInt8]: Row] = [:]
        for row in stored { byKey[row.key] = row }
        for row in fresh { byKey[row.key] = row }
        let sorted = byKey.values.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        return Array(sorted.prefix(limit))
    }
}
