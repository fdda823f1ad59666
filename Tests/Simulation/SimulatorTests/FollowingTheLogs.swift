// SPDX-License-Identifier: Apache-2.0
/// Who reads in a world: read models and the feed go on through whatever happens to their store,
/// their process and their pages, and worlds without them are as they were.

import ContractSuites
import Invariants
import Kernel
import MemoryAdapter
import Ports
import Testing

@testable import Simulator

@Suite struct `Readers of a world` {
    private static let plans = (1...120 as ClosedRange<UInt64>).map {
        Plan.drawn(from: $0, orders: 20)
    }
    private static let followed = plans.filter { $0.setting.viewFacts > 0 }

    @Test func `are in some worlds, and not in most`() {
        #expect((5...35).contains(Self.followed.count))
        let large = (1...640 as ClosedRange<UInt64>).map { Plan.drawn(from: $0, orders: 201) }
        #expect((6...40).contains(large.count { $0.setting.viewFacts > 0 }))
    }

    @Test func `have faults of their own, and are made again only where they are`() {
        for plan in Self.plans {
            let chances = zip(FaultKind.allCases, plan.setting.chances)
                .filter { $0.0.site == .views || $0.0.site == .page }.map(\.1)
            #expect(chances.count == 8 && chances.allSatisfy { (0...60_000).contains($0) })
            let isMadeAgain = plan.operations.contains { $0.kind == .rebuildViews }
            #expect(!isMadeAgain || plan.setting.viewFacts > 0)
        }
        #expect(Self.followed.contains { $0.operations.contains { $0.kind == .rebuildViews } })
    }

    @Test(arguments: followed.prefix(8).map(\.seed))
    func `see everything, whatever goes wrong`(seed: UInt64) {
        let report = Simulation.run(Plan.drawn(from: seed, orders: 20))
        #expect(report.breaches == [])
        #expect(Simulation.run(Plan.drawn(from: seed, orders: 20)).digest == report.digest)
    }

    /// Everything that can happen to them in one world: small commits, and faults all the time.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `go on through faults without an end`(seed: UInt64) {
        var plan = Plan.drawn(from: seed, orders: 30)
        plan.setting.viewFacts = 5
        plan.setting.viewMilliseconds = 1
        plan.setting.pageMax = 7
        for (index, kind) in FaultKind.allCases.enumerated()
        where kind.site == .views || kind.site == .page {
            plan.setting.chances[index] = 60_000
        }
        plan.operations += [3, 9, 27].map {
            PlannedOperation(at: $0 * Instant.second, kind: .rebuildViews, node: 0)
        }
        let report = Simulation.run(plan)
        #expect(report.breaches == [])
        let met = Set(report.marks.all.filter { $0.count > 0 }.map(\.name))
        #expect(met.isSuperset(of: ["viewsStartedAgain", "viewsSetAside", "pageAskedAgain"]))
    }

    @Test func `are told with a plan, and left out by whoever makes it smaller`() throws {
        var plan = try #require(Self.followed.first)
        plan.faults = []
        plan.setting.chances = Setting().chances
        plan.operations.append(PlannedOperation(at: 5, kind: .rebuildViews, node: 0))
        #expect(try Plan(text: plan.text) == plan)
        #expect(Setting.fields.contains { $0.path == \.viewFacts })
    }

    /// `scripts/seeds.sh` hunts them in the worlds that have readers by themselves.
    @Test(
        arguments: (SimulatedService.readers.flatMap(\.mutants) + Mutant.views).map(\.name))
    func `that go wrong are found`(name: String) throws {
        let mutant = try #require(Mutant.named(name))
        let seeds = 1...80 as ClosedRange<UInt64>
        let found = seeds.first { seed in
            var plan = Plan.drawn(from: seed, orders: 12)
            plan.setting.viewFacts = 8
            plan.setting.viewMilliseconds = 20
            plan.setting.pageMax = 20
            var way = Simulation.Way()
            mutant.plant(&way.overrides)
            let report = Simulation.run(plan, way)
            return report.breaches.contains { $0.invariant == mutant.rule.id }
        }
        #expect(found != nil)
    }

    @Test func `bring planted bugs of their own`() {
        #expect(SimulatedService.readers.allSatisfy { !$0.mutants.isEmpty })
    }
}

