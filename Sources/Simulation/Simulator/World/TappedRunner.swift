// SPDX-License-Identifier: Apache-2.0
/// Listens at a runner: the facts of each batch are handed over when the batch is committed, and
/// forgotten when it is not.

import Kernel
import NodeEngine
import Ports

/// Facts of one log that have just become durable.
struct CommittedFacts {
    let role: Int
    let logged: [LoggedFact]
}

/// Where the runners of a node put what they committed, until the world collects it.
final class Tap {
    private(set) var committed: [CommittedFacts] = []
    /// Facts of batches that came to nothing; kept only when somebody wants them.
    var forgotten: [any Fact]?

    func put(_ logged: CommittedFacts) { committed.append(logged) }

    func drain(_ body: (CommittedFacts) -> Void) {
        for logged in committed { body(logged) }
        committed.removeAll(keepingCapacity: true)
    }
}

final class TappedRunner: DecoratedRunner {
    let base: any AnyServiceRunner
    private let role: Int
    private let tap: Tap
    private var heard: [LoggedFact] = []

    init(_ base: any AnyServiceRunner, role: Int, tap: Tap) {
        self.base = base
        self.role = role
        self.tap = tap
    }

    func exchangeNewFacts(_ empty: inout [LoggedFact]) {
        base.exchangeNewFacts(&empty)
        heard.append(contentsOf: empty)
    }

    func settle(
        _ turn: inout Turn, runner: Int, recent: (any RecentRows)?, now: Timestamp
    ) {
        base.settle(&turn, runner: runner, recent: recent, now: now)
        guard !heard.isEmpty else { return }
        tap.put(CommittedFacts(role: role, logged: heard))
        heard.removeAll(keepingCapacity: true)
    }

    func forget(_ turn: inout Turn, problem: Problem, now: Timestamp) {
        if tap.forgotten != nil { tap.forgotten?.append(contentsOf: heard.map(\.fact)) }
        heard.removeAll(keepingCapacity: true)
        base.forget(&turn, problem: problem, now: now)
    }
}
