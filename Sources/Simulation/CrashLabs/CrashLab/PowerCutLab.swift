// SPDX-License-Identifier: Apache-2.0
/// Cuts the power under a working house, again and again, and while it is founded; then does the
/// same to one that does not flush its commits, which must lose something, or the bench is blunt.

import Foundation
import SeededRandom
import TemporaryFolders

package struct PowerCutPlan: Sendable {
    /// The program under test.
    package var binary: String
    /// A program with the same `serve` that does not flush its commits; nil leaves the control out.
    package var unflushed: String?
    package var cuts = 200
    /// Cuts within the first moments of a new house's life.
    package var foundingCuts = 20
    package var controlCuts = 20
    package var seed: UInt64 = 1
    package var connections = 8

    package init(binary: String) { self.binary = binary }
}

package struct PowerCutReport: Sendable, Equatable, Codable {
    /// False where loop devices are not permitted: then nothing was tried and nothing is proven.
    package var isPermitted = false
    package var cuts = 0
    package var foundingCuts = 0
    /// Requests that were acknowledged, and orders that were stored in the end.
    package var acked = 0
    package var stored = 0
    /// Acknowledged and not there any more.
    package var lost = 0
    package var halfCommits = 0
    package var others = 0
    /// What the house lost that does not flush: more than nothing.
    package var controlCuts = 0
    package var controlLost = 0
    /// What became of a disk that filled up, when that was tried.
    package var fullDisk: FullDiskReport?
    package var findings: [String] = []
    package var evidence: [String] = []
    package var seconds = 0.0
    package var passed = false

    package init() {}

    package mutating func add(_ full: FullDiskReport) {
        fullDisk = full
        findings += full.findings
        passed = passed && full.passed
    }

    mutating func add(_ report: KillReport) {
        acked += report.acked
        stored += report.stored
        lost += report[.lost] + report[.invisible]
        // A run that broke off was not audited.
        let failures = report[.brokenOff] > 0 ? [] : report.audit.failures
        halfCommits += report[.stock] + failures.count
        others += KillFault.allCases.reduce(0) { $0 + report[$1] }
        others -= report[.lost] + report[.invisible] + report[.stock]
        findings += report.findings + failures
    }
}

package enum PowerCutLab {
    package static func run(_ plan: PowerCutPlan) async -> PowerCutReport {
        var report = PowerCutReport()
        report.isPermitted = await LoopDisk.isPossible
        guard report.isPermitted else { return report }
        let clock = ContinuousClock()
        let start = clock.now
        do {
            try await workAndCut(plan, &report)
            try await foundAndCut(plan, &report)
            if let unflushed = plan.unflushed { try await control(unflushed, plan, &report) }
        } catch {
            report.others += 1
            report.findings.append("the bench broke off: \(error)")
        }
        report.seconds = (clock.now - start) / .seconds(1)
        let isSharp = plan.unflushed == nil || report.controlLost > 0
        if !isSharp { report.findings.append("a house that does not flush has lost nothing") }
        report.passed =
            isSharp && report.lost + report.halfCommits + report.others == 0
            && report.cuts + report.foundingCuts > 0
        return report
    }

    private static func killPlan(_ plan: PowerCutPlan, cuts: Int) -> KillPlan {
        var kills = KillPlan(kills: cuts, seed: plan.seed, connections: plan.connections)
        kills.killAfter = 5...120
        kills.settleMax = .seconds(60)
        return kills
    }

    private static func workAndCut(
        _ plan: PowerCutPlan, _ report: inout PowerCutReport
    ) async throws {
        guard plan.cuts > 0 else { return }
        // A round stores about half a megabyte, and a full disk is another test.
        let megabytes = 64 + plan.cuts * 2
        report.cuts += try await play(
            plan, plan.binary, &report, megabytes: megabytes
        ) { house in
            await KillLab.run(killPlan(plan, cuts: plan.cuts), against: house)
        }
    }

    /// A new disk each time, and a cut before the house is of any use; then it is founded anew or
    /// goes on, takes orders, and is cut once more.
    private static func foundAndCut(
        _ plan: PowerCutPlan, _ report: inout PowerCutReport
    ) async throws {
        var random = SplitMix64(seed: plan.seed)
        for _ in 0..<plan.foundingCuts {
            let lifetime = Duration.milliseconds(random.draw(in: 1...90))
            _ = try await play(plan, plan.binary, &report) { house in
                _ = try await house.start(lifetime: lifetime)
                var kills = killPlan(plan, cuts: 1)
                kills.killAfter = 5...30
                kills.stumbles = 0
                return await KillLab.run(kills, against: house)
            }
            report.foundingCuts += 1
        }
    }

    private static func control(
        _ binary: String, _ plan: PowerCutPlan, _ report: inout PowerCutReport
    ) async throws {
        var other = PowerCutReport()
        report.controlCuts = try await play(plan, binary, &other, keepsEvidence: false) { house in
            var kills = killPlan(plan, cuts: plan.controlCuts)
            // What it lost it will never bring to rest.
            kills.settleMax = .seconds(2)
            return await KillLab.run(kills, against: house)
        }
        report.controlLost = other.lost
    }

    /// How often the power was cut.
    private static func play(
        _ plan: PowerCutPlan, _ binary: String, _ report: inout PowerCutReport,
        keepsEvidence: Bool = true, megabytes: Int = 64,
        _ body: (PowerCutHouse) async throws -> KillReport
    ) async throws -> Int {
        let folder = try TestFolder()
        let house = try await PowerCutHouse(
            binary: binary, auditor: plan.binary, arguments: CrashJob.arguments, in: folder,
            megabytes: megabytes)
        do {
            let kills = try await body(house)
            report.add(kills)
            await house.clear()
            if kills.passed || !keepsEvidence {
                folder.remove()
            } else {
                report.evidence.append(folder.path)
            }
            return await house.cuts
        } catch {
            await house.clear()
            report.evidence.append(folder.path)
            throw error
        }
    }
}
