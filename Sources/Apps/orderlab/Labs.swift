// SPDX-License-Identifier: Apache-2.0
/// `orderlab kill` and `orderlab flash`: the real program, killed under load, and stormed by
/// buyers.

import ArgumentParser
import CrashLabs
import Foundation
import Program

/// Where the program under test is.
struct BinaryOption: ParsableArguments {
    @Option(help: "The orderhouse program; beside this one if it is not said.")
    var binary: String?

    var path: String {
        if let binary { return binary }
        let here = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        return here.appendingPathComponent("orderhouse").path
    }
}

struct Kill: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Kill the program with -9 at random moments under load, and compare.",
        discussion: """
            After each kill it is started again and everything unacknowledged is sent again. In \
            the end: acknowledged ⊆ stored ⊆ sent, the audit is green, the books agree. Exits 1 \
            when something is wrong, and keeps the evidence.
            """)

    @OptionGroup var binary: BinaryOption

    @Option(help: "How often to kill it.")
    var kills = 200

    @Option(help: "The seed of all random draws.")
    var seed: UInt64 = 1

    @Option(help: "Connections that place orders at a time.")
    var connections = 16

    @Flag(help: "A node for each service, orders on two.")
    var split = false

    func run() async throws {
        let arguments = split ? ["--topology", "split", "--order-shards", "2"] : []
        let report = try await KillLab.run(
            binary: binary.path, arguments: arguments,
            KillPlan(kills: kills, seed: seed, connections: connections))
        try put(report)
        if !report.passed { throw ExitCode(1) }
    }
}

struct Flash: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let many buyers want a few units at once.",
        discussion: "Exactly the units are sold, everyone else is told that stock is short.")

    @OptionGroup var binary: BinaryOption

    @Option(help: "How many buyers post at once.")
    var buyers = 10_000

    @Option(help: "How many units there are.")
    var units = 100

    func run() async throws {
        let report = try await FlashSale.run(binary: binary.path, buyers: buyers, units: units)
        try put(report)
        if !report.passed { throw ExitCode(1) }
    }
}
