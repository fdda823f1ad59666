// SPDX-License-Identifier: Apache-2.0
/// `ordersim bench engine`: what a saga costs the bare engine.

import ArgumentParser
import Foundation
import Program
import Simulator

struct BenchEngine: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine",
        abstract: "Microseconds of the bare engine for a saga, in large turns and in small ones.",
        discussion: """
            One node with every service and a store in memory, in one thread; whatever it asks \
            outside is answered in the next turn. No disk, bus, fault or check: an order that \
            lives as long can't cost less in a real house or in a simulated one.
            """)

    @Option(help: "Orders of a round.")
    var orders = 20_000

    @Option(help: "Rounds of each size; the median and the best are told.")
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
        else {
            throw ValidationError(
                "Counts are positive; there are 100 lines at most, and as many articles.")
        }
    }

    func run() throws {
        Machine(settings: "one node, one thread, store in memory, \(lines) lines").lines
            .forEach { print($0) }
        for atOnce in atOnce {
            let costs = try (0..<rounds).map { _ in try measure(atOnce) }
                .sorted { $0.microseconds < $1.microseconds }
            print(costs[rounds / 2].line(best: costs[0], atOnce: atOnce))
        }
    }

    private func measure(_ atOnce: Int) throws -> EngineCost {
        let floor = try EngineFloor(lines: lines, articles: articles)
        // As many as a turn takes, so that tables and lists have their size.
        let warmUp = max(256, atOnce)
        floor.run(orders: warmUp, atOnce: atOnce)
        let (events, turns) = (floor.events, floor.turns)
        let start = Usage.threadSeconds
        floor.run(orders: orders, atOnce: atOnce)
        let spent = Usage.threadSeconds - start
        guard try floor.completed() == warmUp + orders else {
            throw ValidationError("Some orders did not come to their end.")
        }
        return EngineCost(
            microseconds: spent / Double(orders) * 1e6,
            eventsPerOrder: Double(floor.events - events) / Double(orders),
            eventsPerTurn: Double(floor.events - events) / Double(floor.turns - turns))
    }
}

/// What one order cost in one round.
private struct EngineCost {
    let microseconds: Double
    let eventsPerOrder: Double
    let eventsPerTurn: Double

    func line(best: EngineCost, atOnce: Int) -> String {
        String(
            format: """
                engine       %.1f us an order (best %.1f), %.2f us an event; %d placed in a turn, \
                %.1f events an order, %.0f a turn
                """,
            microseconds, best.microseconds, microseconds / eventsPerOrder, atOnce,
            eventsPerOrder, eventsPerTurn)
    }
}
