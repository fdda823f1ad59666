// SPDX-License-Identifier: Apache-2.0
/// Reads a whole house through readers and checks every rule that stored things can break. Nothing
/// is written, and the house may be running.
///
/// A running house moves while it is read, so the order of reading matters: answers first, then the
/// orders that they tell of, then the facts that orders answer, then the books of those who carried
/// them out; cursors, and at last the ends of the logs, which nothing that was read can lie beyond.

import InventoryService
import NotificationsService
import OrdersDomain
import OrdersService
import PaymentsService
package import Ports
import ShippingService

package struct Inspection {
    /// One store of the house, and the logs that it holds.
    package struct Store {
        package let logs: [LogName]
        package let reader: any Reader

        package init(logs: [LogName], reader: any Reader) {
            self.logs = logs
            self.reader = reader
        }
    }

    /// Where to read, and by what.
    package struct Source {
        package let stores: [Store]
        package let chain: any Chain
        /// Opened when the logs are read.
        package let outside: () throws -> Outside
        /// Faults have stopped and nothing moves any more.
        package let isAtRest: Bool
        /// How many orders to make room for.
        package let capacity: Int
        /// How long requests keep their answers.
        package let retention: Retention

        /// Between them the stores hold the logs of all contexts.
        package init(
            stores: [Store], chain: any Chain, outside: @escaping () throws -> Outside,
            isAtRest: Bool = false, capacity: Int = 64, retention: Retention = .standard
        ) {
            self.stores = stores
            self.chain = chain
            self.outside = outside
            self.isAtRest = isAtRest
            self.capacity = capacity
            self.retention = retention
        }

        var orderShards: Int {
            stores.flatMap(\.logs).count { $0.service == Orders.name }
        }

        func reader(_ log: LogName) -> any Reader {
            guard let store = stores.first(where: { $0.logs.contains(log) }) else {
                preconditionFailure("every log is kept in some store")
            }
            return store.reader
        }
    }

    package private(set) var findings = Findings()
    /// What was read, by name, for people.
    package private(set) var counts: [(name: String, count: Int)] = []
    package private(set) var snapshot: Snapshot
    package private(set) var ledger: Ledger

    /// By log and partition: the last position.
    package private(set) var ends: [LogName: [Int64]] = [:]

    private let source: Source
    private var answers: StoredAnswers
    private var reference = ReferenceHouse()
    private var events = 0

    /// Reads and checks everything.
    package init(_ source: Source) throws {
        self.source = source
        answers = StoredAnswers(retention: source.retention)
        ledger = Ledger(
            orderShards: source.orderShards, capacity: source.capacity,
            retention: source.retention)
        snapshot = Snapshot(
            outside: Outside(account: { _ in nil }, parcel: { _ in nil }),
            isAtRest: source.isAtRest)
        for shard in 0..<source.orderShards { try readOrders(shard) }
        try readOthers()
        ledger.settle()
        try readAnswers(of: ledger.logs.names)
        answers.checkAnswers(ledger, &findings)
        snapshot.outside = try source.outside()
        snapshot.check(ledger, &findings)
        if source.isAtRest { reference.check(snapshot, &findings) }
        try checkProgress()
        // What is broken in a log comes first: the rest follows from it.
        var all = ledger.findings
        all.absorb(findings)
        findings = all
        count()
    }

    private mutating func readOrders(_ shard: Int) throws {
        let log = LogName(Orders.name, shard)
        try readAnswers(of: [log])
        let isAtRest = source.isAtRest
        var house = reference
        let fold = try LogFold(
            Orders.self, shard: shard, reader: source.reader(log), chain: source.chain,
            ledger: &ledger
        ) {
            $0.note($1, at: $2)
            if isAtRest { house.hear($1) }
        }
        reference = house
        answers.checkOrders(ledger, &findings)
        snapshot.orders.append(fold.entities)
        events += fold.events
        ends[log] = fold.ends
    }

    private mutating func readAnswers(of logs: [LogName]) throws {
        for log in logs {
            try answers.read(log, source.reader(log), chain: source.chain, &findings)
        }
    }

    private mutating func readOthers() throws {
        let chain = source.chain
        let isAtRest = source.isAtRest
        var house = reference
        let stock = try LogFold(
            Inventory.self, reader: source.reader(LogName(Inventory.name)), chain: chain,
            ledger: &ledger
        ) {
            $0.note($1, at: $2)
            if isAtRest { house.hear($1) }
        }
        let payments = try LogFold(
            Payments.self, reader: source.reader(LogName(Payments.name)), chain: chain,
            ledger: &ledger
        ) {
            $0.note($1, at: $2)
            if isAtRest { house.hear($1) }
        }
        let shipments = try LogFold(
            Shipping.self, reader: source.reader(LogName(Shipping.name)), chain: chain,
            ledger: &ledger
        ) {
            $0.note($1, at: $2)
            if isAtRest { house.hear($1) }
        }
        let messages = try LogFold(
            Notifications.self, reader: source.reader(LogName(Notifications.name)), chain: chain,
            ledger: &ledger
        ) { $0.note($1, at: $2) }
        reference = house
        ends[stock.log] = stock.ends
        ends[payments.log] = payments.ends
        ends[shipments.log] = shipments.ends
        ends[messages.log] = messages.ends
        snapshot.stock = stock.entities
        snapshot.payments = payments.entities
        snapshot.shipments = shipments.entities
        snapshot.messages = messages.entities
        events += stock.events + payments.events + shipments.events + messages.events
    }

    private mutating func checkProgress() throws {
        var progress = Progress()
        for store in source.stores { try progress.readConsumers(store.reader) }
        for store in source.stores { try progress.readHeads(store.reader) }
        progress.check(ledger, isAtRest: source.isAtRest, &findings)
        ledger.checkCauses(heads: progress.heads)
    }

    private mutating func count() {
        let orders = snapshot.orders.reduce(0) { $0 + $1.count }
        let open = snapshot.orders.reduce(0) { sum, shard in
            sum + shard.values.count { !$0.state.isAtRest }
        }
        counts = [
            ("orders", orders), ("events", events), ("payments", snapshot.payments.count),
            ("shipments", snapshot.shipments.count), ("messages", snapshot.messages.count),
            ("open orders", open), ("exceptions", snapshot.exceptions),
            ("failed messages", snapshot.failedMessages),
        ]
    }
}
