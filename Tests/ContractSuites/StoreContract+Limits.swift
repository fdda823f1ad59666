// SPDX-License-Identifier: Apache-2.0
/// Where reading begins and ends, and how much fits.

import Ports
import Testing

extension StoreContract {
    static let limits = [
        readsFromAnywhere, readsUpToALimit, knowsNoOtherLog, keepsBigThings, keepsEmptyThings,
        keepsManyTables,
    ]

    /// 1 ... 3, 4, 5 ... 6, 7 ... 10.
    private static func fill(_ owner: Owner) throws -> [Frame] {
        let frames = [
            owner.frame(.orders, 1, count: 3), owner.frame(.orders, 4),
            owner.frame(.orders, 5, count: 2), owner.frame(.orders, 7, count: 4),
        ]
        // The neighbours must not be taken for it.
        let others = [owner.frame(LogName("orders", 1), 1), owner.frame(LogName("order"), 1)]
        #expect(owner.commit(frames + others) == .committed)
        return frames
    }

    static let readsFromAnywhere = Self("reads the frames that hold positions after any other") {
        medium in
        let owner = try medium.opened()
        let frames = try fill(owner)
        let starts: [(after: Int64, first: Int)] = [
            (.min, 0), (-1, 0), (0, 0), (1, 0), (2, 0), (3, 1), (4, 2), (5, 2), (6, 3), (7, 3),
            (9, 3), (10, 4), (11, 4), (.max, 4),
        ]
        for start in starts {
            let read = try owner.store.frames(of: .orders, after: start.after, limit: .max)
            #expect(read == Array(frames[start.first...]), "after \(start.after)")
        }
    }

    static let readsUpToALimit = Self("reads until there are enough, but at least one frame") {
        medium in
        let owner = try medium.opened()
        let frames = try fill(owner)
        let counts = [1: 1, 2: 1, 3: 1, 4: 2, 5: 3, 6: 3, 7: 4, 100: 4]
        for (limit, count) in counts {
            let read = try owner.store.frames(of: .orders, after: 0, limit: limit)
            #expect(read == Array(frames[..<count]), "limit \(limit)")
        }
        #expect(try owner.store.frames(of: .orders, after: 9, limit: 1) == [frames[3]])
        #expect(try owner.store.frames(of: .orders, after: 10, limit: 1) == [])
    }

    static let knowsNoOtherLog = Self("a log that nobody wrote is empty") { medium in
        let owner = try medium.opened()
        #expect(try owner.frames(.orders) == [])
        #expect(owner.contents.heads == [:])
        _ = try fill(owner)
        #expect(try owner.frames(.stock) == [])
        #expect(try owner.frames(LogName("orders", 2)) == [])
    }

    static let keepsBigThings = Self("keeps a mebibyte in a frame and in a row") { medium in
        let owner = try medium.opened()
        var draws = Draws(seed: 1)
        let bytes = draws.bytes(1 << 20)
        let frame = owner.frame(.orders, 1, count: 4_096, bytes: bytes)
        let key = Array(bytes.prefix(1_000))
        #expect(owner.commit([frame], rows: [.put("sample", key, bytes)]) == .committed)
        #expect(try owner.frames(.orders) == [frame])
        #expect(try owner.store.load([RowKey("sample", key)]) == [Row(key, bytes)])
        #expect(try owner.rows("sample") == [Row(key, bytes)])
    }

    static let keepsEmptyThings = Self("keeps empty values, keys and frames") { medium in
        let owner = try medium.opened()
        let frame = owner.frame(.orders, 1, count: 1, bytes: [])
        let changes: [RowChange] = [.put("sample", [], []), .put("sample", [0], [], due: 0)]
        #expect(owner.commit([frame], rows: changes) == .committed)
        #expect(try owner.frames(.orders) == [frame])
        #expect(try owner.rows("sample") == [Row([], []), Row([0], [], due: 0)])
        #expect(try owner.store.load([RowKey("sample", [])]) == [Row([], [])])
        let later = try owner.store.rows(in: "sample", after: [], isDueOnly: false, limit: 10)
        #expect(later == [Row([0], [], due: 0)])
        #expect(owner.commit() == .committed)
    }

    static let keepsManyTables = Self("keeps many tables apart") { medium in
        let owner = try medium.opened()
        let tables = (0..<40).map { "table_\($0)" }
        let changes = tables.enumerated().map { index, table in
            RowChange.put(table, [1], [UInt8(index)], due: Int64(index))
        }
        #expect(owner.commit(rows: changes) == .committed)
        let next = try medium.opened()
        for (index, table) in tables.enumerated() {
            #expect(try next.rows(table) == [Row([1], [UInt8(index)], due: Int64(index))])
        }
        let loaded = try next.store.load(tables.reversed().map { RowKey($0, [1]) })
        #expect(loaded.map { $0?.value } == (0..<40).reversed().map { [UInt8($0)] })
        #expect(try next.rows("table_40") == [])
        #expect(try next.store.load([RowKey("table_40", [1])]) == [nil])
    }
}
