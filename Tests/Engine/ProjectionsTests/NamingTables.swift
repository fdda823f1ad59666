// SPDX-License-Identifier: Apache-2.0
/// Names of tables, columns, indexes and projections go into SQL and into names of files: a
/// declaration with one that could not is refused where it is made.

import Ports
import Testing

@Suite struct `A table of a read model` {
    @Test(arguments: ["a", "order", "a1", "open_tallies", "a_1_b2", "g", "g1", "gone_by", "g1a_b"])
    func `is named in snake case`(name: String) {
        #expect(ViewTable.isName(name) && !ViewTable.isTaken(name))
        let table = ViewTable(name, key: [.int(name)])
        #expect(table.name == name && table[name].index == 0)
    }

    @Test(
        arguments: [
            "", "_", "1", "1a", "_a", "a_", "a__b", "A", "aB", "a-b", "a b", "a.b", "a\"b", "é",
            "a;", "a\u{0}", "a/b", "ａ",
        ])
    func `has no other name`(name: String) {
        #expect(!ViewTable.isName(name))
    }

    @Test(arguments: ["g1_parcels", "g77_a", "sqlite_a", "projections", "projection_cursor"])
    func `does not take the names that stores keep for themselves`(name: String) {
        #expect(ViewTable.isName(name) && ViewTable.isTaken(name))
    }

    @Test func `of a bad name is a bug`() async {
        await #expect(processExitsWith: .failure) { _ = ViewTable("a b", key: [.int("a")]) }
        await #expect(processExitsWith: .failure) { _ = ViewTable("a", key: [.int("a;b")]) }
        await #expect(processExitsWith: .failure) { _ = ViewTable("g1_a", key: [.int("a")]) }
        await #expect(processExitsWith: .success) {
            let table = ViewTable(
                "a", key: [.int("a")], [.int("b")],
                indexes: [ViewIndex("b"), ViewIndex("b", isSparse: true)])
            _ = ViewSchema(name: "sales-by-day", version: 1, tables: [table])
        }
    }

    @Test func `that declares an index twice is a bug`() async {
        await #expect(processExitsWith: .failure) {
            _ = ViewTable(
                "a", key: [.int("a")], [.int("b")], indexes: [ViewIndex("b"), ViewIndex("b")])
        }
    }

    @Test func `belongs to a projection whose name can be a file's`() async {
        await #expect(processExitsWith: .failure) {
            _ = ViewSchema(name: "../a", version: 1, tables: [])
        }
        await #expect(processExitsWith: .failure) {
            _ = ViewSchema(name: "a--b", version: 1, tables: [])
        }
    }
}
