// SPDX-License-Identifier: Apache-2.0
/// A full disk refuses writes and nothing else, and everything goes on by itself when there is room
/// again. A disk that does not flush leaves the outcome open until the store is opened again.

import Ports
import SQLiteAdapter
import Testing

@Suite struct `A disk without room` {
    private let folder: Folder
    private let disk: FaultyDisk
    private let store: SQLiteStore
    private let epoch: Int64
    private let log = LogName("sample")

    init() throws {
        folder = try Folder()
        disk = FaultyDisk(folder)
        store = SQLiteStore(path: folder.file)
        epoch = try store.open().epoch
    }

    @Test func `refuses writes, reads on, and resumes by itself`() throws {
        #expect(store.fill(epoch, after: 0, count: 3) == .committed)
        let reader = SQLiteReader(path: folder.file)
        for round in 0..<3 as Range<Int64> {
            disk.set { $0.isFull = true }
            for _ in 0..<3 {
                #expect(store.fill(epoch, after: 3 + round, count: 200) == .refused(.full))
            }
            #expect(try store.frames(of: log, after: 0, limit: 99).last?.last == 3 + round)
            #expect(try store.load([RowKey("sample", [0, 1])])[0]?.value.count == 8_192)
            #expect(try reader.contents().heads[log]?.position == 3 + round)
            let rows = try reader.rows(in: "sample", after: nil, isDueOnly: true, limit: 999)
            #expect(rows.count == 3 + Int(round))
            disk.set { $0.isFull = false }
            #expect(store.fill(epoch, after: 3 + round) == .committed)
        }
        let again = SQLiteStore(path: folder.file)
        #expect(try again.open().heads[log]?.position == 6)
    }

    @Test func `forgets tables and logs that were begun in a refused commit`() throws {
        disk.set { $0.isFull = true }
        // The first commit of this file makes both the log and the table.
        #expect(store.fill(epoch, after: 0, count: 200) == .refused(.full))
        #expect(try store.frames(of: log, after: 0, limit: 1) == [])
        #expect(try store.rows(in: "sample", after: nil, isDueOnly: false, limit: 1) == [])
        disk.set { $0.isFull = false }
        #expect(store.fill(epoch, after: 0, count: 200) == .committed)
        let rows = try store.rows(in: "sample", after: nil, isDueOnly: false, limit: 999)
        #expect(rows.count == 200)
    }

    @Test func `an unflushed commit is unknown until the store is opened again`() throws {
        #expect(store.fill(epoch, after: 0, count: 2) == .committed)
        disk.set { $0.isUnflushable = true }
        #expect(store.fill(epoch, after: 2, count: 2) == .unknown)
        #expect(throws: StoreFailure.unavailable) { try store.open() }
        disk.set { $0.isUnflushable = false }
        let contents = try store.open()
        let head = try #require(contents.heads[log]?.position)
        #expect(head == 2 || head == 4)
        #expect(contents.epoch > epoch)
        #expect(try store.frames(of: log, after: 0, limit: 99).last?.last == head)
        #expect(store.fill(contents.epoch, after: head) == .committed)
        #expect(store.fill(epoch, after: head + 1) == .fenced)
    }

    @Test func `an unreadable disk is unavailable and never empty`() throws {
        #expect(store.fill(epoch, after: 0, count: 200) == .committed)
        store.close()
        _ = try store.open()
        disk.set { $0.isUnreadable = true }
        #expect(throws: StoreFailure.unavailable) {
            try store.rows(in: "sample", after: nil, isDueOnly: false, limit: 999)
        }
        #expect(throws: StoreFailure.unavailable) { try store.load([RowKey("sample", [0, 9])]) }
        disk.set { $0.isUnreadable = false }
        #expect(try store.load([RowKey("sample", [0, 9])])[0]?.value.count == 8_192)
        #expect(try store.frames(of: log, after: 0, limit: 999).count == 200)
    }
}
