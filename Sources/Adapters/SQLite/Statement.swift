// SPDX-License-Identifier: Apache-2.0
/// A prepared statement of the raw SQLite handle, and what its result codes mean.

import CSQLite
import Ports

/// Why a statement failed: SQLite's extended result code.
struct SQLiteError: Error {
    let code: Int32

    var primary: Int32 { code & 0xff }

    var failure: StoreFailure {
        switch primary {
        case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
        case SQLITE_BUSY, SQLITE_LOCKED: .locked
        default: .unavailable
        }
    }
}

/// One statement, prepared once and run often. Belongs to its connection's thread.
final class Statement {
    let handle: OpaquePointer

    init(_ sql: String, on database: OpaquePointer) throws(SQLiteError) {
        var prepared: OpaquePointer?
        let code = sqlite3_prepare_v3(
            database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK, let prepared else {
            throw SQLiteError(code: sqlite3_extended_errcode(database))
        }
        handle = prepared
    }

    deinit { sqlite3_finalize(handle) }

    func bind(_ index: Int32, _ value: Int64) { sqlite3_bind_int64(handle, index, value) }

    func bind(_ index: Int32, _ value: Int64?) {
        if let value { bind(index, value) } else { sqlite3_bind_null(handle, index) }
    }

    func bind(_ index: Int32, _ text: String) {
        sqlite3_bind_text(handle, index, text, -1, Self.copied)
    }

    func bind(_ index: Int32, _ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes { buffer in
            if buffer.count == 0 {
                sqlite3_bind_zeroblob(handle, index, 0)
            } else {
                sqlite3_bind_blob(
                    handle, index, buffer.baseAddress, Int32(buffer.count), Self.copied)
            }
        }
    }

    /// Binds bytes of `arena`, which stay there until the statement has run.
    func bind(_ index: Int32, _ arena: Arena, _ offset: Int, _ count: Int) {
        if count == 0 {
            sqlite3_bind_zeroblob(handle, index, 0)
        } else {
            sqlite3_bind_blob(handle, index, arena.start + offset, Int32(count), nil)
        }
    }

    /// Runs the statement with `bytes`, which are not copied first: frames are large.
    func run(binding bytes: [UInt8], to index: Int32) throws(SQLiteError) {
        let code = bytes.withUnsafeBytes { buffer in
            if buffer.isEmpty {
                sqlite3_bind_zeroblob(handle, index, 0)
            } else {
                sqlite3_bind_blob(handle, index, buffer.baseAddress, Int32(buffer.count), nil)
            }
            defer { sqlite3_bind_null(handle, index) }
            let code = sqlite3_step(handle)
            sqlite3_reset(handle)
            return code
        }
        guard code == SQLITE_DONE else { throw SQLiteError(code: code) }
    }

    /// Runs the statement to its end, expecting no row.
    func run() throws(SQLiteError) {
        let code = sqlite3_step(handle)
        sqlite3_reset(handle)
        guard code == SQLITE_DONE else {
            throw SQLiteError(code: code)
        }
    }

    /// True when there is a row to read; after the last one the statement is ready to run again.
    func step() throws(SQLiteError) -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        sqlite3_reset(handle)
        guard code == SQLITE_DONE else { throw SQLiteError(code: code) }
        return false
    }

    func reset() { sqlite3_reset(handle) }

    func int(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func optionalInt(_ column: Int32) -> Int64? {
        sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : int(column)
    }

    func text(_ column: Int32) -> String {
        sqlite3_column_text(handle, column).map { String(cString: $0) } ?? ""
    }

    func bytes(_ column: Int32) -> [UInt8] {
        let count = Int(sqlite3_column_bytes(handle, column))
        guard count > 0, let start = sqlite3_column_blob(handle, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    // The value that SQLite's header calls SQLITE_TRANSIENT: copy before returning.
    static var copied: sqlite3_destructor_type {
        unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    }
}

/// Bytes that lie still while a statement reads them, so that SQLite needs no copies of its own.
/// Belongs to its connection's thread.
final class Arena {
    private(set) var start: UnsafeMutableRawPointer
    private var capacity = 16_384
    private var count = 0

    init() { start = .allocate(byteCount: capacity, alignment: 16) }

    deinit { start.deallocate() }

    /// What was appended may lie elsewhere after this: pointers are taken when all is there.
    func append(_ bytes: [UInt8]) {
        if capacity - count < bytes.count { grow(to: count + bytes.count) }
        bytes.withUnsafeBytes { source in
            if let first = source.baseAddress {
                (start + count).copyMemory(from: first, byteCount: source.count)
            }
        }
        count += bytes.count
    }

    /// The bytes of `text` in UTF-8.
    func append(_ text: String) {
        let isDone: Void? = text.utf8.withContiguousStorageIfAvailable { bytes in
            if capacity - count < bytes.count { grow(to: count + bytes.count) }
            if let first = bytes.baseAddress {
                (start + count).copyMemory(from: first, byteCount: bytes.count)
            }
            count += bytes.count
        }
        if isDone == nil { append(Array(text.utf8)) }
    }

    func removeAll() { count = 0 }

    private func grow(to needed: Int) {
        let larger = max(capacity * 2, needed)
        let next = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
        next.copyMemory(from: start, byteCount: count)
        start.deallocate()
        start = next
        capacity = larger
    }
}
