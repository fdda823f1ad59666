// SPDX-License-Identifier: Apache-2.0
/// `orderlab`: what proves the house. It is not shipped with it.

import ArgumentParser
import Logging
import Program

@main
struct Orderlab: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orderlab",
        abstract: "Measures the house and tries to break it.",
        version: Revision.version(of: "orderlab"),
        subcommands: [
            Bench.self, Kill.self, Flash.self, CrashLabCommand.self, PowerCutCommand.self,
            UnflushedServe.self,
        ])
}

struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure, with machine, settings and revision beside every figure.",
        subcommands: [BenchSaga.self, BenchViews.self])
}
