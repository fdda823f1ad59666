// SPDX-License-Identifier: Apache-2.0
/// `ordersim run` and `ordersim shrink`: the house under every fault, on a virtual clock, from one
/// seed.

import ArgumentParser
import Foundation
import Program
import Simulator

struct SimulateSeeds: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Play one seed, one plan, or many seeds.")

    @Option(help: "The seed to play; with --seeds, the first one.")
    var seed: UInt64 = 1

    @Option(help: "How many seeds to play.")
    var seeds: Int?

    @Option(help: "How many at a time.")
    var jobs = 2

    @Option(help: "Orders in each world, instead of a drawn number.")
    var orders: Int?

    @Option(help: "Play this plan instead of a seed.")
    var plan: String?

    @Flag(help: "Print everything that happens.")
    var trace = false

    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: "With --seeds, begin no seed after so many minutes; --seed goes on from there.")
    var minutes: Double?

    @Flag(help: "With --seeds, print what each seed cost.")
    var each = false

    @Flag(help: "Tell which situations were met, and fail when one never was.")
    var marks = false

    @Flag(help: "Keep each node's data in a real SQLite file in memory.")
    var sqlite = false

    @Flag(help: "Go through the nodes backwards, which must change nothing.")
    var backwards = false

    @Option(help: "Plant this bug first, to see it fail.")
    var mutant: String?

    @Flag(
        help: """
            Play each in other ways, too: everything said twice, moments shuffled, services the \
            other way round, orders in two shards for each, clocks shifted. All must end alike.
            """)
    var metamorphic = false

    func validate() throws {
        if let count = seeds ?? (metamorphic ? 1 : nil) {
            guard count > 0, !seed.addingReportingOverflow(UInt64(count)).overflow else {
                throw ValidationError("No such range of seeds.")
            }
        }
        guard (1...1_024).contains(jobs) else { throw ValidationError("1 to 1,024 jobs.") }
        guard (orders ?? 1) > 0 else { throw ValidationError("A world has one order or more.") }
        guard plan == nil || seeds == nil else {
            throw ValidationError("--plan is one world: it goes without --seeds.")
        }
        if metamorphic && (trace || each || marks || backwards) {
            throw ValidationError(
                "--metamorphic goes without --trace, --each, --marks and --backwards.")
        }
        if seeds == nil && !metamorphic && (each || minutes != nil) {
            throw ValidationError("--each and --minutes go with --seeds.")
        }
        if seeds != nil && trace { throw ValidationError("--trace goes with one seed.") }
    }

    private func manner() throws -> Manner {
        // Checked before the run, which would otherwise end by a trap when there is no room.
        if sqlite { _ = try MemoryFolder() }
        return Manner(
            mutant: try mutant.map(Mutant.known), isSQLite: sqlite, isBackwards: backwards)
    }

    func run() async throws {
        if metamorphic { return try await runMetamorphic() }
        guard let seeds else { return try await runOne() }
        guard Hunter.findsTheCanary(in: seed) else {
            print("The simulator does not notice a house that does nothing: no result counts.")
            throw ExitCode(1)
        }
        let campaign = Campaign(
            seeds: seed..<(seed + UInt64(seeds)), jobs: jobs, orders: orders, manner: try manner(),
            isQuiet: json, tellsEach: each, minutes: minutes)
        let outcome = await campaign.run()
        if json { try put(outcome.json) } else { outcome.lines.forEach { print($0) } }
        if marks { outcome.markLines.forEach { print($0) } }
        if let failure = outcome.failure {
            if !json { tell(failure) }
            throw ExitCode(1)
        }
        if marks && outcome.marks.met < outcome.marks.all.count { throw ExitCode(1) }
    }

    private func runOne() async throws {
        var way = try manner().way
        way.traceLines = Simulation.traceLines
        if trace { way.printing = { print($0) } }
        let plan = try loaded() ?? Plan.drawn(from: seed, orders: orders)
        let started = ContinuousClock.now
        let report = Simulation.run(plan, way)
        let seconds = (ContinuousClock.now - started) / .seconds(1)
        if json {
            try put(SeedJSON(report, seconds: seconds))
        } else {
            SeedText.lines(report, seconds: seconds).forEach { print($0) }
        }
        if marks { MarkText.lines(report.marks).forEach { print($0) } }
        guard report.breaches.isEmpty else {
            if !json && !trace { tell(report) }
            throw ExitCode(1)
        }
    }

    /// Eleven worlds for each seed.
    private func runMetamorphic() async throws {
        let loaded = try loaded()
        let runner = Metamorphic(
            seeds: seed..<seed + UInt64(seeds ?? 1), jobs: jobs, manner: try manner(),
            minutes: minutes
        ) { [orders] in loaded ?? Plan.drawn(from: $0, orders: orders) }
        let outcome = await runner.run()
        if json { try put(outcome.json) } else { outcome.lines.forEach { print($0) } }
        if outcome.failure != nil { throw ExitCode(1) }
    }

    private func loaded() throws -> Plan? {
        guard let plan else { return nil }
        return try Plan(text: String(contentsOfFile: plan, encoding: .utf8))
    }

    private func tell(_ report: RunReport) {
        print("the last of what happened:")
        report.trace.suffix(60).forEach { print("  \($0)") }
        print("again: \(again(report.seed))")
    }

    /// The command that plays one world as it was played here.
    private func again(_ seed: UInt64) -> String {
        var words = ["ordersim"]
        words += plan.map { ["--plan", $0] } ?? ["--seed", "\(seed)"]
        if let orders, plan == nil { words += ["--orders", "\(orders)"] }
        if sqlite { words.append("--sqlite") }
        if backwards { words.append("--backwards") }
        if let mutant { words += ["--mutant", mutant] }
        return words.joined(separator: " ")
    }
}

struct SimulateShrink: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shrink", abstract: "Make a failing seed into the smallest plan that fails.")

    @Option(help: "The seed that fails.")
    var seed: UInt64?

    @Option(help: "Or a plan that fails.")
    var plan: String?

    @Option(help: "Orders in the world, if it failed with a given number.")
    var orders: Int?

    @Option(help: "Plant this bug first.")
    var mutant: String?

    @Option(help: "Where to write the plan; printed if it is not said.")
    var output: String?

    @Option(help: "Runs at most.")
    var tries = 3_000

    func run() async throws {
        var way = Simulation.Way()
        if let mutant { try Mutant.known(mutant).plant(&way.overrides) }
        var start = Plan.drawn(from: seed ?? 1, orders: orders)
        if let plan { start = try Plan(text: String(contentsOfFile: plan, encoding: .utf8)) }
        guard var shrinker = Shrinker(start, way, triesMax: tries) else {
            throw ValidationError("It does not fail.")
        }
        let small = shrinker.run()
        let report = Simulation.run(small, way)
        let why = report.breaches.first.map { "# \($0.invariant): \($0.what)\n" } ?? ""
        let text = why + small.text
        if let output {
            try text.write(toFile: output, atomically: true, encoding: .utf8)
        } else {
            print(text, terminator: "")
        }
        FileHandle.standardError.write(
            Data("\(small.size) things in \(shrinker.tries) tries\n".utf8))
    }
}
