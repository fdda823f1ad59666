// SPDX-License-Identifier: Apache-2.0
/// A store opens what it made, and leaves alone what it did not.

import CSQLite
import ContractSuites
import Foundation
import Ports
import Testing

@testable import SQLiteAdapter

@Suite struct `Opening a file` {
    @Test func `makes a store where there is none`() throws {
        let folder = try Folder()
        let store = SQLiteStore(path: folder.file)
        #expect(try store.open() == StoreContents(epoch: 1, heads: [:]))
        store.close()
        let raw = try Raw(folder.file)
        #expect(try raw.run("PRAGMA application_id") == ["\(Schema.applicationID)"])
        #expect(try raw.run("PRAGMA user_version") == ["\(Schema.version)"])
    }

    @Test func `acknowledges only what is on the disk`() throws {
        let folder = try Folder()
        for _ in 0..<2 {
            let file = try OpenFile(folder.file, SQLiteStore.Configuration())
            #expect(try pragma("synchronous", of: file) == "2")
            #expect(try pragma("journal_mode", of: file) == "wal")
            #expect(file.log.pagesMax == 4_000)
            #expect(try pragma("cache_size", of: file) == "-16384")
            #expect(try pragma("page_size", of: file) == "16384")
            #expect(try pragma("locking_mode", of: file) == "normal")
        }
    }

    @Test func `gives up durability only when told to`() throws {
        let folder = try Folder()
        var settings = SQLiteStore.Configuration()
        settings.isFullySynchronous = false
        let file = try OpenFile(folder.file, settings)
        #expect(try pragma("synchronous", of: file) == "1")
    }

    private func pragma(_ name: String, of file: OpenFile) throws -> String {
        let statement = try Statement("PRAGMA \(name)", on: file.handle)
        #expect(try statement.step())
        return statement.text(0)
    }

    @Test func `refuses what a newer house wrote`() throws {
        let folder = try Folder()
        let store = SQLiteStore(path: folder.file)
        #expect(store.fill(try store.open().epoch, after: 0) == .committed)
        store.close()
        try Raw(folder.file).run("PRAGMA user_version = \(Schema.version + 1)")
        let before = try folder.bytes
        #expect(throws: StoreFailure.incompatible) { try SQLiteStore(path: folder.file).open() }
        let reader = SQLiteReader(path: folder.file)
        #expect(throws: StoreFailure.incompatible) { try reader.contents() }
        #expect(try folder.bytes == before)
        // Back at its own version it is whole.
        try Raw(folder.file).run("PRAGMA user_version = \(Schema.version)")
        #expect(try store.open().heads[LogName("sample")]?.position == 1)
    }

    /// Each step is a transaction of its own: a process may die between two.
    @Test(arguments: [0, Schema.version])
    func `goes on where a process died while it made the store`(_ taken: Int64) throws {
        let folder = try Folder()
        try Schema.migrate(folder.file, pageSize: 16_384, upTo: taken)
        #expect(try Raw(folder.file).run("PRAGMA user_version") == ["\(taken)"])
        if taken < Schema.version {
            let reader = SQLiteReader(path: folder.file)
            #expect(throws: StoreFailure.incompatible) { try reader.contents() }
        }
        let store = SQLiteStore(path: folder.file)
        #expect(try store.open() == StoreContents(epoch: 1, heads: [:]))
        #expect(try Raw(folder.file).run("PRAGMA user_version") == ["\(Schema.version)"])
    }

    #if os(Linux)
        @Test func `keeps its locks on the index of the log`() throws {
            let folder = try Folder()
            let store = SQLiteStore(path: folder.file)
            _ = try store.open()
            #expect(SharedIndexLock.isHeld(of: folder.file) == true)
            store.close()
        }
    #endif

    @Test func `takes no step in part`() throws {
        let folder = try Folder()
        try Schema.migrate(folder.file, pageSize: 16_384, upTo: 0)
        // The first step makes three tables, and this stands in the way of the last.
        let raw = try Raw(folder.file)
        try raw.run("CREATE TABLE epoch (a)")
        var opened: OpaquePointer?
        defer { sqlite3_close_v2(opened) }
        try #require(sqlite3_open(folder.file, &opened) == SQLITE_OK)
        let handle = try #require(opened)
        #expect(throws: SQLiteError.self) { try Migrations.run(handle) }
        #expect(try raw.run("SELECT name FROM sqlite_master") == ["epoch"])
        #expect(try raw.run("PRAGMA user_version") == ["0"])
        try raw.run("DROP TABLE epoch")
        try Migrations.run(handle)
        #expect(try raw.run("PRAGMA user_version") == ["\(Schema.version)"])
    }

