// SPDX-License-Identifier: Apache-2.0
/// Everything that a house knows at a moment, and what is to be found out about it.

package import Kernel
package import NodeEngine

/// The entities of all services, as their logs make them.
package struct Snapshot {
    package var logs: [any FoldedLog] = []
    package var outside: Outside
    /// Faults have stopped and nothing moves any more.
    package let isAtRest: Bool

    package init(outside: Outside, isAtRest: Bool = false) {
        self.outside = outside
        self.isAtRest = isAtRest
    }

    /// The logs of one service, each with its entities.
    package func shards<S: Service>(of service: S.Type) -> [LogFold<S>] {
        logs.compactMap { $0 as? LogFold<S> }
    }

    /// Checks all entities against each other, against `ledger`, to which their events were noted,
    /// and against the books outside.
    package func check(_ ledger: Ledger, _ findings: inout Findings) {
        let orders = ledger.context.orders
        for checker in ledger.checkers { checker.check(self, orders, &findings) }
        guard isAtRest else { return }
        ledger.judge.checkRest(orders, &findings)
        ledger.judge.checkArticles(&findings)
    }

    /// What the house owes to the outside as of `now`, by service and operation: calls that are
    /// under way, due, or to be tried again.
    package func owedCalls(at now: Timestamp) -> [(service: String, calls: OwedCalls)] {
        ServiceChecks.all.flatMap { checker in
            checker.owedCalls(in: self, at: now).map { (checker.name, $0) }
        }
    }
}
