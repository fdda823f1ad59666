// SPDX-License-Identifier: Apache-2.0
/// `orderlab bench engine`: what a saga costs the bare engine.

import ArgumentParser
import Foundation
import Simulator

struct BenchEngine: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine",
        abstract: "Microseconds of the bare engine for a saga, in large turns and in small ones.",
        discussion: """
            One node with every service and a store in memory, in one thread; whatever it asks \
            outside is answered in the next turn. No disk, bus, fault or check: neither a saga \
            on a real store nor an order in a simulated world can cost less.
            """)

    @Option(help: "Orders of a round.")
    var orders = 20_000

    @Option(help: "Rounds of each size; the median is told.")
    var rounds = 5

    @Option(help: "Lines of an order.")
    var lines = 3

    @Option(help: "Different articles.")
    var articles = 1_000

    @Option(help: "Orders that are placed in one turn; can be said several times.")
    var atOnce: [Int] = [8_192, 2_048, 64, 8, 1]

    func validate() throws {
        guard orders > 0, rounds > 0, (1...100).contains(lines), articles >= lines,
            atOnce.allSatisfy({ $0 > 0 })
        else { throw ValidationError("Counts are positive; there are at least as many articles.") }
    }

    func run() throws {
        Machine(settings: "one node, one thread, store in memory, \(lines) lines").lines
            .forEach { print($0) }
        for atOnce in atOnce {
            var costs: [Double] = []
            var events = 0.0
            var turns = 0.0
            for _ in 0..<rounds {
                let floor = try EngineFloor(lines: lines, articles: articles)
                floor.run(orders: 256, atOnce: atOnce)
                let before = (Usage.threadSeconds, floor.events, floor.turns)
                floor.run(orders: orders, atOnce: atOnce)
                costs.append((Usage.threadSeconds - before.0) / Double(orders) * 1e6)
                events = Double(floor.events - before.1) / Double(orders)
                turns = Double(floor.events - before.1) / Double(floor.turns - before.2)
            }
            costs.sort()
            print(
                String(
                    format: """
                        engine       %.1f us an order (best %.1f), %.2f us an event; %d placed at \
                        once, %.1f events an order, %.0f a turn
                        """,
                    costs[rounds / 2], costs[0], costs[rounds / 2] / events, atOnce, events,
                    turns))
        }
    }
}
