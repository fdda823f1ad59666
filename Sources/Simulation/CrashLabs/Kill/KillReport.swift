// SPDX-License-Identifier: Apache-2.0
/// What a kill lab does, and what it found.

package struct KillPlan: Sendable {
    package var kills: Int
    package var seed: UInt64
    package var connections: Int
    /// When a kill strikes after the load began, in milliseconds.
    package var killAfter = 5...250
    /// Out of a thousand restarts, how many are killed, too, before they are of use.
    package var stumbles = 100
    /// How long a stumbling restart lives, in milliseconds.
    package var stumbleAfter = 1...60
    /// Out of a thousand requests, how many want to cancel the order before.
    package var cancels = 100
    /// Out of a thousand orders, how many pay with which token; the rest is `tok_ok`.
    package var tokens = [
        (token: "tok_declined", share: 60), (token: "tok_timeout_after", share: 60),
        (token: "tok_timeout_before", share: 60), (token: "tok_webhook", share: 60),
        (token: "tok_twice", share: 60),
    ]
    /// How many answered requests are sent once more at the end.
    package var replays = 500
    /// How long the orders may take to come to rest at the end.
    package var settleMax = Duration.seconds(60)
    /// How often it is looked whether they have.
    package var settleEvery = Duration.milliseconds(100)
    /// How long one answer may take.
    package var responseMax = Duration.seconds(15)
    /// How long a repeated request may be put off, with 503 or by silence.
    package var answerMax = Duration.seconds(60)
    /// How long to wait before a request is repeated.
    package var repeatAfter = Duration.milliseconds(50)
    /// Orders that are placed in this sequence, instead of drawn ones.
    var script: [KillOrder] = []

    package init(kills: Int, seed: UInt64, connections: Int) {
        self.kills = kills
        self.seed = seed
        self.connections = max(1, connections)
    }
}

/// What can be wrong with a house that was killed.
package enum KillFault: String, CaseIterable, Sendable, Codable, CodingKeyRepresentable {
    /// An acknowledged order is not stored.
    case lost
    /// An order is stored that nobody was told of: one request had two effects.
    case stranger
    /// A request was answered with two different orders, or two requests with the same one.
    case duplicate
    /// An answered request met another answer, or one that does not say that it is a repetition.
    case replayMismatch = "replay-mismatch"
    /// An acknowledged order could not be read just after a restart.
    case invisible
    /// A request got no answer however often it was sent.
    case unanswered
    /// A status that such a request can't have.
    case unexpectedAnswer = "unexpected-answer"
    /// An order has not come to rest in time.
    case unsettled
    /// An order ended as its requests do not allow.
    case astray
    /// An article's stock is not what was counted less what was shipped.
    case stock
    /// The house did not start, stop or answer, so that the run could not go on.
    case brokenOff = "broken-off"
}

package struct KillReport: Sendable, Equatable, Codable {
    package var seed: UInt64
    package var kills = 0
    /// Restarts that were killed before they were of use; not among `kills`.
    package var stumbles = 0
    /// Requests to place an order, and to cancel one, that were sent at least once.
    package var orders = 0
    package var cancels = 0
    /// Requests with an answer, and their statuses.
    package var acked = 0
    package var statuses: [String: Int] = [:]
    /// Requests that were sent again because they had no answer, and how many of them had been
    /// stored all the same.
    package var resent = 0
    package var resentWereStored = 0
    /// Answered requests that were sent again at the end.
    package var replays = 0
    /// Orders that the house has at the end.
    package var stored = 0
    package var audit = AuditReport(isOK: false, failures: ["never run"])
    /// How many of each, also where there is none.
    package private(set) var faults = Dictionary(
        uniqueKeysWithValues: KillFault.allCases.map { ($0, 0) })
    /// The first faults of each kind, one sentence each.
    package private(set) var findings: [String] = []
    /// The slowest start after a kill, until the house listened.
    package var restartMaxMilliseconds = 0.0
    package var seconds = 0.0
    package var passed = false
    /// The folder with the data, kept when it did not pass.
    package var evidence: String?

    private static let findingsMax = 5

    package init(seed: UInt64) { self.seed = seed }

    package subscript(fault: KillFault) -> Int { faults[fault, default: 0] }

    mutating func find(_ fault: KillFault, _ finding: String) {
        faults[fault, default: 0] += 1
        if self[fault] <= Self.findingsMax { findings.append("\(fault.rawValue): \(finding)") }
    }

    /// True when nothing is wrong and the run was worth something.
    var isClean: Bool { audit.isOK && faults.values.allSatisfy { $0 == 0 } && acked > 0 }
}
