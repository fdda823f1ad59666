// SPDX-License-Identifier: Apache-2.0
/// The ledger algebra: every committed event once, in the order of its log, and what it breaks is
/// told at once. It knows the facts only; no state of a decider, no row.
///
/// The ledger owns the logs and hands each event to the checker of its service. The logs of one
/// commit are noted one after another, then `settle` lets the judge compare what several of them
/// say of one order. Logs of different nodes are ordered only by their causes: whatever compares
/// two logs goes by the positions that events answer, never by the order in which they were noted.
/// A fact that is answered but not noted yet is left for later; `checkCauses` says whether it ever
/// existed.

import Contracts
package import Kernel
package import Ports

package final class Ledger {
    let logs: Logs
    /// By number of the service.
    let checkers: [any ServiceChecker]
    /// The same, each with the type of its events. Their references are not counted for each fact.
    private let takers: [(type: ObjectIdentifier, taker: Unmanaged<AnyObject>)]
    let judge: Judge
    var context: CheckContext

    /// For a house that keeps its facts in `names`; other logs among them are passed over.
    /// `capacity` is how many orders to make room for, `retention` how long requests keep their
    /// answers.
    package init(
        logs names: [LogName] = ServiceChecks.logs, capacity: Int = 64,
        retention: Retention = .standard
    ) {
        let services = ServiceChecks.all.map { $0.name }
        logs = Logs(names, of: services)
        checkers = ServiceChecks.all.map { checker in
            checker.init(
                CheckerSettings(
                    checker, among: services, capacity: capacity, retention: retention))
        }
        takers = checkers.map(\.typedTaker)
        judge = Judge(checkers)
        context = CheckContext(orders: OrderNumbers(capacity: capacity))
    }

    package var findings: Findings { context.findings }

    /// The number of a log; nil when it is none of those whose facts are checked.
    package func number(of log: LogName) -> LogNumber? { logs.number(of: log) }

    /// The logs, and how far each was noted.
    package var heads: [LogName: Int64] {
        Dictionary(
            uniqueKeysWithValues: logs.names.enumerated().map { ($1, logs.head(LogNumber($0))) })
    }

    package func head(of log: LogNumber) -> Int64 { logs.head(log) }

    /// How far `source` is answered in `log`; 0 when it never was.
    package func answered(_ source: LogNumber, in log: LogNumber) -> Int64 {
        logs.awaited[log.index * logs.count + source.index]
    }

    /// The epoch under which the next events of `log` were written.
    package func note(epoch: Int64, of log: LogNumber) {
        logs.note(epoch: epoch, of: log, &context.findings)
    }

    /// Takes the event that stands at `place`. In a log of another service it can't be read.
    package func note<Event: Fact>(_ event: Event, at place: Place) {
        logs.note(place, &context.findings)
        let (type, taker) = takers[logs.service(place.log).index]
        guard type == ObjectIdentifier(Event.self) else {
            return context.findings.note(.e11) { "\(logs.name(place.log))/\(place.position)" }
        }
        let heard = Heard(place, logs)
        // SAFETY: what it takes are these events, so it is a taker of them; `checkers` keep it.
        taker._withUnsafeGuaranteedRef { taker in
            unsafeDowncast(taker, to: EventTaker<Event>.self)
                .note(event, at: place, answering: heard, &context)
        }
    }

    /// Compares what the logs say of each order that moved. To be called when a commit, or all that
    /// there is, has been noted.
    package func settle() {
        var found = Findings()
        context.orders.settle { number, order in judge.judge(number, order, logs, &found) }
        if !found.isEmpty { context.findings.absorb(found) }
    }

    /// Demands that every fact that was answered stands in its log. `heads` are the ends of the
    /// logs, read after all events were noted; without them, what was noted is all there is.
    package func checkCauses(heads: [LogName: Int64]? = nil) {
        logs.checkCauses(&context.findings) { number in
            heads.map { $0[logs.name(number)] ?? 0 } ?? logs.head(number)
        }
    }
}
