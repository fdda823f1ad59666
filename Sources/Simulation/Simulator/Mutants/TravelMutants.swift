// SPDX-License-Identifier: Apache-2.0
/// Planted bugs in how facts travel, between the runners of a node and over a bus, and in what a
/// node goes by: the time, and how much it takes on.

import Invariants
import Kernel
import NodeEngine
import OrdersService
import PaymentsService
import Ports
import ServiceModel
import Synchronization

extension Mutant {
    static let travels = [
        Mutant("runner-hears-facts-twice", trips: .e7, runner: .hearsTwice),
        Mutant("runner-skips-some-facts", trips: .o5, runner: .skipsFacts),
        Mutant("bus-gaps-are-passed-over", trips: .o5) { overrides in
            let seen = Mutex<[Place: Int64]>([:])
            overrides.message = { message, node in
                let place = Place(node: node, log: message.log, partition: message.partition)
                let last = seen.withLock { seen in
                    let last = seen[place] ?? 0
                    seen[place] = max(last, message.position)
                    return last
                }
                guard !message.isBeacon, message.position > last else { return message }
                return message.moved(previous: last)
            }
        },
        Mutant("publisher-moves-on-though-refused", trips: .e4, needs: .bus) {
            $0.publisher = .movesOn
        },
        Mutant("publisher-publishes-backwards", trips: .e6) {
            $0.publication = { $0.reversed() }
        },
        Mutant("publisher-gives-up-when-refused", trips: .l1, needs: .bus) {
            $0.publisher = .givesUp
        },
        Mutant("publisher-waits-for-an-hour-when-refused", trips: .e3, needs: .bus) {
            $0.publisher = .triesMuchLater
        },
        Mutant("publisher-tells-of-what-is-not-committed", trips: .e5) { overrides in
            overrides.publication = { messages in
                messages.map { $0.isBeacon ? $0.moved(position: $0.position + 7) : $0 }
            }
        },
        Mutant("publisher-mixes-the-partitions-up", trips: .e4) { overrides in
            overrides.publication = { messages in
                messages.map { $0.isBeacon ? $0 : $0.moved(partition: $0.partition & ~1) }
            }
        },
    ]

    static let shells = [
        Mutant("order-timers-by-another-clock", trips: .g5, needs: .clocks, hasty: Orders.name),
        Mutant(
            "payment-retries-by-another-clock", trips: .g5, needs: .clocks, hasty: Payments.name),
        Mutant("mailbox-and-slots-without-a-bound", trips: .l4) { $0.bound = { _ in .max } },
        Mutant("mailbox-and-slots-with-room-for-one-more", trips: .l4) { $0.bound = { $0 + 1 } },
        Mutant("slots-held-by-one-sick-key", trips: .l5) {
            $0.slots = .endWithTheirBatch
        },
        Mutant("slots-full-counts-as-an-attempt", trips: .g7) {
            $0.report = { report, _ in report.telling(limit: .max) }
            $0.isRefusedByTheHouse = true
        },
        Mutant("slots-full-and-leases-end-in-the-queue", trips: .g7, needs: .mail) {
            $0.report = { report, worker in
                worker == SimulatedWorkers.mails ? report.telling(limit: .max) : report
            }
        },
        Mutant("slots-never-come-back", trips: .l1) {
            $0.report = { report, _ in report.telling(ended: 0) }
        },
        Mutant("breakers-pause-for-an-hour", trips: .l1, needs: .provider) {
            $0.breakerPause = .hours(1)
        },
        Mutant("slots-all-taken-by-retries", trips: .l2, needs: .provider) {
            $0.report = { report, _ in report.telling(endedRetries: .max / 2) }
        },
        Mutant("timers-wait-for-the-wall-clock", trips: .l7, needs: .clocks) {
            $0.time = { told, wall, last in max(last, min(told, wall)) }
        },
        Mutant("clock-is-believed-at-once-when-it-jumps-ahead", trips: .l7, needs: .clocks) {
            $0.time = { told, wall, _ in max(told, wall) }
        },
        Mutant("timers-stay-where-a-wrong-clock-left-them", trips: .l1, needs: .clocks,
            runner: .keepsTimers),
        Mutant("ids-follow-the-clock-back", trips: .o11, needs: .clocks) {
            $0.idTime = { _, wall in wall }
        },
        Mutant("ids-forget-the-last-one-at-a-start", trips: .o11, needs: .clocks) {
            $0.lastID = { _ in nil }
        },
    ]

