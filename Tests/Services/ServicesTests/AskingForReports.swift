// SPDX-License-Identifier: Apache-2.0
/// `/v1/reports`: what may be asked, and what is told about everything else.

import Contracts
import JSONCodec
import Kernel
import MemoryAdapter
import Ports
import ReportingService
import SampleFacts
import ServiceModel
import SystemAdapter
import Testing

@testable import Projections

/// Read models that stand in one state, or fail.
private struct BookDoor: ViewDoor {
    let views: MemoryViews
    var behindSince: Timestamp?
    var failure: ViewFailure?

    func answer(
        _ questions: [ViewQuestion], of schema: ViewSchema
    ) throws(ViewFailure) -> ViewAnswer {
        if let failure { throw failure }
        return try views.answer(questions, of: schema)
    }

    func status(of projection: String) -> ProjectionStatus? {
        guard projection == "sales" else { return nil }
        return ProjectionStatus(
            name: projection, version: 1, state: .following, positions: [:], isFollowed: true,
            building: nil, behindSince: behindSince, failure: nil, buildingFailure: nil,
            unreadable: [:], factCount: 0)
    }

    func wait(
        for projection: String, at positions: [LogName: Int64], atMost patience: Span
    ) async -> Bool {
        true
    }
}

@Suite struct `Asking for reports` {
    private static let noon = Timestamp(milliseconds: 1_288_526_400_000)
    private static let asked = ["from": "2010-10-31", "to": "2010-11-01"]

    private func door() throws -> BookDoor {
        let book = try SalesBook()
        try book.tell(SaleStory(at: Self.noon).sold, at: Self.noon)
        try book.commit()
        return BookDoor(views: book.views)
    }

    private func ask(
        _ kind: String = "sales", _ query: [String: String], of door: BookDoor? = nil
    ) async throws -> Reply {
        let routes = ReportRoutes(views: try door ?? self.door(), zones: SystemTimeZones()).routes
        let route = try #require(routes.first { $0.path == "/v1/reports/\(kind)" })
        #expect(!route.isWrite && route.scope == "reports:read")
        do {
            return try await route.handle(
                RouteRequest(principal: .anonymous, parameter: { _ in nil }, query: { query[$0] }))
        } catch let error as ProblemError {
            return error.reply
        }
    }

    private func text(_ reply: Reply) -> String { String(decoding: reply.body, as: UTF8.self) }

