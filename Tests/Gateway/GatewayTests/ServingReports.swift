// SPDX-License-Identifier: Apache-2.0
/// Reports of a running house, over HTTP and by its program's tool.

import House
import JSONCodec
import LoadGenerator
import ReportingService
import Testing

@testable import Gateway

@Suite struct `Serving reports` {
    private static let range = "from=2020-01-01&to=2199-12-31&by=month"

    private func order(
        _ number: Int, _ country: String, _ client: LoadClient
    ) async throws -> String {
        var order = OrderText()
        order.country = #""\#(country)""#
        order.more[0] = #","source":"=web;1","adjustments":[{"kind":"shipping","amount":"4.00"}]"#
        let placed = try await client.send(
            LoadRequest(
                "POST", "/v1/orders", headers: [("Idempotency-Key", "k\(number)")],
                body: Array(order.text.utf8)))
        try #require(placed.status == 201)
        return try #require(placed.json?["id"]?.string)
    }

    @Test func `tells what was sold, and what became of it`() async throws {
        try await RealHouse.with { house, door in
            try await LoadClient.with(door.target, .init(connections: 1)) { client in
                try await house.count("CUP", 2, client)
                let ids = [
                    try await order(1, "GB", client), try await order(2, "DE", client),
                ]
                try await eventually("both are completed and in the report") {
                    let path = "/v1/reports/funnel?\(Self.range)"
                    let report = try await client.send(.get(path))
                    return report.json?["data"]?.elements.first?["completed"]?.int64 == 2
                }
                let sales = try await client.send(
                    .get("/v1/reports/sales?\(Self.range)&group=country&zone=Europe%2FBerlin"))
                #expect(sales.status == 200 && sales.json?["zone"]?.string == "Europe/Berlin")
                let rows = try #require(sales.json?["data"])
                #expect(rows.elements.map { $0["country"]?.string } == ["DE", "GB"])
                for row in rows.elements {
                    #expect(row["revenue"]?.int64 == 1_400 && row["shipping"]?.int64 == 400)
                    #expect(row["currency"]?.string == "GBP" && row["units"]?.int64 == 1)
                }
                let csv = try await client.send(
                    .get("/v1/reports/sales?\(Self.range)&group=source&format=csv"))
                #expect(csv.status == 200)
                #expect(csv.headers["Content-Type"] == "text/csv; charset=utf-8; header=present")
                let text = String(decoding: csv.body, as: UTF8.self)
                #expect(text.hasSuffix(",\"'=web;1\",GBP,2,2,28.00,0.00,0.00,8.00,0,0,0.00\r\n"))
                let wrong = try await client.send(.get("/v1/reports/sales?zone=CEST%2B2"))
                #expect(wrong.status == 422 && ids.count == 2)
                try await tellsTheSame(house, text)
            }
        }
    }

    /// The tool of `orderhouse report` reads the same file.
    private func tellsTheSame(_ house: RealHouse, _ csv: String) async throws {
        let tool = try ReportTool(data: house.house.settings.data)
        func report(_ zone: String?) async throws -> SalesReport {
            try await tool.report(.sales) { option in
                switch option {
                case .from: "2020-01-01"
                case .to: "2199-12-31"
                case .by: "month"
                case .zone: zone
                case .group: "source"
                }
            }
        }
        #expect(try await report(nil).csv == csv)
        await #expect(throws: HouseFailure.self) { try await report("Mars/Olympus") }
    }
}
