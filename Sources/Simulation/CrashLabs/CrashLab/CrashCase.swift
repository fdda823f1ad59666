// SPDX-License-Identifier: Apache-2.0
/// One case of the crash lab: a new house lives until it is struck, perhaps is struck again while
/// it recovers, then runs in peace, and is compared with what its client was told.

import Foundation
import Synchronization
import TemporaryFolders

/// In which way a house can fail.
enum CrashBreach: Sendable {
    /// Acknowledged and not there any more.
    case lost
    /// Done twice, or answered differently.
    case doubled
    /// Facts, rows and books that do not belong together.
    case half
    /// Whatever else is wrong.
    case other
}

/// What one case found.
struct CrashOutcome: Sendable {
    let points: [CrashPoint]
    /// How many of the points were reached.
    var struck = 0
    private(set) var breaches: [CrashBreach: Int] = [:]
    private(set) var findings: [String] = []
    /// What requests were refused with while calls failed: problem codes.
    var refusals: [String: Int] = [:]
    /// The folder, kept when something is wrong.
    var evidence: String?

    var isClean: Bool { breaches.isEmpty }

    subscript(breach: CrashBreach) -> Int { breaches[breach, default: 0] }

    mutating func find(_ breach: CrashBreach, _ what: String) {
        count(breach, 1)
        explain(what)
    }

    mutating func count(_ breach: CrashBreach, _ times: Int) {
        if times > 0 { breaches[breach, default: 0] += times }
    }

    mutating func explain(_ what: String) {
        findings.append("\(points.map(\.description).joined(separator: ", then ")): \(what)")
    }
}

final class CrashCase: Sendable {
    private let points: [CrashPoint]
    private let tamper: (@Sendable (_ data: String) -> Void)?
    let house: TracedHouse
    let lab: KillLab
    let outcome: Mutex<CrashOutcome>

    /// Plays one case in a folder of its own.
    static func run(_ points: [CrashPoint], _ plan: CrashPlan) async -> CrashOutcome {
        guard let folder = try? TestFolder() else {
            var outcome = CrashOutcome(points: points)
            outcome.find(.other, "there is no room for a folder")
            return outcome
        }
        let house = TracedHouse(
            binary: plan.binary, arguments: CrashJob.arguments, folder: folder)
        let one = CrashCase(points, house, plan.tamper)
        await one.play()
        var outcome = one.outcome.withLock { $0 }
        if outcome.isClean { folder.remove() } else { outcome.evidence = folder.path }
        return outcome
    }

    private init(
        _ points: [CrashPoint], _ house: TracedHouse,
        _ tamper: (@Sendable (_ data: String) -> Void)?
    ) {
        self.points = points
        self.house = house
        self.tamper = tamper
        lab = KillLab(CrashJob.plan, house)
        outcome = Mutex(CrashOutcome(points: points))
    }

    private func play() async {
        for (depth, point) in points.enumerated() {
            await house.arm(point)
            let wasStruck: Bool
            if point.fault == .kill {
                wasStruck = await live(isFirst: depth == 0)
            } else {
                wasStruck = await suffer(point)
            }
            tamper?(house.data)
            await auditRemains()
            guard wasStruck else { break }
            outcome.withLock { $0.struck += 1 }
        }
        await house.arm(nil)
        do {
            try await recover()
            for failure in lab.history.withLock({ $0.report.audit.failures }) {
                find(.half, failure)
            }
        } catch {
            find(.other, "it could not go on: \(error)")
        }
        try? await house.kill()
        judge()
    }

    /// A life that ends where it is struck, or as it is asked to; true when it was struck.
    private func live(isFirst: Bool) async -> Bool {
        var failure: (any Error)?
        do {
            if isFirst {
                try await lab.running { try await lab.work($0) }
                try await house.stop()
            } else {
                try await recover()
            }
        } catch {
            failure = error
        }
        switch await house.struckEnd() {
        case .signaled(SIGKILL)?: return true
        case .exited(0)? where failure == nil: return false
        case let end:
            find(.other, "it ended with \(String(describing: end)), \(String(describing: failure))")
            return false
        }
    }

    /// A life without harm that takes up whatever was left.
    private func recover() async throws {
        try await lab.conclude { try await self.lab.countAll($0) }
    }

    /// The files of a dead house, as they are: no commit is half there.
    func auditRemains() async {
        guard house.isFounded else { return }
        do {
            let audit = try await house.audit()
            for failure in audit.failures { find(.half, "the remains: \(failure)") }
        } catch {
            let acked = lab.history.withLock { $0.report.acked }
            // A store that was still being made when the house died has nothing to tell.
            guard acked > 0 else { return }
            find(.half, "the remains can't be read: \(error)")
        }
    }

    func find(_ breach: CrashBreach, _ what: String) {
        outcome.withLock { $0.find(breach, what) }
    }

    /// Sorts what the client found.
    private func judge() {
        let report = lab.history.withLock { $0.report }
        outcome.withLock { outcome in
            for fault in KillFault.allCases {
                outcome.count(fault.breach, report[fault])
            }
            for finding in report.findings { outcome.explain(finding) }
        }
    }
}

extension KillFault {
    fileprivate var breach: CrashBreach {
        switch self {
        case .lost, .invisible: .lost
        case .stranger, .duplicate, .replayMismatch: .doubled
        case .stock: .half
        case .unanswered, .unexpectedAnswer, .unsettled, .astray, .brokenOff: .other
        }
    }
}