    /// The facts of versions 1 and 2 can't be read: nothing of them is touched.
    @Test(arguments: 1..<Migrations.oldest)
    func `refuses what a house wrote before the first release`(_ version: Int64) throws {
        let folder = try Folder()
        let store = SQLiteStore(path: folder.file)
        #expect(store.fill(try store.open().epoch, after: 0) == .committed)
        store.close()
        try Raw(folder.file).run("PRAGMA user_version = \(version)")
        let before = try folder.bytes
        #expect(throws: StoreFailure.incompatible) { try SQLiteStore(path: folder.file).open() }
        #expect(throws: StoreFailure.incompatible) {
            try SQLiteReader(path: folder.file).contents()
        }
        #expect(try folder.bytes == before)
    }

    @Test(arguments: [
        "CREATE TABLE note (text)", "PRAGMA application_id = 7; CREATE TABLE t_x (a)",
    ])
    func `refuses a stranger's database and leaves it as it was`(_ sql: String) throws {
        let folder = try Folder()
        do {
            let stranger = try Raw(folder.file)
            for statement in sql.split(separator: ";") { try stranger.run(String(statement)) }
        }
        let before = try folder.bytes
        #expect(throws: StoreFailure.incompatible) { try SQLiteStore(path: folder.file).open() }
        let reader = SQLiteReader(path: folder.file)
        #expect(throws: StoreFailure.incompatible) { try reader.contents() }
        #expect(try folder.bytes == before)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(files == ["store.sqlite"])
    }

    /// What a process leaves that dies in the middle of a transaction of the older kind, by which
    /// files are made and migrated.
    private func die(_ after: String, in folder: Folder) throws {
        let other = try Folder()
        let dying = try Raw(other.file)
        for sql in ["PRAGMA page_size = 16384", "PRAGMA cache_size = 1", "PRAGMA cache_spill = 1"] {
            try dying.run(sql)
        }
        if !after.isEmpty { try dying.run(after) }
        try dying.run("BEGIN")
        for table in 0..<40 { try dying.run("CREATE TABLE half_\(table) (a)") }
        for name in try FileManager.default.contentsOfDirectory(atPath: other.path) {
            try FileManager.default.copyItem(
                atPath: "\(other.path)/\(name)", toPath: "\(folder.path)/\(name)")
        }
        try #require(FileManager.default.fileExists(atPath: folder.file + "-journal"))
        try #require(try folder.bytes.count > 0, "the transaction has reached the file")
    }

    @Test func `goes on where its founder died in the middle`() throws {
        let folder = try Folder()
        try die("", in: folder)
        #expect(try SQLiteStore(path: folder.file).open() == StoreContents(epoch: 1, heads: [:]))
    }

    @Test func `refuses a stranger's database also when its owner died`() throws {
        let folder = try Folder()
        try die("CREATE TABLE note (text)", in: folder)
        #expect(throws: StoreFailure.incompatible) { try SQLiteStore(path: folder.file).open() }
        let raw = try Raw(folder.file)
        #expect(try raw.run("SELECT name FROM sqlite_master") == ["note"])
        #expect(try raw.run("PRAGMA journal_mode") == ["delete"])
    }

    @Test func `refuses a text file and leaves it as it was`() throws {
        let folder = try Folder()
        let text = Array(String(repeating: "This is not a store.\n", count: 1_000).utf8)
        try folder.write(text)
        #expect(throws: StoreFailure.corrupt) { try SQLiteStore(path: folder.file).open() }
        #expect(throws: StoreFailure.corrupt) { try SQLiteReader(path: folder.file).contents() }
        #expect(try folder.bytes == text)
    }

    @Test func `says so when there is no place for a file`() throws {
        let folder = try Folder()
        let nowhere = folder.path + "/missing/store.sqlite"
        #expect(throws: StoreFailure.unavailable) { try SQLiteStore(path: nowhere).open() }
        #expect(throws: StoreFailure.unavailable) { try SQLiteStore(path: folder.path).open() }
        #expect(throws: StoreFailure.unavailable) { try SQLiteReader(path: nowhere).contents() }
    }

    @Test func `does nothing before it is open and after it is closed`() throws {
        let folder = try Folder()
        let store = SQLiteStore(path: folder.file)
        #expect(store.fill(0, after: 0) == .unknown)
        #expect(throws: StoreFailure.unavailable) { try store.load([RowKey("sample", [1])]) }
        let epoch = try store.open().epoch
        #expect(store.fill(epoch, after: 0) == .committed)
        store.close()
        store.close()
        #expect(store.fill(epoch, after: 1) == .unknown)
        #expect(try store.open().heads[LogName("sample")]?.position == 1)
    }
}
