// SPDX-License-Identifier: Apache-2.0
/// Read models are real tables that people read by SQL under their declared names; and what becomes
/// of the file when the medium or somebody else spoils it.

import Foundation
import Ports
import Testing

@testable import SQLiteAdapter

private let table = ViewTable(
    "parcels", key: [.text("id")], [.int("weight"), .optional(.text("carrier"))],
    indexes: [ViewIndex("weight"), ViewIndex("carrier", isSparse: true)])
private let schema = ViewSchema(name: "parcels", version: 1, tables: [table])

extension ViewBatch {
    fileprivate static func parcels(
        _ generation: ViewGeneration, _ ids: Range<Int>, isPublishing: Bool = false
    ) -> ViewBatch {
        var batch = ViewBatch(generation)
        let rows = ids.map { id -> ViewRow in
            [.text("p\(id)"), .int(Int64(id)), id % 2 == 0 ? .null : .text("post")]
        }
        batch.changes = [ViewTableChanges(table, rows.map { ViewRowChange(old: nil, new: $0) })]
        batch.cursors = [
            ViewCursor(
                log: LogName("shipping", 1), position: Int64(ids.upperBound), epoch: 3, chain: [7])
        ]
        batch.isPublishing = isPublishing
        return batch
    }
}

@Suite struct `Read models in a file` {
    private let folder: Folder
    private let views: SQLiteViews

    init() throws {
        folder = try Folder()
        views = SQLiteViews(path: folder.file)
        _ = try views.open(isErasing: false)
    }

