// SPDX-License-Identifier: Apache-2.0
/// Readers and the writer do not wait for each other; other writers wait, for a bounded time.

import Ports
import SQLiteAdapter
import Synchronization
import Testing

private final class Acknowledged: Sendable {
    private let position = Mutex<Int64>(0)

    var through: Int64 {
        get { position.withLock { $0 } }
        set { position.withLock { $0 = newValue } }
    }
}

@Suite struct `Reading beside the writer` {
    private let folder: Folder
    private let store: SQLiteStore
    private let epoch: Int64
    private let log = LogName("sample")

    init() throws {
        folder = try Folder()
        store = SQLiteStore(path: folder.file)
        epoch = try store.open().epoch
    }

    @Test func `a reader in a long transaction holds up no commit`() throws {
        #expect(store.fill(epoch, after: 0) == .committed)
        let slow = try Raw(folder.file)
        try slow.run("BEGIN")
        #expect(try slow.run("SELECT count(*) FROM frame") == ["1"])
        // Enough to want a checkpoint, which can't finish beside the slow reader.
        let clock = ContinuousClock()
        let elapsed = clock.measure {
            for head in stride(from: 1, to: 2_001, by: 100) as StrideTo<Int64> {
                #expect(store.fill(epoch, after: head, count: 100) == .committed)
            }
        }
        #expect(elapsed < .seconds(30))
        // The slow reader still sees what it saw; others see everything.
        #expect(try slow.run("SELECT count(*) FROM frame") == ["1"])
        let reader = SQLiteReader(path: folder.file)
        #expect(try reader.contents().heads[log]?.position == 2_001)
        try slow.run("COMMIT")
        #expect(try slow.run("SELECT count(*) FROM frame") == ["2001"])
    }

    @Test func `many threads read while one writes`() async throws {
        let reader = SQLiteReader(path: folder.file)
        let acknowledged = Acknowledged()
        let log = log
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    (0..<200).allSatisfy { _ in
                        let least = acknowledged.through
                        return Self.sees(least, of: log, through: reader)
                    }
                }
            }
            for head in 0..<150 as Range<Int64> {
                #expect(store.fill(epoch, after: head) == .committed)
                acknowledged.through = head + 1
                await Task.yield()
            }
            for await isWhole in group { #expect(isWhole) }
        }
    }

    private static func sees(
        _ least: Int64, of log: LogName, through reader: SQLiteReader
    ) -> Bool {
        guard let contents = try? reader.contents() else { return false }
        if least == 0 { return true }
        let key = RowKey("sample", [UInt8(least >> 8), UInt8(least & 255)])
        let row = try? reader.row(key)
        return (contents.heads[log]?.position ?? 0) >= least && row != nil
    }

    @Test func `another writer makes the store busy, not broken`() throws {
        #expect(store.fill(epoch, after: 0) == .committed)
        let other = try Raw(folder.file)
        try other.run("BEGIN IMMEDIATE")
        #expect(store.fill(epoch, after: 1) == .refused(.busy))
        #expect(throws: StoreFailure.locked) { try SQLiteStore(path: folder.file).open() }
        #expect(try store.frames(of: log, after: 0, limit: 9).count == 1)
        try other.run("ROLLBACK")
        #expect(store.fill(epoch, after: 1) == .committed)
    }

    @Test func `a reader of a store that is not there yet finds it later`() throws {
        let other = try Folder()
        let reader = SQLiteReader(path: other.file)
        #expect(throws: StoreFailure.unavailable) { try reader.contents() }
        let late = SQLiteStore(path: other.file)
        let epoch = try late.open().epoch
        #expect(late.fill(epoch, after: 0) == .committed)
        #expect(try reader.contents().heads[log]?.position == 1)
    }
}
