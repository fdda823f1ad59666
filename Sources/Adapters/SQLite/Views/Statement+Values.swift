// SPDX-License-Identifier: Apache-2.0
/// Values of read models in statements.

import CSQLite
import Ports

extension Statement {
    /// Binds a value; SQLite takes a copy of it.
    func bind(_ index: Int32, value: ViewValue) {
        switch value {
        case .null: sqlite3_bind_null(handle, index)
        case .int(let int): bind(index, int)
        case .bytes(let bytes): bind(index, bytes)
        case .text(var text):
            text.withUTF8 { buffer in
                // A text without bytes may have no address, which would bind null.
                guard let start = buffer.baseAddress, buffer.count > 0 else {
                    sqlite3_bind_text(handle, index, "", 0, Self.copied)
                    return
                }
                start.withMemoryRebound(to: CChar.self, capacity: buffer.count) {
                    _ = sqlite3_bind_text(
                        handle, index, $0, Int32(buffer.count), Self.copied)
                }
            }
        }
    }

    /// Binds `values` from parameter `first` on. Their bytes lie in `arena` from `offset` on, where
    /// they stay until the statement has run.
    func bind(_ values: ViewRow, from first: Int32, in arena: Arena, at offset: inout Int) {
        var index = first
        for value in values {
            switch value {
            case .null: sqlite3_bind_null(handle, index)
            case .int(let int): bind(index, int)
            case .bytes(let bytes):
                bind(index, arena, offset, bytes.count)
                offset += bytes.count
            case .text(let text):
                let count = text.utf8.count
                sqlite3_bind_text(
                    handle, index,
                    UnsafeRawPointer(arena.start + offset).assumingMemoryBound(to: CChar.self),
                    Int32(count), nil)
                offset += count
            }
            index += 1
        }
    }

    /// The value of a column of the row that was stepped to.
    func value(_ column: Int32) -> ViewValue {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: return .int(int(column))
        case SQLITE_TEXT:
            guard let start = sqlite3_column_text(handle, column) else { return .text("") }
            let count = Int(sqlite3_column_bytes(handle, column))
            return .text(
                String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
        case SQLITE_BLOB: return .bytes(bytes(column))
        default: return .null
        }
    }

    /// The first `count` columns.
    func row(_ count: Int) -> ViewRow { (0..<Int32(count)).map { value($0) } }
}

extension Arena {
    /// Takes the bytes of what has some.
    func append(_ values: ViewRow) {
        for value in values {
            switch value {
            case .null, .int: break
            case .bytes(let bytes): append(bytes)
            case .text(let text): append(text)
            }
        }
    }
}
