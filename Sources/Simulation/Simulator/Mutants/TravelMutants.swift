// SPDX-License-Identifier: Apache-2.0
/// Planted bugs in how facts travel: between the desks of a node, and over a bus.

import Invariants
import Kernel
import NodeEngine
import Ports
import Synchronization

extension Mutant {
    static let travels = [
        Mutant("desk-hears-facts-twice", trips: .e7, desk: .hearsTwice),
        Mutant("desk-skips-some-facts", trips: .o5, desk: .skipsFacts),
        Mutant("bus-gaps-are-passed-over", trips: .o5) { cast in
            let seen = Mutex<[Place: Int64]>([:])
            cast.message = { message, node in
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
        Mutant("courier-moves-on-though-refused", trips: .e4, needs: .bus) {
            $0.courier = .movesOn
        },
        Mutant("courier-publishes-backwards", trips: .e6) {
            $0.publication = { $0.reversed() }
        },
        Mutant("courier-gives-up-when-refused", trips: .l1, needs: .bus) {
            $0.courier = .givesUp
        },
        Mutant("courier-tells-of-what-is-not-committed", trips: .e5) { cast in
            cast.publication = { messages in
                messages.map { $0.isBeacon ? $0.moved(position: $0.position + 7) : $0 }
            }
        },
        Mutant("courier-mixes-the-partitions-up", trips: .e4) { cast in
            cast.publication = { messages in
                messages.map { $0.isBeacon ? $0 : $0.moved(partition: $0.partition & ~1) }
            }
        },
    ]

    private struct Place: Hashable {
        let node: Int
        let log: LogName
        let partition: UInt16
    }
}

extension BusMessage {
    fileprivate func moved(
        partition: UInt16? = nil, position: Int64? = nil, previous: Int64? = nil
    ) -> BusMessage {
        BusMessage(
            log: log, epoch: epoch, epochBase: epochBase, partition: partition ?? self.partition,
            position: position ?? self.position, previous: previous ?? self.previous, key: key,
            name: name, payload: payload)
    }
}

/// A desk that does with the facts of others what it must not.
final class BentDesk: AnyDesk {
    enum Flaw: Sendable { case hearsTwice, skipsFacts }

    private let base: any AnyDesk
    private let flaw: Flaw
    private var heard = 0

    init(_ base: any AnyDesk, _ flaw: Flaw) {
        self.base = base
        self.flaw = flaw
    }

    func take(_ facts: [News], from log: LogName) {
        switch flaw {
        case .hearsTwice: base.take(facts + facts, from: log)
        case .skipsFacts:
            let kept = facts.filter { _ in
                heard += 1
                return !heard.isMultiple(of: 40)
            }
            base.take(kept, from: log)
        }
    }

    var log: LogName { base.log }
    var hears: [String] { base.hears }
    var codec: LogCodec { base.codec }
    var head: Int64 { base.head }
    var parking: Parking {
        get { base.parking }
        set { base.parking = newValue }
    }
    var hasWork: Bool { base.hasWork }
    var nextDue: Timestamp? { base.nextDue }
    var hasUnstored: Bool { base.hasUnstored }

    func exchangeNews(_ empty: inout [News]) { base.exchangeNews(&empty) }
    func take(_ submission: Submission) { base.take(submission) }
    func takeDue(by now: Timestamp, limit: Int) -> Int { base.takeDue(by: now, limit: limit) }
    func load(from store: any Store) throws { try base.load(from: store) }

    func decide(_ moments: inout Moments, note: any PoisonNote) throws {
        try base.decide(&moments, note: note)
    }

    func render() { base.render() }

    func collect(into batch: inout Batch, at now: Timestamp, chain: any Chain, isIdle: Bool) {
        base.collect(into: &batch, at: now, chain: chain, isIdle: isIdle)
    }

    func settle(
        _ turn: inout Turn, desk: Int, recent: (any RecentRows)?, now: Timestamp
    ) {
        base.settle(&turn, desk: desk, recent: recent, now: now)
    }

    func forget(_ turn: inout Turn, problem: Problem, now: Timestamp) {
        base.forget(&turn, problem: problem, now: now)
    }

    func open(_ contents: StoreContents, store: any Store) throws {
        try base.open(contents, store: store)
    }

    func isCommitted(in contents: StoreContents) -> Bool? { base.isCommitted(in: contents) }
    func begin(epoch: Int64) { base.begin(epoch: epoch) }
    func publishUnstored(to recent: any RecentRows) { base.publishUnstored(to: recent) }

    func expireReplies(
        before horizon: Timestamp, from store: any Store, into batch: inout Batch
    ) throws {
        try base.expireReplies(before: horizon, from: store, into: &batch)
    }
}
