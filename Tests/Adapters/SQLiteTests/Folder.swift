// SPDX-License-Identifier: Apache-2.0
/// A folder for the files of one test, and plain access to SQLite beside the store.

import CSQLite
import Foundation
import Kernel
import Ports
import SQLiteAdapter

/// Gone with everything in it when the test ends.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory
            .appending(path: "orderhouse-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var file: String { path + "/store.sqlite" }

    /// The bytes of the store's file.
    var bytes: [UInt8] {
        get throws { Array(try Data(contentsOf: URL(fileURLWithPath: file))) }
    }

    func write(_ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: file))
    }
}

/// A connection of the test's own.
final class Raw {
    private let handle: OpaquePointer

    init(_ path: String) throws {
        var opened: OpaquePointer?
        guard sqlite3_open(path, &opened) == SQLITE_OK, let opened else {
            sqlite3_close_v2(opened)
            throw StoreFailure.unavailable
        }
        handle = opened
    }

    deinit { sqlite3_close_v2(handle) }

    /// Runs `sql`; one column of each row, as text.
    @discardableResult
    func run(_ sql: String, column: Int32 = 0) throws -> [String] {
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else {
            throw StoreFailure.unavailable
        }
        var texts: [String] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW:
                texts.append(
                    sqlite3_column_text(statement, column).map { String(cString: $0) } ?? "")
            case SQLITE_DONE: return texts
            default: throw StoreFailure.unavailable
            }
        }
    }
}

extension SQLiteStore {
    /// Commits `count` frames of the log `sample` after `head`, and as many rows of 8 KiB.
    func fill(_ epoch: Int64, after head: Int64, count: Int64 = 1) -> CommitOutcome {
        var batch = Batch(epoch: epoch)
        for position in (head + 1)...(head + count) {
            let value = Array(repeating: UInt8(position & 255), count: 8_192)
            batch.frames.append(
                Frame(
                    log: LogName("sample"), first: position, count: 1, epoch: epoch,
                    at: .init(milliseconds: position), bytes: [1, UInt8(position & 127)],
                    chain: [UInt8(position & 127)]))
            batch.rows.append(
                RowChange(
                    table: "sample", key: [UInt8(position >> 8), UInt8(position & 255)],
                    value: value, due: .init(milliseconds: position)))
        }
        return commit(batch)
    }
}