    /// The runners of one service go by the clock that is ahead of all others.
    private init(_ name: String, trips rule: Rule, needs: FaultFamily, hasty service: String) {
        self.init(name, trips: rule, needs: needs) { overrides in
            let ahead = Mutex(Timestamp(milliseconds: 0))
            let original = overrides.runner
            overrides.runner = { role, limits in
                HastyRunner(
                    original(role, limits), isHasty: role.log.service == service
                ) { own in
                    ahead.withLock { ahead in
                        ahead = max(ahead, own)
                        return ahead
                    }
                }
            }
        }
    }

    private struct Place: Hashable {
        let node: Int
        let log: LogName
        let partition: UInt16
    }
}

extension SlotReport {
    fileprivate func telling(
        ended: Int? = nil, endedRetries: Int? = nil, limit: Int? = nil
    ) -> SlotReport {
        SlotReport(
            runner: runner, operation: operation, ended: ended ?? self.ended,
            endedRetries: endedRetries ?? self.endedRetries, limit: limit ?? self.limit,
            retryLimit: limit.map { $0 / 2 } ?? retryLimit)
    }
}

extension BusMessage {
    fileprivate func moved(
        partition: UInt16? = nil, position: Int64? = nil, previous: Int64? = nil
    ) -> BusMessage {
        guard let provenance else {
            return BusMessage(
                beaconOf: log, epoch: epoch, epochBase: epochBase,
                partition: partition ?? self.partition, position: position ?? self.position)
        }
        return BusMessage(
            log: log, epoch: epoch, epochBase: epochBase, partition: partition ?? self.partition,
            position: position ?? self.position, previous: previous ?? self.previous, key: key,
            name: name, payload: payload, provenance: provenance)
    }
}

/// A runner that does not go by the time of its node. All runners tell it theirs.
private final class HastyRunner: DecoratedRunner {
    let base: any AnyServiceRunner
    private let isHasty: Bool
    private let tell: (Timestamp) -> Timestamp
    private var now = Timestamp(milliseconds: 0)

    init(_ base: any AnyServiceRunner, isHasty: Bool, tell: @escaping (Timestamp) -> Timestamp) {
        self.base = base
        self.isHasty = isHasty
        self.tell = tell
    }

    func takeDue(by own: Timestamp, limit: Int) -> Int {
        let ahead = tell(own)
        now = isHasty ? ahead : own
        return base.takeDue(by: now, limit: limit)
    }

    func decide(_ moments: inout Moments, note: any PoisonNote) throws {
        guard isHasty, now > moments.at else { return try base.decide(&moments, note: note) }
        var others = Moments(at: now, seed: UInt64(bitPattern: head))
        try base.decide(&others, note: note)
    }
}

/// A runner that does with the facts of others what it must not.
final class BentRunner: DecoratedRunner {
    enum Flaw: Sendable { case hearsTwice, skipsFacts, keepsTimers }

    let base: any AnyServiceRunner
    private let flaw: Flaw
    private var heard = 0

    init(_ base: any AnyServiceRunner, _ flaw: Flaw) {
        self.base = base
        self.flaw = flaw
    }

    func take(_ facts: [LoggedFact], from log: LogName) {
        switch flaw {
        case .hearsTwice: base.take(facts + facts, from: log)
        case .skipsFacts:
            let kept = facts.filter { _ in
                heard += 1
                return !heard.isMultiple(of: 40)
            }
            base.take(kept, from: log)
        case .keepsTimers: base.take(facts, from: log)
        }
    }

    func retime(by shift: Span, after last: Timestamp, at now: Timestamp) {
        if flaw != .keepsTimers { base.retime(by: shift, after: last, at: now) }
    }
}