@Suite struct `Simulated store of read models` {
    private static func medium(_ disk: MemoryViews.Disk) -> ViewsMedium {
        ViewsMedium(
            writer: { FaultyViews(MemoryViews(disk)) { _ in .works } }, reader: MemoryViews(disk))
    }

    @Test(arguments: ViewsContract.all)
    func `keeps the promise`(_ promise: ViewsContract) throws {
        try promise.check(Self.medium(MemoryViews.Disk()))
    }

    private static let table = ViewTable("shelf", key: [.int("id")], [.int("count")])
    private static let schema = ViewSchema(name: "shelf", version: 1, tables: [table])

    /// A row that is written and published under a fate; what readers find then, and whether the
    /// writer heard that it was kept.
    private func write(_ fate: FaultyViews.Fate) throws -> (rows: Int, isTold: Bool) {
        let disk = MemoryViews.Disk()
        let generation = try MemoryViews(disk).create(Self.schema)
        let views = FaultyViews(MemoryViews(disk)) { _ in fate }
        var batch = ViewBatch(generation)
        batch.changes = [ViewTableChanges(Self.table, [.init(old: nil, new: [.int(1), .int(7)])])]
        batch.isPublishing = true
        var isTold = true
        do { try views.commit(batch) } catch { isTold = false }
        if case .dies = fate {
            #expect(views.isDead)
            #expect(throws: ViewFailure.unavailable) { try views.open(isErasing: false) }
        }
        return (disk.published("shelf")?.tables["shelf"]?.count ?? 0, isTold)
    }

    @Test func `does what its fate says`() throws {
        #expect(try write(.works) == (1, true))
        #expect(try write(.refuses) == (0, false))
        #expect(try write(.worksUnsaid) == (1, false))
        #expect(try write(.damaged) == (0, false))
        #expect(try write(.dies(isDone: true)) == (1, false))
        #expect(try write(.dies(isDone: false)) == (0, false))
    }

    @Test func `a copy of a disk is another disk`() throws {
        let disk = MemoryViews.Disk()
        let views = MemoryViews(disk)
        let generation = try views.create(Self.schema)
        let copy = disk.copy()
        var batch = ViewBatch(generation)
        batch.isPublishing = true
        try views.commit(batch)
        #expect(disk.published("shelf") != nil && copy.published("shelf") == nil)
    }
}

@Suite struct `Clocks of a simulated place` {
    private static let moments = (0..<9).map { Timestamp(milliseconds: 1_767_225_600_000 + $0) }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `change at quarters of an hour, and know summer`(seed: UInt64) throws {
        let clocks = LocalClocks(seed: seed, near: Self.moments)
        let quarter: Int64 = 900_000
        let day: Int64 = 86_400_000
        var offsets: Set<Int64> = []
        for hours in -300 * 24..<300 * 24 as Range<Int64> {
            let moment = Timestamp(milliseconds: 1_767_225_600_000 + hours * 4 * quarter)
            let offset = clocks.offset(at: moment)
            #expect(offset % quarter == 0 && abs(offset) <= day)
            offsets.insert(offset)
        }
        #expect(offsets.count == 2)
        #expect(try #require(offsets.max()) - (try #require(offsets.min())) == 4 * quarter)
        #expect(clocks.offset(of: "Europe/Berlin") == nil)
    }

    @Test func `often begin a day in the quarter that counts`() {
        let midnights = (1...200 as ClosedRange<UInt64>).count { seed in
            let clocks = LocalClocks(seed: seed, near: Self.moments)
            let moment = Self.moments[0]
            return (moment.milliseconds + clocks.offset(at: moment)) % 86_400_000 == 0
        }
        #expect((20...120).contains(midnights))
    }
}
