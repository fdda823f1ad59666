// SPDX-License-Identifier: Apache-2.0
/// The short form of the crash lab: the real program killed at some of its writes, twice in a row,
/// with failing calls, and with its power cut. `make crashlab` is the long form.

import CrashLabs
import Foundation
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct `A house that is struck at a system call` {
    /// Places that the job surely reaches, in every kind of file.
    private static let kills: [CrashPoint] =
        [1, 9, 30, 31, 64, 100, 140, 180, 200].map { CrashPoint(.kill, .store, "pwrite64", $0) }
        + [1, 5, 9, 16, 25, 33].map { CrashPoint(.kill, .store, "fdatasync", $0) }
        + [1, 4, 12].map { CrashPoint(.kill, .vault, "pwrite64", $0) }
        + [1, 3, 5].map { CrashPoint(.kill, .books, "write", $0) }
        + [2, 9, 15].map { CrashPoint(.kill, .door, "writev", $0) }
        + [
            CrashPoint(.kill, .store, "unlink", 1), CrashPoint(.kill, .store, "unlink", 3),
            CrashPoint(.kill, .store, "ftruncate", 1), CrashPoint(.kill, .vault, "rename", 1),
            CrashPoint(.kill, .vault, "fdatasync", 4), CrashPoint(.kill, .vault, "unlink", 1),
            CrashPoint(.kill, .mail, "openat", 3), CrashPoint(.kill, .mail, "renameat", 1),
            CrashPoint(.kill, .mail, "mkdir", 2), CrashPoint(.kill, .founding, "mkdir", 3),
            CrashPoint(.kill, .mail, "pwrite64", 1), CrashPoint(.kill, .mail, "fdatasync", 1),
            CrashPoint(.kill, .mail, "syncfs", 1),
            CrashPoint(.kill, .door, "rename", 1),
            CrashPoint(.kill, .founding, "fallocate", 1),
        ]

    private static func run(_ cases: [[CrashPoint]]) async throws -> CrashReport {
        try #require(await CrashLab.isPossible, "strace can't trace on this machine")
        var plan = CrashPlan(binary: Programs.orderhouse)
        plan.cases = cases
        let report = await CrashLab.run(plan)
        #expect(report.passed, "\(report.findings) \(report.evidence)")
        #expect(report.untouched == 0, "a place was never reached: \(report.points)")
        return report
    }

    @Test func `loses nothing wherever it is killed`() async throws {
        let report = try await Self.run(Self.kills.map { [$0] })
        #expect(report.killPoints == Self.kills.count)
        #expect(report.lost == 0 && report.halfCommits == 0 && report.doubled == 0)
    }

    @Test func `recovers although it is killed while it recovers`() async throws {
        let first = [
            CrashPoint(.kill, .store, "pwrite64", 120), CrashPoint(.kill, .door, "writev", 6),
        ]
        let second = [1, 4, 20, 40].map { CrashPoint(.kill, .store, "pwrite64", $0) } + [
            CrashPoint(.kill, .store, "fdatasync", 2), CrashPoint(.kill, .books, "write", 1),
        ]
        let report = try await Self.run(first.flatMap { one in second.map { [one, $0] } })
        #expect(report.depth2Points == first.count * second.count)
    }

    @Test func `acknowledges nothing that it could not write`() async throws {
        let places: [(CrashScope, String, Int)] = [
            (.store, "fdatasync", 12), (.store, "pwrite64", 90), (.store, "pwrite64", 1),
            (.vault, "pwrite64", 14), (.books, "write", 2), (.mail, "renameat", 1),
            (.mail, "pwrite64", 1), (.mail, "fdatasync", 1), (.mail, "syncfs", 1),
        ]
        let cases = [CrashFault.ioError, .noSpace].flatMap { fault in
            [false, true].flatMap { isLasting in
                places.map { scope, call, index in
                    [CrashPoint(fault, scope, call, index, isLasting: isLasting)]
                }
            }
        }
        let report = try await Self.run(cases)
        #expect(report.ioErrorPoints == 18 && report.noSpacePoints == 18)
        #expect(report.refusals["storage-full", default: 0] > 0, "\(report.refusals)")
    }

    @Test func `that loses its log is found out`() async throws {
        var plan = CrashPlan(binary: Programs.orderhouse)
        plan.cases = [[CrashPoint(.kill, .store, "pwrite64", 150)]]
        plan.tamper = { data in
            try? FileManager.default.removeItem(atPath: "\(data)/nodes/house/store.sqlite-wal")
        }
        let report = await CrashLab.run(plan)
        #expect(!report.passed && report.lost > 0, "\(report)")
        for folder in report.evidence { try FileManager.default.removeItem(atPath: folder) }
    }
}

@Suite(.timeLimit(.minutes(5))) struct `A house whose power is cut` {
    private static var orderlab: String {
        URL(filePath: Programs.orderhouse).deletingLastPathComponent()
            .appending(path: "orderlab").path
    }

    @Test func `has all that it acknowledged, and one that does not flush has not`() async throws {
        var plan = PowerCutPlan(binary: Programs.orderhouse)
        plan.unflushed = Self.orderlab
        plan.cuts = 15
        plan.foundingCuts = 4
        plan.controlCuts = 4
        let report = await PowerCutLab.run(plan)
        guard report.isPermitted else {
            // Not a pass: nothing was tried, and the report says so.
            #expect(!report.passed && report.cuts == 0)
            return withKnownIssue("loop devices are not permitted on this machine") {
                Issue.record("no power was cut")
            }
        }
        #expect(report.passed, "\(report.findings) \(report.evidence)")
        #expect(report.cuts >= 15 && report.foundingCuts == 4 && report.acked > 0)
        #expect(report.controlLost > 0)
    }

    @Test(arguments: [[], ["--topology", "split"]])
    func `takes orders again when its disk has room again`(_ arguments: [String]) async throws {
        let report = await FullDiskLab.run(binary: Programs.orderhouse, arguments: arguments)
        guard report.isPermitted else {
            #expect(!report.passed)
            return withKnownIssue("loop devices are not permitted on this machine") {
                Issue.record("no disk was filled")
            }
        }
        #expect(report.passed, "\(report)")
    }

    @Test(arguments: [[], ["--topology", "split"]])
    func `starts on a full disk or says that it is full`(_ arguments: [String]) async throws {
        let report = await FullDiskStartLab.run(
            binary: Programs.orderhouse,
            kibibytes: [0, 4, 20, 40, 100, 200, 500, 1_000, 2_000, 4_000], arguments: arguments)
        guard report.isPermitted else {
            return withKnownIssue("loop devices are not permitted on this machine") {
                Issue.record("no disk was filled")
            }
        }
        #expect(report.passed, "\(report)")
    }
}
