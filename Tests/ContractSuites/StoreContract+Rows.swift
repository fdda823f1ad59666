// SPDX-License-Identifier: Apache-2.0
/// Rows are found by key, one at a time, in pages, or because something falls due.

import Kernel
import Ports
import Testing

extension StoreContract {
    static let rows = [
        putsAndDeletes, appliesInOrder, loadsInTheOrderAsked, scansInKeyOrder, scansInPages,
        scansWhatIsDue, writesManyAtOnce,
    ]

    /// Adapters may write rows in groups: no row is lost at a border, whatever its table, size and
    /// fate, and what comes twice counts as it came last.
    static let writesManyAtOnce = Self("writes any number of rows in one batch") { medium in
        let owner = try medium.opened()
        var expected: [[UInt8]: Row] = [:]
        for (round, count) in [1, 31, 32, 33, 64, 65, 100].enumerated() {
            var changes: [RowChange] = []
            for index in 0..<count {
                let key = [UInt8(round), UInt8(index)]
                let value = [UInt8](repeating: UInt8(index), count: index % 5 * 37)
                let due = index % 3 == 0 ? nil : Timestamp(milliseconds: Int64(index))
                changes.append(RowChange(table: "sample", key: key, value: value, due: due))
                expected[key] = Row(key: key, value: value, due: due)
            }
            // The last is replaced in the same group where that has room, one goes, and another
            // table lies between.
            let last = [UInt8(round), UInt8(count - 1)]
            changes.append(.put("sample", last, [9, 9]))
            expected[last] = Row(last, [9, 9])
            changes.append(.put("other", [UInt8(round)], [1]))
            changes.append(.delete("sample", [UInt8(round), 1]))
            expected[[UInt8(round), 1]] = nil
            #expect(owner.commit(rows: changes) == .committed)
        }
        let sorted = expected.values.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        #expect(try owner.rows("sample") == sorted)
        #expect(try owner.rows("other").count == 7)
    }

    static let putsAndDeletes = Self("puts, replaces and deletes rows") { medium in
        let owner = try medium.opened()
        #expect(owner.commit(rows: [.put("sample", [1], [1], due: 5)]) == .committed)
        #expect(try owner.rows("sample") == [Row([1], [1], due: 5)])
        #expect(owner.commit(rows: [.put("sample", [1], [1, 2])]) == .committed)
        #expect(try owner.rows("sample") == [Row([1], [1, 2])])
        #expect(owner.commit(rows: [.put("sample", [1], [3], due: .min)]) == .committed)
        #expect(try owner.rows("sample") == [Row([1], [3], due: .min)])
        #expect(owner.commit(rows: [.delete("sample", [1])]) == .committed)
        #expect(try owner.rows("sample") == [])
        // What is not there can be deleted, too.
        let twice: [RowChange] = [.delete("sample", [1]), .delete("never_was", [1])]
        #expect(owner.commit(rows: twice) == .committed)
    }

    static let appliesInOrder = Self("of two changes to a row in one batch the last one counts") {
        medium in
        let owner = try medium.opened()
        let changes: [RowChange] = [
            .put("sample", [1], [1], due: 1), .delete("sample", [1]), .put("sample", [1], [2]),
            .put("sample", [2], [1]), .delete("sample", [2]),
        ]
        #expect(owner.commit(rows: changes) == .committed)
        #expect(try owner.rows("sample") == [Row([1], [2])])
    }

    static let loadsInTheOrderAsked = Self("loads rows in the order asked for") { medium in
        let owner = try medium.opened()
        let changes = (0..<5).map { RowChange.put("sample", [$0], [$0, $0]) }
        #expect(owner.commit(rows: changes + [.put("other", [9], [1])]) == .committed)
        let keys = [
            RowKey("sample", [3]), RowKey("other", [9]), RowKey("sample", [9]),
            RowKey("sample", [0]), RowKey("sample", [3]), RowKey("sample", [3, 0]),
        ]
        let loaded = try owner.store.load(keys)
        #expect(loaded.map { $0?.value } == [[3, 3], [1], nil, [0, 0], [3, 3], nil])
        #expect(try owner.store.load([]) == [])
    }

    /// In the order of their bytes: unsigned, a prefix before what it begins.
    private static let keys: [[UInt8]] = [
        [], [0], [0, 0], [0, 255], [1], [1, 0], [127], [127, 255], [128], [200, 1], [255],
        [255, 0], [255, 255], [255, 255, 255],
    ]

    static let scansInKeyOrder = Self("scans in the order of the keys' bytes") { medium in
        let owner = try medium.opened()
        var draws = Draws(seed: 7)
        let shuffled = keys.map { ($0, draws.next()) }.sorted { $0.1 < $1.1 }.map(\.0)
        for key in shuffled {
            #expect(owner.commit(rows: [.put("sample", key, key)]) == .committed)
        }
        #expect(try owner.rows("sample") == keys.map { Row($0, $0) })
    }

    static let scansInPages = Self("pages of any size hold every row once") { medium in
        let owner = try medium.opened()
        let changes = keys.map { RowChange.put("sample", $0, $0) }
        #expect(owner.commit(rows: changes.reversed()) == .committed)
        for limit in [1, 2, 3, keys.count - 1, keys.count, keys.count + 1] {
            var seen: [[UInt8]] = []
            var after: [UInt8]?
            while true {
                let page = try owner.store.rows(
                    in: "sample", after: after, isDueOnly: false, limit: limit)
                #expect(page.count <= limit)
                guard let last = page.last else { break }
                seen.append(contentsOf: page.map(\.key))
                after = last.key
            }
            #expect(seen == keys, "pages of \(limit)")
        }
        // A page may begin after a key that is not there.
        let page = try owner.store.rows(in: "sample", after: [126], isDueOnly: false, limit: 2)
        #expect(page.map(\.key) == [[127], [127, 255]])
    }

    static let scansWhatIsDue = Self("scans only what is due for something, when asked to") {
        medium in
        let owner = try medium.opened()
        let changes = (0..<100 as Range<UInt8>).map { index in
            RowChange.put("sample", [index], [index], due: index % 3 == 0 ? Int64(index) : nil)
        }
        #expect(owner.commit(rows: changes) == .committed)
        let moved: [RowChange] = [
            .put("sample", [0], [0]), .put("sample", [1], [1], due: -7), .delete("sample", [3]),
        ]
        #expect(owner.commit(rows: moved) == .committed)
        let expected = [1] + (6..<100 as Range<UInt8>).filter { $0 % 3 == 0 }
        var seen: [Row] = []
        while true {
            let page = try owner.store.rows(
                in: "sample", after: seen.last?.key, isDueOnly: true, limit: 10)
            if page.isEmpty { break }
            seen.append(contentsOf: page)
        }
        #expect(seen.map(\.key) == expected.map { [$0] })
        #expect(seen.first?.due == Timestamp(milliseconds: -7))
    }
}
