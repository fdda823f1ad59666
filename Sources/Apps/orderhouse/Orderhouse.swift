// SPDX-License-Identifier: Apache-2.0
/// `orderhouse`: the program that shops run.

import ArgumentParser
import House
import Logging
import Program

@main
struct Orderhouse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orderhouse",
        abstract: "Takes orders and sees each one through.",
        discussion: """
            Exit codes: 0 done; 1 the audit found something, or a lookup found nothing; \
            64 wrong usage; 65 the data can't be used; 69 the house is not reachable; \
            70 it failed; 75 the data directory is in use.
            """,
        version: Revision.version(of: "orderhouse"),
        subcommands: [
            Serve.self, Demo.self, Events.self, Orders.self, Messages.self, Audit.self, Parked.self,
            Rebuild.self, Resume.self, Clock.self, Problems.self, ListInvariants.self,
            ListProjections.self, Report.self,
        ]
    )
}

/// Where the house keeps everything.
struct DataOption: ParsableArguments {
    @Option(name: .long, help: "The house's data directory.")
    var data: String
}

extension ExitCode {
    /// sysexits(3).
    static let dataUnusable = ExitCode(65)
    static let failed = ExitCode(70)
    static let inUse = ExitCode(75)

    init(_ failure: HouseFailure) {
        switch failure {
        case .badSettings: self = ExitCode(64)
        case .inUse: self = .inUse
        case .foreignData, .unusableData: self = .dataUnusable
        case .noRoom, .cantStart: self = .failed
        }
    }
}
