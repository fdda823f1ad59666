// SPDX-License-Identifier: Apache-2.0
/// Reads a whole house through readers and checks every rule that stored things can break. Nothing
/// is written, and the house may be running.
///
/// A running house moves while it is read, so the order of reading matters: answers first, then
/// the logs in the order of `ServiceChecks`, orders before the facts that they answer, then the
/// books of those who carried them out; cursors, and at last the ends of the logs, which nothing
/// that was read can lie beyond.

import Kernel
package import Ports

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

        /// Between them the stores hold the logs of all services, any shards of each.
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

        /// In the order in which they are read.
        var logs: [LogName] {
            let all = stores.flatMap(\.logs)
            return ServiceChecks.all.flatMap { checker in
                all.filter { $0.service == checker.name }.sorted { $0.shard < $1.shard }
            }
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

    /// By partition: the last position in the log; nothing when it was not read.
    package func ends(of log: LogName, in partitioning: Partitioning) -> [Int64] {
        var ends = Array(repeating: Int64(0), count: Int(partitioning.count))
        for (bucket, end) in (snapshot.logs.first { $0.log == log }?.ends ?? []).enumerated() {
            let partition = Int(partitioning.of(bucket: UInt16(bucket)))
            ends[partition] = max(ends[partition], end)
        }
        return ends
    }

    private let source: Source
    private var answers: StoredAnswers
    private var reference = ReferenceHouse()

    /// Reads and checks everything.
    package init(_ source: Source) throws {
        self.source = source
        answers = StoredAnswers(retention: source.retention)
        ledger = Ledger(
            logs: source.logs, capacity: source.capacity, retention: source.retention)
        snapshot = Snapshot(
            outside: Outside(account: { _ in nil }, parcel: { _ in nil }),
            isAtRest: source.isAtRest)
        try readAnswers()
        try readLogs()
        ledger.settle()
        answers.checkOrders(ledger, &findings)
        try readAnswers()
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

    private mutating func readAnswers() throws {
        for log in ledger.logs.names {
            try answers.read(log, source.reader(log), chain: source.chain, &findings)
        }
    }

    private mutating func readLogs() throws {
        var house = reference
        let isAtRest = source.isAtRest
        for log in ledger.logs.names {
            guard let number = ledger.number(of: log) else { continue }
            let checker = ledger.checkers[ledger.logs.service(number).index]
            let fold = try checker.fold(
                log, from: source.reader(log), chain: source.chain, into: ledger,
                hear: isAtRest ? { house.hear($0) } : nil)
            snapshot.logs.append(fold)
        }
        reference = house
    }

    private mutating func checkProgress() throws {
        var progress = Progress()
        for store in source.stores { try progress.readConsumers(store.reader) }
        for store in source.stores { try progress.readHeads(store.reader) }
        progress.check(ledger, isAtRest: source.isAtRest, &findings)
        ledger.checkCauses(heads: progress.heads)
    }

    private mutating func count() {
        let events = snapshot.logs.reduce(0) { $0 + $1.events }
        counts = ledger.checkers.compactMap { $0.total(in: snapshot) }
        counts.insert(("events", events), at: min(1, counts.count))
        counts += ledger.checkers.flatMap { $0.remarks(in: snapshot) }
    }
}
