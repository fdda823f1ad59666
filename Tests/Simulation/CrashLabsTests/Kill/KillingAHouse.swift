// SPDX-License-Identifier: Apache-2.0
/// The kill lab passes a house that keeps its promises, and finds every one that is broken.

import Contracts
import CrashLabs
import Foundation
import Kernel
import LoadGenerator
import ScriptedHTTP
import Testing

@Suite(.timeLimit(.minutes(2))) struct `Killing a house` {
    @Test func `a house that keeps its promises passes`() async throws {
        let house = FakeHouse()
        let report = await KillLab.run(plan(kills: 5), against: house)
        #expect(report.passed, "\(report.findings)")
        #expect(report.kills == 5 && report.audit.isOK && report.evidence == nil)
        #expect(await house.starts == 7 + report.stumbles)
        // Otherwise it would prove little.
        #expect(report.orders > 20 && report.cancels > 0 && report.resent > 0)
        #expect(report.resentWereStored > 0 && report.resentWereStored < report.resent)
        #expect(report.replays > 10 && report.acked == report.orders + report.cancels)
        #expect(report.statuses.values.reduce(0, +) == report.acked)
        #expect(report.statuses["201", default: 0] > 0 && report.stored <= report.orders)
        #expect(report.faults.count == KillFault.allCases.count && report.seconds > 0)
    }

    @Test(
        arguments: [
            (.losesOrders, [.lost, .invisible]), (.forgetsKeys, [.stranger, .duplicate]),
            (.forgetsUnsent, [.stranger]), (.rewritesReplies, [.replayMismatch]),
            (.doesNotMarkReplays, [.replayMismatch]), (.answersTwoWithOne, [.duplicate]),
            (.hidesOrders, [.invisible]), (.leavesOrdersOpen, [.unsettled, .stock]),
            (.shipsDeclinedOrders, [.astray]), (.shipsCanceledOrders, [.astray]),
            (.keepsCanceledStock, [.stock]),
            (.inventsOrders, [.stranger]), (.answersOddly, [.unexpectedAnswer]),
            (.neverAnswers, [.unanswered]), (.doesNotStartAgain, [.brokenOff]),
            (.doesNotStop, [.brokenOff]), (.failsItsAudit, []),
        ] as [(Planted, [KillFault])])
    func `a broken promise is found`(_ planted: Planted, _ faults: [KillFault]) async throws {
        var plan = plan(kills: 3)
        if planted == .neverAnswers { plan.answerMax = .milliseconds(300) }
        let report = await KillLab.run(plan, against: FakeHouse(planted))
        #expect(!report.passed)
        for fault in faults {
            #expect(report[fault] > 0, "\(fault) is not among \(report.findings)")
            #expect(report.findings.contains { $0.hasPrefix(fault.rawValue) })
        }
        #expect(report.audit.isOK == (planted != .failsItsAudit && faults != [.brokenOff]))
    }

    @Test func `every planted fault has a test`() {
        // The suite above names 17 of them; the first one is none.
        #expect(Planted.allCases.count == 18)
    }

    @Test func `restarts that are killed do not count as kills`() async throws {
        var plan = plan(kills: 3)
        plan.stumbles = 1_000
        let house = FakeHouse()
        let report = await KillLab.run(plan, against: house)
        #expect(report.stumbles == 3 && report.kills == 3 && report.passed)
        #expect(await house.starts == 8)
    }

    @Test func `a report is JSON and comes back`() async throws {
        var report = await KillLab.run(plan(kills: 1), against: FakeHouse(.losesOrders))
        report.evidence = "somewhere"
        let json = try JSONEncoder().encode(report)
        #expect(try JSONDecoder().decode(KillReport.self, from: json) == report)
        #expect(String(decoding: json, as: UTF8.self).contains("\"replay-mismatch\":"))
    }

    private func plan(kills: Int) -> KillPlan {
        var plan = KillPlan(kills: kills, seed: 7, connections: 4)
        plan.killAfter = 20...60
        plan.replays = 50
        plan.cancels = 300
        plan.settleMax = .milliseconds(300)
        plan.responseMax = .milliseconds(250)
        return plan
    }
}

@Suite(.timeLimit(.minutes(2))) struct `A flash sale` {
    @Test(arguments: [(200, 10), (50, 50), (20, 100)])
    func `sells what there is and no more`(_ buyers: Int, _ units: Int) async throws {
        try await withFakeHouse { target in
            let report = try await FlashSale.run(at: target, buyers: buyers, units: units)
            #expect(report.passed, "\(report)")
            #expect(report.sold == min(buyers, units) && report.soldOut == buyers - report.sold)
            #expect(report.availableAfter == Int64(units - report.sold))
            #expect(report.millisecondsP50 > 0 && report.millisecondsMax >= report.millisecondsP99)
            #expect(report.audit == nil)
        }
    }

    @Test func `every other answer fails it`() {
        var report = FlashReport()
        report.buyers = 3
        report.units = 1
        report.sold = 1
        report.soldOut = 2
        report.availableAfter = 0
        #expect(report.passed)
        var oversold = report
        (oversold.sold, oversold.soldOut, oversold.availableAfter) = (2, 1, -1)
        var odd = report
        (odd.soldOut, odd.others) = (1, ["503 ": 1])
        var leftOver = report
        leftOver.availableAfter = 1
        var unsound = report
        unsound.audit = AuditReport(isOK: false)
        for wrong in [oversold, odd, leftOver, unsound] { #expect(!wrong.passed) }
    }

    @Test func `a name that is no article number is refused`() async {
        await #expect(throws: FlashFailure.badName) {
            try await FlashSale.run(at: LoadTarget(host: "127.0.0.1", port: 1), name: "no name")
        }
    }

    private func withFakeHouse(_ body: (LoadTarget) async throws -> Void) async throws {
        let books = FakeBooks(.nothing)
        // Without its silences: nobody asks a second time here.
        try await ScriptedServer.with({ asked in
            let answer = books.serve(asked)
            if case .silence = answer { return books.serve(asked) }
            return answer
        }) { try await body($0.target) }
    }
}
