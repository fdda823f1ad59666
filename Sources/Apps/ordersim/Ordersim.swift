// SPDX-License-Identifier: Apache-2.0
/// `ordersim`: the house in one thread, under every fault. It needs nothing that talks to a
/// network, so that it is built and tried soon.

import ArgumentParser
import Program

@main
struct Ordersim: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ordersim",
        abstract: "Play the whole house under faults, in one thread, from a seed.",
        discussion: """
            The same seed always plays the same way. With --seeds many are played, each its own \
            world; the smallest one that fails is told, and the exit status is 1.
            """,
        version: Revision.version(of: "ordersim"),
        subcommands: [
            SimulateSeeds.self, SimulateShrink.self, SimulateMutants.self, Bench.self,
        ],
        defaultSubcommand: SimulateSeeds.self)
}

struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure what the simulator is made of, with machine and revision beside it.",
        subcommands: [BenchEngine.self, BenchLedger.self, BenchAnswers.self])
}
