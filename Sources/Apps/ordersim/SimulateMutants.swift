// SPDX-License-Identifier: Apache-2.0
/// `ordersim mutants`: the simulator's own test. Each planted bug must trip the rule that
/// it names.

import ArgumentParser
import Foundation
import Invariants
import Program
import Simulator
import Synchronization

struct SimulateMutants: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mutants",
        abstract: "Plant each bug and count the seeds until the rule that it names trips.",
        discussion: """
            A bug counts as caught when its own rule trips in a seed that is in order without it. \
            A bug that is said to need a fault must stay unseen in seeds without faults. The exit \
            status is 1 unless all are caught.
            """)

    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: "Only those whose name begins so.")
    var only: String?

    @Option(help: "Seeds before a bug counts as missed.")
    var seedsMax = 1_000

    @Option(help: "Seeds without faults in which a bug that needs one must not show.")
    var calmSeeds = 100

    @Option(help: "The first seed.")
    var seed: UInt64 = 1

    @Option(help: "How many bugs to hunt at a time.")
    var jobs = 2

    @Flag(help: "Only print the table of the planted bugs.")
    var list = false

    func run() async throws {
        if list { return MutantPage.lines.forEach { print($0) } }
        let mutants = Mutant.all.filter { $0.name.hasPrefix(only ?? "") }
        guard !mutants.isEmpty else { throw ValidationError("No planted bug is called so.") }
        let hunter = Hunter(from: seed, seedsMax: seedsMax, calmSeeds: calmSeeds)
        var hunts: [Hunt?] = Array(repeating: nil, count: mutants.count)
        let next = Place()
        await withTaskGroup(of: [(Int, Hunt)].self) { group in
            for _ in 0..<max(1, jobs) {
                group.addTask { [json] in
                    var done: [(Int, Hunt)] = []
                    while let index = next.take(below: mutants.count) {
                        let hunt = hunter.hunt(mutants[index])
                        if !json { print(HuntText.line(hunt)) }
                        done.append((index, hunt))
                    }
                    return done
                }
            }
            for await done in group { for (index, hunt) in done { hunts[index] = hunt } }
        }
        let summary = HuntSummary(hunts.compactMap { $0 })
        if json { try put(summary) } else { print(summary.line) }
        if !summary.areAllCaught { throw ExitCode(1) }
    }
}

/// Hands out one number after the other.
private final class Place: Sendable {
    private let next = Mutex(0)

    func take(below end: Int) -> Int? {
        next.withLock { next in
            guard next < end else { return nil }
            next += 1
            return next - 1
        }
    }
}

enum HuntText {
    static func line(_ hunt: Hunt) -> String {
        var words = [
            padded(hunt.mutant.name, 40), padded(hunt.mutant.rule.id, 3),
            padded(hunt.mutant.needs?.rawValue ?? "-", 9),
        ]
        words.append(hunt.seeds.map { "caught after \($0) seeds" } ?? "NOT CAUGHT")
        if let calm = hunt.calmSeed { words.append("NEEDS NO FAULT in seed \(calm)") }
        if !hunt.unsound.isEmpty { words.append("WITHOUT IT, TOO, in \(hunt.unsound)") }
        if !hunt.others.isEmpty {
            let others = hunt.others.sorted { $0.key < $1.key }
            words.append("(other rules: \(others.map { "\($0) \($1)" }.joined(separator: ", ")))")
        }
        return words.joined(separator: " ")
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text.padding(toLength: max(width, text.count), withPad: " ", startingAt: 0)
    }
}

struct HuntJSON: Encodable {
    let mutant: String
    let invariant: String
    let needs: String?
    let isCaught: Bool
    let seeds: Int?
    let seed: UInt64?
    let otherRules: [String: Int]
    let unsoundSeeds: [UInt64]
    let calmSeed: UInt64?

    init(_ hunt: Hunt) {
        mutant = hunt.mutant.name
        invariant = hunt.mutant.rule.id
        needs = hunt.mutant.needs?.rawValue
        isCaught = hunt.isCaught
        seeds = hunt.seeds
        seed = hunt.seed
        otherRules = hunt.others
        unsoundSeeds = hunt.unsound
        calmSeed = hunt.calmSeed
    }
}

struct HuntSummary: Encodable {
    let revision: String
    let hunts: [HuntJSON]
    let caught: Int
    let needingFault: Int
    let median: Int?
    let worst: Int?

    init(_ hunts: [Hunt]) {
        revision = Revision.text
        self.hunts = hunts.map(HuntJSON.init)
        caught = hunts.count(where: \.isCaught)
        needingFault = hunts.count(where: \.mutant.needsFault)
        let seeds = hunts.filter(\.isCaught).compactMap(\.seeds).sorted()
        median = seeds.isEmpty ? nil : seeds[seeds.count / 2]
        worst = seeds.last
    }

    var areAllCaught: Bool { caught == hunts.count && !hunts.isEmpty }

    var line: String {
        "\(caught) of \(hunts.count) caught, \(needingFault) of them need a fault; "
            + "seeds: median \(median ?? 0), worst \(worst ?? 0)"
    }
}

extension Mutant {
    static func known(_ name: String) throws -> Mutant {
        guard let mutant = Mutant.named(name) else {
            throw ValidationError("No planted bug is called \(name).")
        }
        return mutant
    }
}
