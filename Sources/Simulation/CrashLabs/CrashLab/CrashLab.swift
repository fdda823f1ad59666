// SPDX-License-Identifier: Apache-2.0
/// Kills the house at every place where it could leave a trace, kills it again while it recovers,
/// and lets its system calls fail one after the other. After each it must know all that it
/// acknowledged, and nothing by halves.

import Foundation
import Synchronization
import TemporaryFolders

package final class CrashLab: Sendable {
    private let plan: CrashPlan
    private let report = Mutex(CrashReport())
    /// First places that killed, in the order in which they were struck.
    private let killers = Mutex<[CrashPoint]>([])
    private let progress: @Sendable (CrashReport) -> Void
    private let start = ContinuousClock.now

    /// Whether strace can trace here; the lab is of no use without it.
    package static var isPossible: Bool {
        get async {
            guard let folder = try? TestFolder() else { return false }
            defer { folder.remove() }
            let words = ["strace", "-D", "-f", "-o", folder.path("trace"), "true"]
            let process = try? ChildProcess("/usr/bin/env", words, in: folder)
            return (try? await process?.wait(.seconds(10))) == .exited(0)
        }
    }

    /// `progress` hears of the report after each case.
    package static func run(
        _ plan: CrashPlan, progress: @escaping @Sendable (CrashReport) -> Void = { _ in }
    ) async -> CrashReport {
        let lab = CrashLab(plan, progress)
        if plan.cases.isEmpty {
            if plan.stride > 0 { await lab.play(lab.kills) }
            if plan.deepEvery > 0 { await lab.play(lab.secondKills) }
            if plan.failStride > 0 { await lab.play(lab.failures) }
        } else {
            await lab.play([], singles: plan.cases)
        }
        return lab.report.withLock { report in
            report.finish(seconds: lab.seconds)
            return report
        }
    }

    private init(_ plan: CrashPlan, _ progress: @escaping @Sendable (CrashReport) -> Void) {
        self.plan = plan
        self.progress = progress
    }

    private func play(_ series: [CrashSeries], singles: [[CrashPoint]] = []) async {
        let schedule = CrashSchedule(series, singles: singles)
        await withTaskGroup(of: Void.self) { workers in
            for _ in 0..<max(1, plan.jobs) {
                workers.addTask {
                    while self.hasTime, let (number, points) = schedule.take() {
                        let outcome = await CrashCase.run(points, self.plan)
                        schedule.note(number, outcome)
                        self.note(outcome)
                    }
                }
            }
        }
    }

    private var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

    private var hasTime: Bool {
        let isLeft = !Task.isCancelled && (plan.secondsMax.map { seconds < Double($0) } ?? true)
        if !isLeft { report.withLock { $0.isComplete = false } }
        return isLeft
    }

    private func note(_ outcome: CrashOutcome) {
        if outcome.points.count == 1, outcome.struck == 1, outcome.points[0].fault == .kill {
            killers.withLock { $0.append(outcome.points[0]) }
        }
        let now = report.withLock { report in
            report.add(outcome)
            return report
        }
        progress(now)
    }

    private var kills: [CrashSeries] {
        CrashScope.allCases.flatMap { scope in
            scope.calls.map { call in
                CrashSeries(
                    prefix: [], fault: .kill, scope: scope, call: call, stride: plan.stride)
            }
        }
    }

    /// Where a recovering house is struck.
    private static let recovery: [(scope: CrashScope, calls: [String])] = [
        (.store, ["pwrite64", "fdatasync", "ftruncate", "unlink"]), (.books, ["write"]),
        (.vault, ["pwrite64"]), (.door, ["writev"]),
    ]

    private var secondKills: [CrashSeries] {
        let first = killers.withLock { $0 }
        return stride(from: plan.deepEvery - 1, to: first.count, by: plan.deepEvery).flatMap {
            index in
            Self.recovery.flatMap { scope, calls in
                calls.map { call in
                    CrashSeries(
                        prefix: [first[index]], fault: .kill, scope: scope, call: call,
                        stride: plan.deepStride)
                }
            }
        }
    }

    /// Calls can fail on files only: an event loop whose own wake-up fails is another world.
    private var failures: [CrashSeries] {
        let scopes = CrashScope.allCases.filter { $0 != .door }
        return [CrashFault.ioError, .noSpace].flatMap { fault in
            [false, true].flatMap { isLasting in
                scopes.flatMap { scope in
                    scope.calls.map { call in
                        CrashSeries(
                            prefix: [], fault: fault, scope: scope, call: call,
                            isLasting: isLasting, stride: plan.failStride)
                    }
                }
            }
        }
    }
}