    @Test func `are read by SQL under their declared names`() throws {
        let generation = try views.create(schema)
        try views.commit(.parcels(generation, 0..<4, isPublishing: true))
        let raw = try Raw(folder.file)
        #expect(try raw.run("SELECT id FROM parcels ORDER BY weight") == ["p0", "p1", "p2", "p3"])
        #expect(try raw.run("SELECT count(*) FROM parcels WHERE carrier = 'post'") == ["2"])
        #expect(
            try raw.run("SELECT name || ' ' || log || ' ' || position FROM projections")
                == ["parcels shipping/1 4"])
        #expect(try raw.run("SELECT name FROM pragma_table_info('parcels')")
            == ["id", "weight", "carrier"])
    }

    @Test func `of a new generation take the place of the old under the same name`() throws {
        let old = try views.create(schema)
        try views.commit(.parcels(old, 0..<1, isPublishing: true))
        let raw = try Raw(folder.file)
        let new = try views.create(schema)
        try views.commit(.parcels(new, 5..<9))
        #expect(try raw.run("SELECT id FROM parcels") == ["p0"])
        try views.commit(.parcels(new, 9..<10, isPublishing: true))
        #expect(try raw.run("SELECT count(*) FROM parcels") == ["5"])
        for turn in 10..<20 { try views.commit(.parcels(new, turn..<turn + 1)) }
        #expect(try tables(raw) == ["g\(new.number)_parcels"])
        try views.remove(new)
        #expect(try raw.run("SELECT count(*) FROM sqlite_master WHERE type = 'view'") == ["1"])
        #expect(throws: ViewFailure.unavailable) { try views.commit(.parcels(new, 50..<51)) }
    }

    private func tables(_ raw: Raw) throws -> [String] {
        try raw.run("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'g%'")
    }

    /// A little with every commit, also in the next process.
    @Test func `that were replaced are dropped bit by bit`() throws {
        let count = 7 * ViewLeftovers.rowsAtOnce + 5
        let old = try views.create(schema)
        try views.commit(.parcels(old, 0..<count, isPublishing: true))
        let new = try views.create(schema)
        try views.commit(.parcels(new, 0..<1, isPublishing: true))
        let raw = try Raw(folder.file)
        let table = "g\(old.number)_parcels"
        var left = [count]
        var writer = views
        for turn in 1..<30 {
            guard try tables(raw).contains(table) else { break }
            if turn == 5 {
                writer = SQLiteViews(path: folder.file)
                #expect(try writer.open(isErasing: false).map(\.generation) == [new])
            }
            try writer.commit(.parcels(new, turn..<turn + 1))
            guard try tables(raw).contains(table) else { break }
            left.append(try Int(raw.run("SELECT count(*) FROM \(table)")[0]) ?? 0)
        }
        #expect(try tables(raw) == ["g\(new.number)_parcels"])
        #expect(left.count > 8 && left.last ?? 0 <= ViewLeftovers.rowsAtOnce)
        for (before, after) in zip(left, left.dropFirst()) {
            #expect((0...ViewLeftovers.rowsAtOnce).contains(before - after))
        }
        #expect(try raw.run("SELECT count(*) FROM projection_cursor") == ["1"])
        let reader = SQLiteViewReader(path: folder.file)
        #expect(try reader.published("parcels")?.number == new.number)
    }

    @Test func `use the declared indexes`() throws {
        let generation = try views.create(schema)
        try views.commit(.parcels(generation, 0..<1, isPublishing: true))
        let raw = try Raw(folder.file)
        let questions: [(ViewQuery, String)] = [
            (ViewQuery(table, order: table["weight"]), "weight"),
            (
                ViewQuery(
                    table, order: table["weight"], isDescending: true,
                    after: [.int(3), .text("p3")]), "weight"
            ),
            (ViewQuery(table, [.range(table["weight"], from: .int(1), to: .int(3))]), "weight"),
            (ViewQuery(table, [.equals(table["carrier"], .text("post"))]), "carrier"),
            (ViewQuery(table, [.hasPrefix(table["carrier"], "po")]), "carrier"),
        ]
        for (query, index) in questions {
            let sql = ViewSQL(.rows(query), of: generation.number)
            var text = sql.text
            for value in sql.values {
                let literal =
                    switch value {
                    case .int(let int): "\(int)"
                    case .text(let text): "'\(text)'"
                    case .bytes(let bytes): "'\(String(decoding: bytes, as: UTF8.self))'"
                    case .null: "NULL"
                    }
                text.replace("?", with: literal, maxReplacements: 1)
            }
            let lines = try raw.run("EXPLAIN QUERY PLAN \(text)", column: 3)
            #expect(lines.contains { $0.contains("_\(index)") }, "\(text): \(lines)")
        }
    }

    @Test func `see every commit, and not half of one`() throws {
        let generation = try views.create(schema)
        try views.commit(.parcels(generation, 0..<1, isPublishing: true))
        let reader = SQLiteViewReader(path: folder.file)
        for end in 2..<40 {
            try views.commit(.parcels(generation, end - 1..<end))
            let answer = try reader.answer([.count(table, [], atMost: 1_000)], of: schema)
            #expect(answer.count(0) == end)
            #expect(answer.cursors.values.first?.position == Int64(end))
        }
        #expect(try reader.published("parcels")?.number == generation.number)
        #expect(try reader.published("others") == nil)
    }

    /// A file that others have open stays theirs when it is replaced.
    @Test func `are read from the file that the path names`() throws {
        let reader = SQLiteViewReader(path: folder.file)
        let count = ViewQuestion.count(table, [], atMost: 1_000)
        for turn in 1...3 {
            let generation = try views.create(schema)
            try views.commit(.parcels(generation, 0..<turn, isPublishing: true))
            #expect(try reader.answer([count], of: schema).count(0) == turn)
            // What is damaged is set aside.
            _ = try views.open(isErasing: true)
            #expect(throws: ViewFailure.notReady) { try reader.answer([count], of: schema) }
        }
        let other = try Folder()
        let others = SQLiteViews(path: other.file)
        _ = try others.open(isErasing: false)
        try others.commit(.parcels(try others.create(schema), 0..<77, isPublishing: true))
        others.close()
        views.close()
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: folder.file + suffix)
        }
        try FileManager.default.moveItem(atPath: other.file, toPath: folder.file)
        #expect(try reader.answer([count], of: schema).count(0) == 77)
    }

    @Test func `on a full disk keep what they have, and go on when there is room`() throws {
        let disk = FaultyDisk(folder)
        let views = SQLiteViews(path: folder.file)
        _ = try views.open(isErasing: false)
        let generation = try views.create(schema)
        try views.commit(.parcels(generation, 0..<10, isPublishing: true))
        disk.set { $0.isFull = true }
        #expect(throws: ViewFailure.unavailable) {
            try views.commit(.parcels(generation, 10..<60_000))
        }
        let reader = SQLiteViewReader(path: folder.file)
        let count = ViewQuestion.count(table, [], atMost: 100_000)
        #expect(try reader.answer([count], of: schema).count(0) == 10)
        disk.set { $0.isFull = false }
        let again = SQLiteViews(path: folder.file)
        #expect(try again.open(isErasing: false).first?.cursors.values.first?.position == 10)
        try again.commit(.parcels(generation, 10..<60_000))
        #expect(try reader.answer([count], of: schema).count(0) == 60_000)
    }

    @Test(arguments: ["not a database at all", ""])
    func `in a file that is none are refused, and begun anew when that is asked for`(
        text: String
    ) throws {
        views.close()
        for suffix in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: folder.file + suffix)
        }
        try folder.write(Array(String(repeating: text, count: 100).utf8))
        let views = SQLiteViews(path: folder.file)
        if text.isEmpty {
            // Nobody has written to it yet.
            #expect(try views.open(isErasing: false) == [])
        } else {
            #expect(throws: ViewFailure.corrupt) { try views.open(isErasing: false) }
            #expect(try views.open(isErasing: true) == [])
            #expect(FileManager.default.fileExists(atPath: folder.file + ".damaged"))
        }
        _ = try views.create(schema)
    }

    @Test func `are not read from, nor written to, a store of a node`() throws {
        views.close()
        let other = try Folder()
        let store = SQLiteStore(path: other.file)
        _ = try store.open()
        store.close()
        #expect(throws: ViewFailure.corrupt) {
            try SQLiteViews(path: other.file).open(isErasing: false)
        }
        #expect(throws: ViewFailure.corrupt) {
            try SQLiteViewReader(path: other.file).answer([], of: schema)
        }
        #expect(throws: ViewFailure.unavailable) {
            try SQLiteViewReader(path: other.path + "/nothing").answer([], of: schema)
        }
    }
}
