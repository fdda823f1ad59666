// SPDX-License-Identifier: Apache-2.0
/// `orderhouse report`: what was sold, by the clocks of a place.

import ArgumentParser
import House
import ReportingService

extension ReportQuestion.Kind: ExpressibleByArgument {}

struct Report: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print what was sold in each hour, day, week or month, and what became of it.",
        discussion: """
            `sales`: orders, units and revenue, and what was canceled, each when it happened. \
            `products`: the same of each article. `funnel`: how far the orders placed in a period \
            got. CSV, with money in major units; or JSON, in minor ones. Days are those of --zone, \
            so one has 23 hours and another 25. The house may be running.
            """)

    @OptionGroup var data: DataOption

    @Argument(help: "sales, products or funnel.")
    var kind = ReportQuestion.Kind.sales

    @Option(help: "The first day, such as 2010-12-01.")
    var from: String

    @Option(help: "The day after the last.")
    var to: String

    @Option(help: "hour, day, week or month.")
    var by = "day"

    @Option(help: "The time zone by its IANA name, such as Europe/Berlin.")
    var zone = "UTC"

    @Option(help: "What rows are told apart by: country,region,source or some of these.")
    var group: String?

    @Flag(help: "Print a JSON array.")
    var json = false

    func run() async throws {
        try await reporting {
            let report = try await ReportTool(data: data.data).report(kind) { option in
                switch option {
                case .from: from
                case .to: to
                case .by: by
                case .zone: zone
                case .group: group
                }
            }
            if json { put(report.json) } else { print(report.csv, terminator: "") }
        }
    }
}
