// SPDX-License-Identifier: Apache-2.0
/// Many seeds, several at a time, until one fails.

import Foundation
import Program
import Simulator
import Synchronization

/// A range of seeds to play.
struct Campaign: Sendable {
    let seeds: Range<UInt64>
    let jobs: Int
    let orders: Int?
    let manner: Manner
    let isQuiet: Bool
    /// Prints a line for each seed.
    var tellsEach = false
    /// No seed is begun after so many minutes.
    var minutes: Double?

    private var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
    /// How often a file or a pipe gets a line.
    private static let linesEvery = 60.0

    /// What all seeds came to.
    struct Outcome: Sendable {
        var seeds = 0
        var orders = 0
        var placed = 0
        var hit = 0
        var orderLines = 0
        var events = 0
        var happenings = 0
        var simulatedSeconds = 0.0
        /// Of all threads together.
        var busySeconds = 0.0
        var wallSeconds = 0.0
        var faults: [FaultKind: Int] = [:]
        var marks = Marks()
        var failure: RunReport?
        /// The first seed that was not begun: where another run goes on.
        var next: UInt64 = 0

        mutating func add(_ report: RunReport, seconds: Double) {
            seeds += 1
            orders += report.orders
            placed += report.placed
            hit += report.hit
            orderLines += report.lines
            events += report.events
            happenings += report.happenings
            simulatedSeconds += Double(report.simulated) / 1e9
            busySeconds += seconds
            for (kind, count) in report.faults { faults[kind, default: 0] += count }
            marks.add(report.marks)
            guard !report.breaches.isEmpty else { return }
            if failure.map({ report.seed < $0.seed }) ?? true { failure = report }
        }
    }

    private struct State: Sendable {
        var outcome = Outcome()
        var shownAt = 0.0
    }

    func run() async -> Outcome {
        let dealer = SeedDealer(seeds, minutes: minutes)
        let state = Mutex(State())
        await dealer.deal(jobs: jobs) { seed in
            let (report, seconds) = play(seed)
            state.withLock { tell(&$0, report, seconds, dealer) }
            return report.breaches.isEmpty
        }
        var outcome = state.withLock { $0.outcome }
        outcome.next = dealer.next
        outcome.wallSeconds = dealer.seconds
        if isTerminal && !isQuiet { FileHandle.standardError.write(Data("\n".utf8)) }
        return outcome
    }

    private func play(_ seed: UInt64) -> (report: RunReport, seconds: Double) {
        // Processor time: what else the machine does must not count as the simulator's work.
        let began = Usage.threadSeconds
        let plan = Plan.drawn(from: seed, orders: orders)
        let report = Simulation.run(plan, manner.way)
        let seconds = Usage.threadSeconds - began
        if tellsEach { print(SeedText.row(plan, report, seconds: seconds)) }
        guard !report.breaches.isEmpty else { return (report, seconds) }
        // Played again, with a trace.
        var way = manner.way
        way.traceLines = Simulation.traceLines
        return (Simulation.run(plan, way), seconds)
    }

    /// Adds a seed to the outcome, and shows now and then how far the run has come.
    private func tell(
        _ state: inout State, _ report: RunReport, _ seconds: Double, _ dealer: SeedDealer
    ) {
        state.outcome.add(report, seconds: seconds)
        let now = dealer.seconds
        let isTime = now - state.shownAt >= (isTerminal ? 0.1 : Self.linesEvery)
        guard !isQuiet, isTime else { return }
        state.shownAt = now
        show(state.outcome, next: dealer.next)
    }

    private func show(_ outcome: Outcome, next: UInt64) {
        let width = 30
        let full = outcome.seeds * width / max(1, seeds.count)
        let bar =
            String(repeating: "#", count: full) + String(repeating: ".", count: width - full)
        let rate = Double(outcome.placed) / max(outcome.busySeconds, 0.001)
        let text = String(
            format: "%@[%@] %d of %d seeds, %.0f orders/s and core, next %llu%@",
            isTerminal ? "\r" : "", bar, outcome.seeds, seeds.count, rate, next,
            isTerminal ? "" : "\n")
        FileHandle.standardError.write(Data(text.utf8))
    }
}
