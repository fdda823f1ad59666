// SPDX-License-Identifier: Apache-2.0
/// What breaks the rules about read models, reports and the feed; and what keeps them.

import Contracts
import Invariants
import Kernel
import NodeEngine
import OrdersService
import Ports
import Projections
import SampleFacts
import Testing

extension Breaker {
    static let reads = [
        Breaker(.q8, by: "a read model that nobody can read") { found { _ in nil } },
        Breaker(.q8, by: "a row that has lost a fact") {
            found { $0.changing(row: Counted.row($0.position - 1)) }
        },
        Breaker(.q8, by: "a row that no fact has made") {
            found { $0.adding(row: [.text("another"), .int(0)]) }
        },
        Breaker(.q8, by: "a row that is missing") { found { $0.changing(row: nil) } },
        Breaker(.q8, by: "a cursor before the end of its log") {
            found { $0.moving(to: $0.position - 1) }
        },
        Breaker(.q8, by: "a cursor behind it") { found { $0.moving(to: $0.position + 1) } },
        Breaker(.q9, by: "a day that holds the next midnight") {
            reported { $0[.of(-1)] = $0[.of(0)] }
        },
        Breaker(.q9, by: "a sale that is counted twice") { reported { $0[.of(0)]?["orders"] = 2 } },
        Breaker(.q9, by: "a sale that is not counted") { reported { $0[.of(0)] = nil } },
        Breaker(.q10, by: "a fact that is passed over") { paged([1, 3], of: 3) },
        Breaker(.q10, by: "a fact that comes again") { paged([1, 2, 2, 3], of: 3) },
        Breaker(.q10, by: "an end that is not told") { paged([1, 2], of: 3) },
    ]

    fileprivate static func found(_ change: (Kept) -> Kept?) -> Set<Rule> {
        var findings = Findings()
        do {
            let shelf = Shelf(.completed)
            let codec = LogCodec(of: Orders.self) { _ in "" }
            let log = LogName("orders")
            let fold = try ViewFold(
                [Counted()], of: [.init(log: log, codec: codec, reader: shelf)])
            let end = try shelf.contents().heads[log]?.position ?? 0
            let kept = change(Kept(rows: [Counted.row(end)], position: end))
            fold.check({ $0 == "counted" ? kept?.kept : nil }, &findings)
        } catch {
            Issue.record(error)
        }
        return Set(findings.rules)
    }

    /// What a report says of the sample order, which was placed in the first second of day 0.
    fileprivate static func reported(_ change: (inout SoldBook.Sums) -> Void) -> Set<Rule> {
        var book = SoldBook()
        book.note(Sample.placed(), at: Sample.moment(0))
        book.note(Sample.reserved(), at: Sample.moment(1))
        let sums = book.sums(.sales) { _ in 0 }
        var report = sums
        change(&report)
        var findings = Findings()
        SoldBook.check(report, sums, days: -1..<2, "sales", &findings)
        return Set(findings.rules)
    }

    fileprivate static func paged(_ positions: [Int64], of head: Int64) -> Set<Rule> {
        var feed = FeedHistory()
        var findings = Findings()
        for position in positions { feed.see(position, of: LogName("orders"), &findings) }
        feed.checkEnd([LogName("orders"): head], &findings)
        return Set(findings.rules)
    }
}

@Suite struct `What is read` {
    @Test func `is right when it is what the logs make`() {
        #expect(Breaker.found { $0 } == [])
        #expect(Breaker.reported { _ in } == [])
        #expect(Breaker.paged([1, 2, 3], of: 3) == [])
        #expect(Breaker.paged([], of: 0) == [])
    }

    /// An instant before midnight and midnight itself, where clocks are an hour ahead.
    @Test(arguments: [(-1, -1), (0, 0), (86_399_999, 0), (86_400_000, 1)] as [(Int64, Int64)])
    func `counts by half-open days of local clocks`(local: Int64, day: Int64) {
        let moment = Timestamp(milliseconds: local - 3_600_000)
        #expect(SoldBook.day(of: moment) { _ in 3_600_000 } == day)
    }

