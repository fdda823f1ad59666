// SPDX-License-Identifier: Apache-2.0
/// The real program on real files, killed with -9 at random moments under load.

import CrashLabs
import Foundation
import Testing

/// The programs that this test run has built.
enum Programs {
    static var orderhouse: String {
        if let folder = ProcessInfo.processInfo.environment["ORDERHOUSE_BIN"] {
            return "\(folder)/orderhouse"
        }
        return Bundle.main.bundleURL.appendingPathComponent("orderhouse").path
    }
}

@Suite(.serialized) struct `A house that is killed` {
    @Test func `two hundred times loses nothing and does nothing twice`() async throws {
        let report = try await KillLab.run(
            binary: Programs.orderhouse, arguments: ["--log-level", "error"],
            KillPlan(kills: 200, seed: 20_261_121, connections: 8))
        #expect(report.passed, "\(report)")
        #expect(report.kills == 200)
        #expect(report.acked > 0)
        #expect(report.audit.isOK, "\(report.audit.failures)")
    }

    @Test func `in parts loses nothing either`() async throws {
        let report = try await KillLab.run(
            binary: Programs.orderhouse,
            arguments: ["--log-level", "error", "--topology", "split", "--order-shards", "2"],
            KillPlan(kills: 20, seed: 7, connections: 8))
        #expect(report.passed, "\(report)")
    }

    /// The carrier comes 50 ms after the label: cancels and pick-ups meet all the time.
    @Test func `ends every order that is canceled in one of two ways`() async throws {
        var plan = KillPlan(kills: 8, seed: 4, connections: 16)
        plan.cancels = 500
        plan.killAfter = 800...1_200
        let report = try await KillLab.run(
            binary: Programs.orderhouse,
            arguments: [
                "--log-level", "error", "--pickup-delay", "50", "--delivery-delay", "20",
            ], plan)
        #expect(report.passed, "\(report)")
        #expect(report.statuses["200", default: 0] + report.statuses["202", default: 0] > 0)
        #expect(report.statuses["409", default: 0] > 0)
    }

    @Test func `sells a hundred units to ten thousand buyers exactly once`() async throws {
        let report = try await FlashSale.run(
            binary: Programs.orderhouse, arguments: ["--log-level", "error"], buyers: 10_000,
            units: 100)
        #expect(report.passed, "\(report)")
        #expect(report.sold == 100)
        #expect(report.soldOut == 9_900)
    }
}
