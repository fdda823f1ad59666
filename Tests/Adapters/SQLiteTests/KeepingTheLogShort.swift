// SPDX-License-Identifier: Apache-2.0
/// The write-ahead log never takes more than a bounded part of the disk, whoever reads meanwhile,
/// and gives its room back when there is no other. Old frames go at the price of those that go.

import Foundation
import CSQLite
import Kernel
import Ports
import Testing

@testable import SQLiteAdapter

@Suite struct `The write-ahead log` {
    private let folder: Folder
    private let settings: SQLiteStore.Configuration

    init() throws {
        folder = try Folder()
        var settings = SQLiteStore.Configuration()
        settings.checkpointPages = 32
        self.settings = settings
    }

    private var pages: Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: folder.file + "-wal")
        return ((attributes?[.size] as? Int) ?? 0) / settings.pageSize
    }

    @Test func `is copied back when it is long, and begun anew`() throws {
        let store = SQLiteStore(path: folder.file, configuration: settings)
        let epoch = try store.open().epoch
        for head in 0..<400 as Range<Int64> {
            #expect(store.fill(epoch, after: head) == .committed)
            #expect(pages <= 32 + 16)
        }
    }

    @Test func `of a slow reader grows, and shrinks when the reader is done`() throws {
        let store = SQLiteStore(path: folder.file, configuration: settings)
        let epoch = try store.open().epoch
        #expect(store.fill(epoch, after: 0) == .committed)
        let slow = try Raw(folder.file)
        try slow.run("BEGIN")
        try slow.run("SELECT count(*) FROM frame")
        for head in 1..<101 as Range<Int64> {
            #expect(store.fill(epoch, after: head) == .committed)
        }
        #expect(pages > 4 * 32)
        try slow.run("COMMIT")
        for head in 101..<105 as Range<Int64> {
            #expect(store.fill(epoch, after: head) == .committed)
        }
        #expect(pages <= 4 * 32)
    }

    @Test func `gives its room back when the disk is full`() throws {
        let disk = FaultyDisk(folder)
        var settings = settings
        settings.checkpointPages = 4_000
        let store = SQLiteStore(path: folder.file, configuration: settings)
        let epoch = try store.open().epoch
        #expect(store.fill(epoch, after: 0, count: 50) == .committed)
        try Raw(folder.file).run("PRAGMA wal_checkpoint")
        #expect(store.fill(epoch, after: 50) == .committed)
        #expect(pages > 0)
        let before = pages
        #expect(before > 50)
        disk.set { $0.isFull = true }
        // It grows by more than the log has: nothing else is left to be done.
        #expect(store.fill(epoch, after: 51, count: 500) == .refused(.full))
        disk.set { $0.isFull = false }
        #expect(store.fill(epoch, after: 51) == .committed)
        let reader = SQLiteReader(path: folder.file)
        #expect(try reader.contents().heads[LogName("sample")]?.position == 52)
    }

    @Test(
        arguments: [
            (24 << 20, 48), (1 << 20, 16), (512 << 20, 1_024), (1 << 40, 4_000), (0, 16),
        ])
    func `is shorter on small volumes`(volume: Int, pages: Int) {
        #expect(SQLiteStore.Configuration().checkpointPages(on: volume) == pages)
        #expect(SQLiteStore.Configuration().checkpointPages(on: nil) == 4_000)
    }

    @Test func `has its index on the disk as a whole`() throws {
        let store = SQLiteStore(path: folder.file, configuration: settings)
        _ = try store.open()
        var status = stat()
        #expect(stat(folder.file + "-shm", &status) == 0)
        // In units of 512 bytes, whatever a block is.
        #expect(status.st_size >= 32_768 && Int(status.st_blocks) * 512 >= Int(status.st_size))
    }
}

@Suite struct `Dropping old frames` {
    /// Counts the instructions of SQLite's machine.
    private final class Steps {
        var count = 0
    }

    private func steps(_ handle: OpaquePointer, _ body: () -> Void) -> Int {
        let steps = Steps()
        sqlite3_progress_handler(
            handle, 1,
            { context in
                guard let context else { return 0 }
                Unmanaged<Steps>.fromOpaque(context).takeUnretainedValue().count += 1
                return 0
            }, Unmanaged.passUnretained(steps).toOpaque())
        defer { sqlite3_progress_handler(handle, 0, nil, nil) }
        body()
        return steps.count
    }

    private func frame(_ position: Int64, _ epoch: Int64) -> Frame {
        Frame(
            log: LogName("sample.replies"), first: position, count: 1, epoch: epoch,
            at: Timestamp(milliseconds: position), bytes: Array(repeating: 1, count: 100),
            chain: [1])
    }

    /// What it takes to drop ten frames of a log of `count`.
    private func cost(of count: Int64) throws -> Int {
        let folder = try Folder()
        let store = SQLiteStore(path: folder.file)
        let epoch = try store.open().epoch
        var batch = Batch(epoch: epoch)
        batch.frames = (1...count).map { frame($0, epoch) }
        #expect(store.commit(batch) == .committed)
        let handle = try #require(store.handle)
        var drop = Batch(epoch: epoch)
        drop.dropped = [LogName("sample.replies"): 10]
        let steps = steps(handle) { #expect(store.commit(drop) == .committed) }
        let first = try store.frames(of: LogName("sample.replies"), after: 0, limit: 1).first
        #expect(first?.first == 11)
        return steps
    }

    @Test func `costs as much in a long log as in a short one`() throws {
        let short = try cost(of: 100)
        let long = try cost(of: 10_000)
        #expect(short > 10)
        #expect(long <= short + 20, "\(short) steps, and \(long) with a hundred times as many")
    }
}
