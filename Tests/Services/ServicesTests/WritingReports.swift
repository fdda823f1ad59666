// SPDX-License-Identifier: Apache-2.0
/// Reports as text: what a shop names its channels can neither break a table nor run in one.

import Contracts
import Foundation
import JSONCodec
import Kernel
import ReportingService
import SampleFacts
import Testing

@Suite struct `Writing reports` {
    private static let noon = Timestamp(milliseconds: 1_288_526_400_000)

    /// The CSV of an order from `source`, by source.
    private func csv(_ source: String) async throws -> String {
        let book = try SalesBook()
        var story = SaleStory(at: Self.noon)
        story.origin = OrderOrigin(source: source)
        try book.tell(story.sold, at: Self.noon)
        return try await book.report(by: "month", group: "source").csv
    }

    @Test(arguments: [
        ("=1+2", #""'=1+2""#),
        (#"=HYPERLINK("http://x","y")"#, #""'=HYPERLINK(""http://x"",""y"")""#),
        ("+x", #""'+x""#), ("-2+3+cmd|' /C calc'!A0", #""'-2+3+cmd|' /C calc'!A0""#),
        ("@SUM(1)", #""'@SUM(1)""#), ("\t=1", "\"'\t=1\""), ("\r=1", "\"'\r=1\""),
        ("\n=1", "\"'\n=1\""), ("\r\n=1", "\"'\r\n=1\""),
        ("＝1", "\"'＝1\""), ("＋1", "\"'＋1\""), ("－1", "\"'－1\""), ("＠x", "\"'＠x\""),
        ("=\u{301}1", "\"'=\u{301}1\""), ("\"\u{301},x", "\"\"\"\u{301},x\""),
        ("a,b", #""a,b""#), ("a;=1", #""a;=1""#), ("say\"so\"", #""say""so""""#), ("\"", #""""""#),
        ("a\r\nb", "\"a\r\nb\""), ("web", "web"), ("a=b", "a=b"), ("a-b", "a-b"), ("1", "1"),
    ])
    func `begins no formula and breaks no cell`(_ source: String, _ cell: String) async throws {
        let text = try await csv(source)
        #expect(
            text == """
                period,source,currency,orders,units,revenue,tax,discounts,shipping,\
                canceled_orders,canceled_units,canceled_revenue\r
                2010-10,\(cell),EUR,1,3,22.50,0.00,0.00,0.00,0,0,0.00\r

                """)
    }

    @Test func `begins no formula with an article's number`() async throws {
        let book = try SalesBook()
        var story = SaleStory(at: Self.noon)
        story.lines = [.of(.of("-1"), 1, at: "2.50"), .of(.of("-A-"), 1, at: "20.00")]
        try book.tell(story.sold, at: Self.noon)
        let lines = try await book.report(.products).csv.split(separator: "\r\n")
        #expect(
            lines == [
                """
                period,sku,currency,orders,units,revenue,canceled_orders,canceled_units,\
                canceled_revenue
                """,
                #"2010-10-31,"'-1",EUR,1,1,2.50,0,0,0.00"#,
                #"2010-10-31,"'-A-",EUR,1,1,20.00,0,0,0.00"#,
            ])
    }

    @Test func `writes money with the decimals of its currency`() async throws {
        let book = try SalesBook()
        var story = SaleStory(1, at: Self.noon)
        story.total = Money(amount: 700, currency: .jpy)
        try book.tell([story.placed], at: Self.noon)
        let lines = try await book.report(.funnel, by: "week").csv.split(separator: "\r\n")
        #expect(
            lines == [
                """
                period,currency,placed,placed_amount,reserved,reserved_amount,confirmed,\
                confirmed_amount,shipped,shipped_amount,paid,paid_amount,delivered,\
                delivered_amount,completed,completed_amount,rejected,rejected_amount,canceled,\
                canceled_amount,exception,exception_amount
                """,
                "2010-W43,JPY,1,700,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0",
            ])
    }

    @Test func `is JSON in minor units, with null for what the shop has not said`() async throws {
        let book = try SalesBook()
        var story = SaleStory(at: Self.noon)
        story.origin = OrderOrigin(source: "=\"1\"\n")
        try book.tell(story.sold, at: Self.noon)
        let text = String(
            decoding: try await book.report(group: "source,region", from: "2010-10-31").json,
            as: UTF8.self)
        #expect(
            text == #"""
                [{"period":"2010-10-31","start":"2010-10-31T00:00:00.000Z",\#
                "end":"2010-11-01T00:00:00.000Z","source":"=\"1\"\n","region":null,\#
                "currency":"EUR","orders":1,"units":3,"revenue":2250,"tax":0,"discounts":0,\#
                "shipping":0,"canceledOrders":0,"canceledUnits":0,"canceledRevenue":0}]
                """#)
    }

    @Test func `is only a line of names where nothing happened`() async throws {
        let book = try SalesBook()
        #expect(try await book.report().json == Array("[]".utf8))
        #expect(try await book.report().csv.split(separator: "\r\n").count == 1)
    }
}
