// SPDX-License-Identifier: Apache-2.0
/// The least that the same durable work can cost: the very rows that a run has stored, written
/// again by bare SQLite, in as many transactions.

import CSQLite
import Foundation
import Program

struct RawFloor {
    let seconds: Double
    let cpuSeconds: Double
    let rows: Int
    let bytes: Int

    func line(orders: Int) -> String {
        String(
            format: "raw floor    %.0f orders/s, %.1f us CPU an order (%.1f rows, %.0f bytes each)",
            Double(orders) / seconds, cpuSeconds / Double(orders) * 1e6,
            Double(rows) / Double(orders), Double(bytes) / Double(orders))
    }

    private struct StoredRow {
        let table: String
        let values: [Value]
    }

    private enum Value {
        case int(Int64)
        case bytes([UInt8])
        case null
    }

    static func measure(
        store: String, folder: String, orders: Int, commits: Int64
    ) throws -> RawFloor {
        let source = try open(store, flags: SQLITE_OPEN_READONLY)
        defer { sqlite3_close_v2(source) }
        var tables = ["frame"]
        try each("SELECT name FROM sqlite_master WHERE name LIKE 't!_%' ESCAPE '!'", source) {
            tables.append(String(cString: sqlite3_column_text($0, 0)))
        }
        var rows: [[StoredRow]] = []
        var bytes = 0
        for table in tables {
            var found: [StoredRow] = []
            try each("SELECT * FROM \(table)", source) { statement in
                let values = (0..<sqlite3_column_count(statement)).map { value($0, statement) }
                for case .bytes(let blob) in values { bytes += blob.count }
                found.append(StoredRow(table: table, values: values))
            }
            rows.append(found)
        }
        return try write(rows, bytes, schemaOf: source, folder, commits: Int(max(1, commits)))
    }

    /// Each transaction gets an equal share of every table's rows, in their order.
    private static func write(
        _ tables: [[StoredRow]], _ bytes: Int, schemaOf source: OpaquePointer, _ folder: String,
        commits: Int
    ) throws -> RawFloor {
        let path = "\(folder)/floor.sqlite"
        let target = try open(path, flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
        defer { sqlite3_close_v2(target) }
        for setting in [
            "page_size = 16384", "journal_mode = WAL", "synchronous = FULL",
            "wal_autocheckpoint = 2000", "cache_size = -65536",
        ] {
            sqlite3_exec(target, "PRAGMA \(setting)", nil, nil, nil)
        }
        var schema: [String] = []
        try each("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL", source) {
            schema.append(String(cString: sqlite3_column_text($0, 0)))
        }
        for sql in schema where !sql.contains("sqlite_") && !sql.contains("grdb") {
            sqlite3_exec(target, sql, nil, nil, nil)
        }
        let before = Usage.now
        var count = 0
        for commit in 0..<commits {
            sqlite3_exec(target, "BEGIN IMMEDIATE", nil, nil, nil)
            for rows in tables where !rows.isEmpty {
                let share = rows.count * commit / commits..<rows.count * (commit + 1) / commits
                count += try insert(rows[share], target)
            }
            guard sqlite3_exec(target, "COMMIT", nil, nil, nil) == SQLITE_OK else {
                throw CocoaError(.fileWriteUnknown)
            }
        }
        let after = Usage.now
        return RawFloor(
            seconds: after.wall - before.wall, cpuSeconds: after.cpu - before.cpu, rows: count,
            bytes: bytes)
    }

    private static func insert(
        _ rows: ArraySlice<StoredRow>, _ target: OpaquePointer
    ) throws -> Int {
        guard let first = rows.first else { return 0 }
        let marks = first.values.map { _ in "?" }.joined(separator: ",")
        var prepared: OpaquePointer?
        sqlite3_prepare_v2(
            target, "INSERT INTO \(first.table) VALUES (\(marks))", -1, &prepared, nil)
        guard let prepared else { throw CocoaError(.fileWriteUnknown) }
        defer { sqlite3_finalize(prepared) }
        for row in rows {
            for (index, value) in row.values.enumerated() {
                bind(value, Int32(index + 1), prepared)
            }
            sqlite3_step(prepared)
            sqlite3_reset(prepared)
        }
        return rows.count
    }

    private static func bind(_ value: Value, _ index: Int32, _ statement: OpaquePointer) {
        switch value {
        case .int(let int): sqlite3_bind_int64(statement, index, int)
        case .null: sqlite3_bind_null(statement, index)
        case .bytes(let bytes):
            let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
            _ = bytes.withUnsafeBytes {
                sqlite3_bind_blob(statement, index, $0.baseAddress, Int32($0.count), copied)
            }
        }
    }

    private static func value(_ column: Int32, _ statement: OpaquePointer) -> Value {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return .int(sqlite3_column_int64(statement, column))
        case SQLITE_NULL: return .null
        default:
            let count = Int(sqlite3_column_bytes(statement, column))
            guard let start = sqlite3_column_blob(statement, column) else { return .bytes([]) }
            return .bytes(Array(UnsafeRawBufferPointer(start: start, count: count)))
        }
    }

    private static func open(_ path: String, flags: Int32) throws -> OpaquePointer {
        var opened: OpaquePointer?
        guard sqlite3_open_v2(path, &opened, flags, nil) == SQLITE_OK, let opened else {
            throw CocoaError(.fileReadUnknown)
        }
        return opened
    }

    private static func each(
        _ sql: String, _ database: OpaquePointer, _ body: (OpaquePointer) -> Void
    ) throws {
        var prepared: OpaquePointer?
        sqlite3_prepare_v2(database, sql, -1, &prepared, nil)
        guard let prepared else { throw CocoaError(.fileReadUnknown) }
        defer { sqlite3_finalize(prepared) }
        while sqlite3_step(prepared) == SQLITE_ROW { body(prepared) }
    }
}