    @Test func `says what it is a report of, and how far behind`() async throws {
        var door = try door()
        let reply = try await ask("products", Self.asked, of: door)
        #expect(reply.status == 200 && reply.type == .json)
        #expect(
            text(reply).hasPrefix(
                """
                {"from":"2010-10-31","to":"2010-11-01","by":"day","zone":"UTC","behindSince":null,\
                "data":[{"period":"2010-10-31",
                """))
        door.behindSince = Self.noon
        let late = try await ask("funnel", Self.asked, of: door)
        #expect(text(late).contains(#""behindSince":"2010-10-31T12:00:00.000Z","data":[{"#))
    }

    @Test(arguments: ["sales", "products", "funnel"])
    func `comes as CSV, too`(_ kind: String) async throws {
        let reply = try await ask(kind, Self.asked.merging(["format": "csv"]) { $1 })
        #expect(reply.status == 200 && reply.type == .csv)
        #expect(text(reply).hasPrefix("period,"))
    }

    private static let faults: [(query: [String: String], pointers: [String])] = [
        ([:], ["/from", "/to"]), (["from": "2010-02-30"], ["/from"]),
        (["from": "today"], ["/from"]),
        (["to": "2010-11-01T00:00"], ["/to"]), (["to": ""], ["/to"]),
        (["to": "2010-10-31"], ["/to"]), (["to": "2009-01-01"], ["/to"]),
        (["from": "1979-12-31"], ["/from"]), (["to": "2200-01-01"], ["/from"]),
        (["from": "1980-01-01"], ["/by"]),
        (["from": "2008-01-01", "by": "hour"], ["/by"]),
        (["by": "year"], ["/by"]), (["by": ""], ["/by"]), (["by": "Day"], ["/by"]),
        (["zone": "CEST+2"], ["/zone"]), (["zone": "CEST"], ["/zone"]), (["zone": ""], ["/zone"]),
        (["zone": "GMT+2"], ["/zone"]), (["zone": "Europe/Atlantis"], ["/zone"]),
        (["zone": "../../etc/passwd"], ["/zone"]), (["zone": "Europe/Berlin\0"], ["/zone"]),
        (["group": "city"], ["/group"]), (["group": ""], ["/group"]),
        (["group": "country,"], ["/group"]), (["group": "source,source"], ["/group"]),
        (["format": "xlsx"], ["/format"]),
        (["from": "x", "to": "y", "by": "z", "zone": "?"], ["/from", "/to", "/by", "/zone"]),
    ]

    @Test(arguments: faults)
    func `tells what is wrong, and what is allowed`(
        _ query: [String: String], _ pointers: [String]
    ) async throws {
        let whole = query.isEmpty ? query : Self.asked.merging(query) { $1 }
        for kind in ["sales", "funnel"] {
            let reply = try await ask(kind, whole)
            #expect(reply.status == 422)
            let errors = try #require(try JSONDocument(parsing: reply.body).root["errors"])
            #expect(errors.elements.compactMap { $0["pointer"]?.string } == pointers)
            for error in errors.elements {
                #expect((error["detail"]?.string?.count ?? 0) > 12)
            }
        }
    }

    @Test func `takes every option that is right`() async throws {
        for by in ["hour", "day", "week", "month"] {
            for zone in ["UTC", "Europe/Berlin", "Etc/GMT+5", "US/Eastern"] {
                for group in ["country", "source,region", "country,region,source"] {
                    let query = ["by": by, "zone": zone, "group": group]
                    let reply = try await ask("sales", Self.asked.merging(query) { $1 })
                    #expect(reply.status == 200)
                    let row = try JSONDocument(parsing: reply.body).root["data"]?.elements.first
                    #expect(row?["orders"]?.int64 == 1)
                }
            }
        }
        let whole = ["from": "1980-01-01", "to": "2199-12-31", "by": "month"]
        #expect(try await ask("sales", whole).status == 200)
    }

    @Test func `tells products apart by nothing else`() async throws {
        let reply = try await ask("products", Self.asked.merging(["group": "country"]) { $1 })
        #expect(reply.status == 422 && text(reply).contains("/group"))
    }

    @Test(arguments: [
        (ViewFailure.notReady, 503, "read-model-not-ready"),
        (.unavailable, 503, "read-unavailable"), (.locked, 503, "read-unavailable"),
        (.corrupt, 500, "stored-data-unreadable"),
    ])
    func `tells what the store of read models can't do`(
        _ failure: ViewFailure, _ status: Int, _ code: String
    ) async throws {
        var door = try door()
        door.failure = failure
        let reply = try await ask("sales", Self.asked, of: door)
        #expect(reply.status == status)
        #expect(try JSONDocument(parsing: reply.body).root["code"]?.string == code)
    }

    @Test func `takes a question that does not fit for a bug`() async throws {
        var door = try door()
        door.failure = .badQuestion
        let broken = door
        await #expect(throws: ViewFailure.badQuestion) {
            try await ask("sales", Self.asked, of: broken)
        }
    }

    @Test func `refuses to make more rows than a caller can use`() async throws {
        let book = try SalesBook()
        try book.tell(SaleStory(at: Self.noon).sold, at: Self.noon)
        try book.commit()
        let question = try ReportQuestion(.products, zones: SystemTimeZones()) {
            Self.asked[$0.rawValue]
        }
        #expect(try await SalesReport(question, from: book.views, rowsMax: 2).rows.count == 2)
        let error = await #expect(throws: ProblemError.self) {
            try await SalesReport(question, from: book.views, rowsMax: 1)
        }
        #expect(error?.reply.status == 422 && error?.problem.code == "report-too-large")
        #expect(ReportProblem.tooLarge.title.contains("50,000") && SalesReport.rowsMax == 50_000)
    }
}
