// SPDX-License-Identifier: Apache-2.0
/// Bit rot and foreign hands are reported, never trapped on, and never taken for an empty store.

import Ports
import SQLiteAdapter
import Testing

@Suite struct `A damaged file` {
    private let folder: Folder
    private let log = LogName("sample")

    init() throws {
        folder = try Folder()
        var settings = SQLiteStore.Configuration()
        settings.pageSize = 4_096
        let store = SQLiteStore(path: folder.file, configuration: settings)
        let epoch = try store.open().epoch
        for head in stride(from: 0, to: 200, by: 20) as StrideTo<Int64> {
            #expect(store.fill(epoch, after: head, count: 20) == .committed)
        }
        store.close()
    }

    @Test func `reports a corrupt page`() throws {
        var bytes = try folder.bytes
        // Whatever is a page of a tree says that it is none.
        for start in stride(from: 8_192, to: bytes.count, by: 4_096) {
            for offset in 0..<16 { bytes[start + offset] = 0xab }
        }
        try folder.write(bytes)
        let reader = SQLiteReader(path: folder.file)
        #expect(throws: StoreFailure.corrupt) { try reader.contents() }
        #expect(throws: StoreFailure.corrupt) {
            try reader.frames(of: log, after: 0, limit: 999)
        }
        #expect(throws: StoreFailure.corrupt) {
            try reader.rows(in: "sample", after: nil, isDueOnly: false, limit: 999)
        }
        #expect(throws: StoreFailure.corrupt) { try SQLiteStore(path: folder.file).open() }
    }

    @Test(arguments: [
        "UPDATE frame SET first = 0 WHERE first = 1",
        "UPDATE frame SET first = 9223372036854775807 WHERE first = 200",
        "UPDATE frame SET count = 9223372036854775807 WHERE first = 200",
        "UPDATE frame SET bytes = 'text' WHERE first = 1",
        "UPDATE frame SET first = 'text' WHERE first = 200",
        "UPDATE frame SET count = 2 WHERE first = 100",
        "DELETE FROM frame WHERE first = 100",
        "DROP TABLE frame", "DROP TABLE epoch", "DROP TABLE log", "DROP TABLE t_sample",
        "UPDATE log SET shard = -1", "UPDATE epoch SET epoch = 9223372036854775807",
    ])
    func `by a foreign hand never ends the process`(_ sql: String) throws {
        let raw = try Raw(folder.file)
        try raw.run("PRAGMA ignore_check_constraints = 1")
        try raw.run(sql)
        exercise()
    }

    @Test func `with a frame of less than one record is corrupt`() throws {
        let raw = try Raw(folder.file)
        try raw.run("PRAGMA ignore_check_constraints = 1")
        for count in [0, -1, Int64.min] {
            try raw.run("UPDATE frame SET count = \(count) WHERE first = 50")
            let reader = SQLiteReader(path: folder.file)
            #expect(throws: StoreFailure.corrupt) {
                try reader.frames(of: log, after: 0, limit: 999)
            }
        }
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `at random never ends the process`(_ seed: UInt64) throws {
        var bytes = try folder.bytes
        var state = seed &* 0x9e37_79b9_7f4a_7c15
        for _ in 0..<(1 + seed % 30) {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            // Mostly behind the first page, which says what the file is.
            let offset = 100 + Int(state >> 33) % (bytes.count - 100)
            for index in offset..<min(offset + Int(seed % 5) + 1, bytes.count) {
                bytes[index] = UInt8(truncatingIfNeeded: state >> 20)
            }
        }
        try folder.write(bytes)
        exercise()
    }

    /// Asks for everything; any answer will do, and any failure.
    private func exercise() {
        let reader = SQLiteReader(path: folder.file)
        _ = try? reader.contents()
        _ = try? reader.frames(of: log, after: 0, limit: .max)
        _ = try? reader.frames(of: log, after: 199, limit: .max)
        _ = try? reader.rows(in: "sample", after: nil, isDueOnly: true, limit: .max)
        _ = try? reader.row(RowKey("sample", [0, 7]))
        let store = SQLiteStore(path: folder.file)
        guard let contents = try? store.open() else { return }
        let head = contents.heads[log]?.position ?? 0
        if head >= 0, head < 1 << 40 {
            _ = store.fill(contents.epoch, after: head, count: 20)
        }
        _ = try? store.frames(of: log, after: 0, limit: .max)
        _ = try? store.rows(in: "sample", after: nil, isDueOnly: false, limit: .max)
    }
}
