// SPDX-License-Identifier: Apache-2.0
/// A house that goes on while it is read is not blamed for that: what is told of is read before
/// what tells of it can have moved on.

import Contracts
import Invariants
import NodeEngine
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

        func row(_ key: RowKey) throws(StoreFailure) -> Row? {
            journal.note("row of \(key.table)")
            return try shelf.row(key)
        }

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

        /// True when the first reading of each comes in this order.
        func startsWith(_ first: String, then second: String, then third: String) -> Bool {
            lines.withLock { lines in
                let found = [first, second, third].map { lines.firstIndex(of: $0) ?? -1 }
                return found[0] >= 0 && found[0] < found[1] && found[1] < found[2]
            }
        }

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
        let stores = ServiceChecks.logs.map { log in
            Inspection.Store(
                logs: [log], reader: Watched(house.shelf, log.service, journal))
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

    /// A row that was read before its checkpoint moved on would seem to lag behind it.
    @Test func `reads the checkpoint before the rows, and the rows before the log`() throws {
        let journal = Journal()
        let shelf = Inspected().shelf
        let store = Inspection.Store(
            logs: ServiceChecks.logs, reader: Watched(shelf, "house", journal))
        _ = try Inspection(
            .init(
                stores: [store], chain: SumChain(),
                outside: { Outside(account: { _ in nil }, parcel: { _ in nil }) }))
        #expect(
            journal.startsWith(
                "row of checkpoints", then: "rows orders_0 of house",
                then: "frames orders/0"))
    }

    @Test func `takes a row that is younger than the log for what it is`() throws {
        var house = Inspected().changing { $0.isAtRest = false }
        let last = house.shelf.frames[LogName("orders")]?.popLast()
        #expect(last != nil)
        let checkpoint = Checkpoint(through: 2, repliesThrough: 0, greatest: [])
        house.shelf.put("checkpoints", Array("orders/0".utf8), checkpoint.value)
        let broken = try house.broken
        #expect(!broken.contains(.q1))
    }
}
