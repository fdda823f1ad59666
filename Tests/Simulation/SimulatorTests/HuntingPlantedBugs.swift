// SPDX-License-Identifier: Apache-2.0
/// A simulator that finds nothing may be blind: planted bugs show that it sees, and a hunt that
/// counts what it should not would show nothing.

import Foundation
import Invariants
import Simulator
import Testing

@Suite struct `Planted bugs` {
    @Test func `are many, and many need a fault to show`() {
        #expect(Mutant.all.count >= 40)
        #expect(Mutant.all.count(where: \.needsFault) >= 25)
        #expect(Set(Mutant.all.map(\.name)).count == Mutant.all.count)
    }

    @Test(arguments: Rule.all)
    func `name every rule, or say why not`(rule: Rule) {
        let isNamed = Mutant.all.contains { $0.rule == rule }
        let isExcused = Mutant.unplanted.contains { $0.rule == rule && !$0.reason.isEmpty }
        #expect(isNamed != isExcused, "\(rule.id)")
    }

    @Test(arguments: FaultFamily.allCases)
    func `need every kind of trouble, or say why not`(family: FaultFamily) {
        let isNeeded = Mutant.all.contains { $0.needs == family }
        let isExcused = Mutant.unneeded.contains { $0.family == family && !$0.reason.isEmpty }
        #expect(isNeeded != isExcused, "\(family)")
    }

    @Test func `stand on their page as they are`() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("docs/reference/planted-bugs.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        #expect(text.hasSuffix(MutantPage.lines.joined(separator: "\n") + "\n"))
    }
}

@Suite struct `Hunting a planted bug` {
    private func canary(trips rule: Rule, needs: FaultFamily? = nil) -> Mutant {
        Mutant("a canary", trips: rule, needs: needs, plant: Mutant.canary.plant)
    }

    /// One for each family of rules, of those that show soon.
    @Test(arguments: [
        "canary-nothing-is-ever-done", "stock-loses-a-line-on-release",
        "payment-captures-more-than-is-set-aside", "order-completes-before-it-arrives",
        "store-loses-cursors", "parcel-created-again-when-asked-again",
        "request-body-is-not-compared", "store-overstates-cursors",
        "payment-calls-again-without-asking", "store-keeps-torn-commits",
        "catalog-creates-what-there-is", "catalog-misses-some-announcements",
        "catalog-articles-are-not-listed",
    ])
    func `ends when its own rule trips`(name: String) throws {
        let hunt = Hunter(seedsMax: 40, calmSeeds: 2).hunt(try #require(Mutant.named(name)))
        #expect(hunt.isCaught, "\(hunt)")
        #expect(hunt.calmSeed == nil && hunt.unsound == [])
    }

    @Test func `does not count another rule`() {
        let hunt = Hunter(seedsMax: 2, calmSeeds: 0, orders: 5).hunt(canary(trips: .q2))
        #expect(!hunt.isCaught && hunt.seeds == nil)
        #expect(hunt.others == ["L1": 2])
    }

    @Test func `finds nothing where nothing is planted`() {
        let nothing = Mutant("nothing", trips: .l1) { _ in }
        #expect(!Hunter(seedsMax: 3, calmSeeds: 0, orders: 10).hunt(nothing).isCaught)
    }

    @Test func `shows when a bug needs no fault after all`() {
        let hunt = Hunter(seedsMax: 1, calmSeeds: 1, orders: 5)
            .hunt(canary(trips: .l1, needs: .bus))
        #expect(hunt.seeds == 1 && hunt.calmSeed == 1 && !hunt.isCaught)
    }

    @Test func `does not count a seed that fails without the bug`() {
        let hunter = Hunter(seedsMax: 2, calmSeeds: 0, orders: 5) { $0.seed != 1 }
        let hunt = hunter.hunt(canary(trips: .l1))
        #expect(hunt.seeds == 2 && hunt.unsound == [1] && !hunt.isCaught)
    }

    @Test(arguments: [2, 4, 11] as [UInt64])
    func `nothing goes wrong in a calm world`(seed: UInt64) {
        let report = Simulation.run(Plan.drawn(from: seed, orders: 20).faultless)
        #expect(report.faults.isEmpty && report.breaches == [] && report.placed > 0)
    }
}

@Suite struct `The simulator as a program` {
    @Test func `fails when a bug is planted`() throws {
        let run = try Lab.output([
            "--seed", "1", "--orders", "10", "--mutant", Mutant.canary.name,
        ])
        #expect(run.status == 1)
        #expect(run.text.contains("BREACH"))
    }

    @Test func `fails over many seeds, too`() throws {
        let run = try Lab.output([
            "--seeds", "3", "--orders", "10", "--mutant", Mutant.canary.name,
        ])
        #expect(run.status == 1)
        #expect(run.text.contains("BREACH"))
    }

    @Test func `hunts, and says what it took`() throws {
        let run = try Lab.output(["mutants", "--only", "canary", "--json"])
        #expect(run.status == 0)
        #expect(run.text.contains("\"caught\" : 1") || run.text.contains("\"caught\":1"))
    }

    @Test func `tells stories in other ways over real SQLite, and says so in JSON`() throws {
        let run = try Lab.output([
            "--seeds", "2", "--orders", "4", "--metamorphic", "--sqlite", "--jobs",
            "1", "--minutes", "5", "--json",
        ])
        #expect(run.status == 0)
        #expect(run.text.contains("\"seeds\":2") && run.text.contains("\"next\":3"))
    }

    @Test(arguments: [
        ["--metamorphic", "--marks"], ["--metamorphic", "--trace"], ["--metamorphic", "--each"],
        ["--metamorphic", "--backwards"], ["--seeds", "2", "--trace"], ["--minutes", "1"],
        ["--seeds", "2", "--plan", "none.plan"],
        ["--metamorphic", "--seed", "18446744073709551615"],
    ])
    func `refuses what it would not heed`(arguments: [String]) throws {
        #expect(try Lab.output(arguments).status == 64)
    }

    @Test func `knows only the bugs that there are`() throws {
        let run = try Lab.output(["--seed", "1", "--mutant", "none-such"])
        #expect(run.status == 64)
    }

    @Test func `fails when a situation was never met`() throws {
        let run = try Lab.output(["--seeds", "2", "--orders", "5", "--marks"])
        #expect(run.status == 1)
        #expect(run.text.contains("NEVER"))
        #expect(Marks().all.count >= 80)
    }
}
