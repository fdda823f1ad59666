// SPDX-License-Identifier: Apache-2.0
/// What the crash lab does, and what it found.

package struct CrashPlan: Sendable {
    /// The program under test.
    package var binary: String
    /// Cases under way at a time, each in a folder of its own.
    package var jobs = 3
    /// Every how-many-th place of each kind of call is struck; 1 is all of them, 0 is
    /// none.
    package var stride = 1
    /// Every how-many-th place that killed is taken for a second kill while the house recovers; 0
    /// is none.
    package var deepEvery = 40
    /// Every how-many-th place of the recovery is then struck.
    package var deepStride = 6
    /// Every how-many-th place of each kind of call fails, once and from then on; 0 is none.
    package var failStride = 3
    /// No new case begins after this time; nil is until the end.
    package var secondsMax: Int?
    /// Instead of all of these: each is one case, struck at its points one life after the other.
    package var cases: [[CrashPoint]] = []
    /// Done to the data of a house that was struck, as a test of the lab itself.
    package var tamper: (@Sendable (_ data: String) -> Void)?

    package init(binary: String) { self.binary = binary }
}

package struct CrashReport: Sendable, Equatable, Codable {
    /// Places at which the house was killed.
    package var killPoints = 0
    /// Places at which it was killed once more, while it recovered from one of the former.
    package var depth2Points = 0
    package var ioErrorPoints = 0
    package var noSpacePoints = 0
    /// The same by kind of call.
    package var points: [String: Int] = [:]
    /// Lives that were armed and ended by themselves, since there was no such place any more.
    package var untouched = 0
    /// Acknowledged and not there any more.
    package var lost = 0
    /// Done twice, or answered differently.
    package var doubled = 0
    /// Facts, rows and books that do not belong together.
    package var halfCommits = 0
    /// Whatever else is wrong.
    package var others = 0
    /// What requests were refused with while calls failed: problem codes.
    package var refusals: [String: Int] = [:]
    package var findings: [String] = []
    /// Folders with the data of what went wrong.
    package var evidence: [String] = []
    package var seconds = 0.0
    /// False when the time was up before every place was struck.
    package var isComplete = true
    package var passed = false

    private static let findingsMax = 200

    package init() {}

    package var strikes: Int { killPoints + depth2Points + ioErrorPoints + noSpacePoints }

    mutating func add(_ outcome: CrashOutcome) {
        lost += outcome[.lost]
        doubled += outcome[.doubled]
        halfCommits += outcome[.half]
        others += outcome[.other]
        refusals.merge(outcome.refusals, uniquingKeysWith: +)
        findings += outcome.findings.prefix(max(0, Self.findingsMax - findings.count))
        if let folder = outcome.evidence { evidence.append(folder) }
        guard outcome.struck == outcome.points.count, let last = outcome.points.last else {
            untouched += 1
            return
        }
        switch (last.fault, outcome.points.count) {
        case (.kill, 1): killPoints += 1
        case (.kill, _): depth2Points += 1
        case (.ioError, _): ioErrorPoints += 1
        case (.noSpace, _): noSpacePoints += 1
        }
        let depth = outcome.points.count > 1 ? "again " : ""
        let lasting = last.isLasting ? " lasting" : ""
        points[
            "\(depth)\(last.fault.rawValue)\(lasting) \(last.scope.rawValue) \(last.call)",
            default: 0] += 1
    }

    mutating func finish(seconds: Double) {
        self.seconds = seconds
        passed = lost + doubled + halfCommits + others == 0 && strikes > 0
    }
}
