// SPDX-License-Identifier: Apache-2.0
/// `/v1/reports`: what was sold, of which articles, and what became of it.

import JSONCodec
import Kernel
package import Ports
import Projections
import ReportingDomain
package import ServiceModel

package enum ReportProblem {
    package static let tooLarge = Problem(
        422, "report-too-large",
        "This report would have more than 50,000 rows: ask for fewer days or longer periods.")

    package static let all = [tooLarge]
}

package struct ReportRoutes: Sendable {
    private let views: any ViewDoor
    private let zones: any TimeZones

    package init(views: any ViewDoor, zones: any TimeZones) {
        self.views = views
        self.zones = zones
    }

    package var routes: [Route] {
        ReportQuestion.Kind.allCases.map { kind in
            .get("/v1/reports/\(kind.rawValue)", scope: "reports:read") { request in
                try await report(kind, request)
            }
        }
    }

    private enum Format: String {
        case json, csv
    }

    private func report(
        _ kind: ReportQuestion.Kind, _ request: RouteRequest
    ) async throws -> Reply {
        guard let format = Format(rawValue: request.query("format") ?? "json") else {
            var faults = Faults()
            faults.add("/format", "One of json, csv.")
            throw ProblemError(RequestProblem.invalid, fields: faults.found)
        }
        let question = try ReportQuestion(kind, zones: zones) { request.query($0.rawValue) }
        // Asked before the rows are: they are at least as new.
        let behindSince = views.status(of: Sales().name)?.behindSince
        let report = try await SalesReport(question, from: views)
        switch format {
        case .csv: return Reply(status: 200, body: Array(report.csv.utf8), type: .csv)
        case .json: return Self.reply(report, question, behindSince)
        }
    }

    private static func reply(
        _ report: SalesReport, _ question: ReportQuestion, _ behindSince: Timestamp?
    ) -> Reply {
        let rows = report.json
        var json = JSONWriter(capacity: rows.count + 256)
        json.beginObject()
        for (option, text) in [
            (ReportQuestion.Option.from, question.from.text), (.to, question.to.text),
            (.by, question.unit.rawValue), (.zone, question.zone.name),
        ] {
            json.key(option.rawValue)
            json.string(text)
        }
        json.key("behindSince")
        if let behindSince { json.string(behindSince.text) } else { json.null() }
        json.key("data")
        json.raw(rows)
        json.endObject()
        return Reply(status: 200, body: json.bytes)
    }
}