    /// Clocks that show 0:30 go back to 23:30: there is one midnight in a day.
    @Test(
        arguments: [(-1, -1), (0, 0), (1_799_999, 0), (1_800_000, 0), (5_400_000, 0)]
            as [(Int64, Int64)])
    func `a day that has begun goes on when clocks go back over midnight`(
        moment: Int64, day: Int64
    ) {
        let found = SoldBook.day(of: Timestamp(milliseconds: moment)) { moment in
            moment.milliseconds < 1_800_000 ? 0 : -3_600_000
        }
        #expect(found == day)
    }

    @Test func `a sale counts when it was placed, and a cancellation when it happened`() {
        var book = SoldBook()
        book.note(Sample.placed(), at: Sample.moment(0))
        #expect(book.sums(.sales) { _ in 0 } == [:])
        book.note(Sample.reserved(), at: Sample.moment(90_000))
        book.note(Sample.canceled, at: Sample.moment(180_000))
        let sums = book.sums(.sales) { _ in 0 }
        #expect(sums[.of(0)] == ["orders": 1, "units": 4, "revenue": 400])
        #expect(
            sums[.of(2)]
                == ["canceled_orders": 1, "canceled_units": 4, "canceled_revenue": 400])
        #expect(sums.count == 2)
        #expect(book.sums(.funnel) { _ in 0 }[.of(0)]?["canceled"] == 1)
        let products = book.sums(.products) { _ in 0 }
        let cups = SoldBook.Place(day: 0, group: SKU.cup.code, currency: "EUR")
        #expect(products[cups]?["units"] == 3)
    }

    @Test func `who was refused has bought nothing`() {
        var book = SoldBook()
        book.note(Sample.placed(), at: Sample.moment(0))
        book.note(.rejected(Sample.order, short: []), at: Sample.moment(1))
        #expect(book.sums(.sales) { _ in 0 } == [:])
        #expect(book.sums(.funnel) { _ in 0 }[.of(0)]?["rejected"] == 1)
    }

    @Test func `the parts make the whole`() {
        var book = SoldBook()
        book.note(Sample.placed(), at: Sample.moment(0))
        book.note(Sample.reserved(), at: Sample.moment(0))
        book.note(Sample.canceled, at: Sample.moment(180_000))
        let whole = SoldBook.together(book.sums(.sales) { _ in 0 }, on: 7)
        #expect(whole.count == 1 && whole[.of(7)]?["orders"] == 1)
        #expect(whole[.of(7)]?["canceled_orders"] == 1)
    }
}

extension SoldBook.Place {
    fileprivate static func of(_ day: Int64) -> SoldBook.Place {
        SoldBook.Place(day: day, group: Recipient.sample.country.code, currency: "EUR")
    }
}

/// Counts the facts of each order.
private struct Counted: Projection {
    static let table = ViewTable("counted", key: [.text("order_id")], [.int("facts")])
    static let facts = table["facts"]

    let name = "counted"
    let version = 1
    let tables = [Counted.table]
    let follows = [FollowedFacts.all(of: "orders")]

    static func row(_ count: Int64) -> ViewRow {
        [.text(Sample.order.text), .int(count)]
    }

    func project(_ envelope: Envelope, into changes: ViewChanges) throws {
        guard let order = envelope.correlation else { return }
        try changes.increment(Self.table, [.text(order)], Self.facts)
    }
}

/// What a house keeps of it.
private struct Kept {
    var rows: [ViewRow]
    var position: Int64

    func changing(row: ViewRow?) -> Kept { Kept(rows: row.map { [$0] } ?? [], position: position) }
    func adding(row: ViewRow) -> Kept { Kept(rows: rows + [row], position: position) }
    func moving(to position: Int64) -> Kept { Kept(rows: rows, position: position) }

    var kept: ViewFold.Kept {
        let log = LogName("orders")
        let cursor = ViewCursor(log: log, position: position, epoch: 1, chain: [])
        let table = Dictionary(uniqueKeysWithValues: rows.map { (Counted.table.key(of: $0), $0) })
        return ViewFold.Kept(tables: ["counted": table], cursors: [log: cursor])
    }
}
