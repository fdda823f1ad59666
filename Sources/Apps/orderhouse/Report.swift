// SPDX-License-Identifier: Apache-2.0
/// `orderhouse report`: what was sold, by the clocks of a place.

import ArgumentParser
import House
import ReportingService

extension SalesReport.Grouping: ExpressibleByArgument {}

struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print orders, units and revenue of each hour, day, week or month.",
        discussion: """
            CSV, with money in major units; or JSON, in minor ones. Days are those of --zone, \
            so one has 23 hours and another 25. An order counts when it was placed, once its \
            stock was held; its cancellation counts when it happened. The house may be running.
            """)

    @OptionGroup var data: DataOption

    @Option(help: "The first day, such as 2010-12-01.")
    var from: String

    @Option(help: "The day after the last.")
    var to: String

    @Option(help: "hour, day, week or month.")
    var by = "day"

    @Option(help: "The time zone by its IANA name, such as Europe/Berlin.")
    var zone = "UTC"

    @Option(help: "What rows of a period are told apart by.")
    var group = SalesReport.Grouping.total

    @Flag(help: "Print a JSON array.")
    var json = false

    func run() throws {
        try reporting {
            let report = try SalesTool(data: data.data).report(
                SalesQuestion(from: from, to: to, unit: by, zone: zone, grouping: group))
            if json { put(report.json) } else { print(report.csv, terminator: "") }
        }
    }
}
