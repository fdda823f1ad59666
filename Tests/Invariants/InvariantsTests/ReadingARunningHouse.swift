// SPDX-License-Identifier: Apache-2.0
/// A house that goes on while it is read is not blamed for that: what is told of is read before
/// what tells of it can have moved on.

import Contracts
import Invariants
import Ports
import Synchronization
import Testing

@Suite struct `Reading a running house` {
    /// A store that notes in which order it is read.
    private final class Watched: Reader {
        let shelf: Shelf
        let name: String
        let journal: Journal

        init(_ shelf: Shelf, _ name: String, _ journal: Journal) {
            self.shelf = shelf
            self.name = name
            self.journal = journal
        }

        func row(_ key: RowKey) throws(StoreFailure) -> Row? { try shelf.row(key) }

        func rows(
            in table: String, after: [UInt8]?, isDueOnly: Bool, limit: Int
        ) throws(StoreFailure) -> [Row] {
            journal.note("rows \(table) of \(name)")
            return try shelf.rows(in: table, after: after, isDueOnly: isDueOnly, limit: limit)
        }

        func frames(
            of log: LogName, after position: Int64, limit: Int
        ) throws(StoreFailure) -> [Frame] {
            journal.note("frames \(log)")
            return try shelf.frames(of: log, after: position, limit: limit)
        }

        func contents() throws(StoreFailure) -> StoreContents {
            journal.note("heads of \(name)")
            return try shelf.contents()
        }
    }

    private final class Journal: Sendable {
        private let lines = Mutex<[String]>([])

        func note(_ line: String) { lines.withLock { $0.append(line) } }

        /// True when every reading of `early` came before any of `late`.
        func shows(_ early: String, before late: String) -> Bool {
            lines.withLock { lines in
                guard let last = lines.lastIndex(where: { $0.hasPrefix(early) }),
                    let first = lines.firstIndex(where: { $0.hasPrefix(late) })
                else { return false }
                return last < first
            }
        }
    }

    @Test func `reads causes after effects, and the ends of all logs last`() throws {
        let journal = Journal()
        let house = Inspected()
        let stores = LogKind.allCases.map { kind in
            Inspection.Store(
                logs: [LogName(kind.service)],
                reader: Watched(house.shelf, kind.service, journal))
        }
        _ = try Inspection(
            .init(
                stores: stores, chain: SumChain(),
                outside: {
                    journal.note("books")
                    return Outside(account: { _ in nil }, parcel: { _ in nil })
                }))
        #expect(journal.shows("frames orders/0", before: "frames inventory/0"))
        #expect(journal.shows("frames notifications/0", before: "books"))
        #expect(journal.shows("books", before: "rows cursors"))
        // A cursor that was read later than the end of its log would seem to lie beyond it.
        #expect(journal.shows("rows cursors", before: "heads"))
    }
}
