// SPDX-License-Identifier: Apache-2.0
/// How far each log has been published and heard, and what was set aside on the way.

import Kernel
package import NodeEngine
package import Ports

/// What the stores of a house say of their progress. Read the cursors before the heads: what is
/// heard was logged before.
package struct Progress: Sendable {
    /// A consumer's place in a log that it follows, or in one partition of it.
    package struct Consumer: Sendable, Equatable {
        package let consumer: LogName
        package let source: LogName
        package let partition: Int?
        package let position: Int64

        package init(consumer: LogName, source: LogName, partition: Int?, position: Int64) {
            self.consumer = consumer
            self.source = source
            self.partition = partition
            self.position = position
        }
    }

    package var consumers: [Consumer] = []
    /// How far each log is published; only logs that a publisher carries.
    package var published: [LogName: OutboxCheckpoint] = [:]
    package var parked: [ParkedItem] = []
    /// Where each log ends.
    package var heads: [LogName: Int64] = [:]

    package init() {}

    /// Reads what `reader`'s store says of consumers, publishers and parked facts.
    package mutating func readConsumers(_ reader: any Reader) throws {
        try reader.eachRow(in: "cursors") { row in
            guard let consumer = Self.consumer(row) else { throw StoreFailure.corrupt }
            consumers.append(consumer)
        }
        try reader.eachRow(in: OutboxCheckpoint.table) { row in
            guard let log = LogName(text: String(decoding: row.key, as: UTF8.self)) else {
                throw StoreFailure.corrupt
            }
            published[log] = try OutboxCheckpoint(row)
        }
        try reader.eachRow(in: Parking.table) { parked.append(try ParkedItem(value: $0.value)) }
    }

    package mutating func readHeads(_ reader: any Reader) throws {
        for (log, head) in try reader.contents().heads { heads[log] = head.position }
    }

    /// A cursor's row: `consumer<source`, with `#partition` where it follows a bus.
    private static func consumer(_ row: Row) -> Consumer? {
        let parts = String(decoding: row.key, as: UTF8.self).split(separator: "<")
        guard parts.count == 2, let consumer = LogName(text: parts[0]) else { return nil }
        let source = parts[1].split(separator: "#")
        guard let log = source.first.flatMap({ LogName(text: $0) }) else { return nil }
        var reader = WireReader(binary: row.value)
        guard let position = try? reader.varint() else { return nil }
        return Consumer(
            consumer: consumer, source: log,
            partition: source.count > 1 ? Int(source[1]) : nil, position: position)
    }

    /// Checks what holds at every moment and, when `isAtRest`, that nothing is left to be done.
    package func check(_ ledger: Ledger, isAtRest: Bool, _ findings: inout Findings) {
        for consumer in consumers {
            findings.demand(
                consumer.position <= heads[consumer.source] ?? 0, .q2,
                "\(consumer.consumer) is at \(consumer.source)/\(consumer.position)")
        }
        checkEffects(ledger, &findings)
        for (log, checkpoint) in published {
            findings.demand(
                checkpoint.through <= heads[log] ?? 0, .q2, "\(log) is published beyond")
            findings.demand(
                checkpoint.last.allSatisfy { $0 <= checkpoint.through }, .q2,
                "\(log): the publisher's mark")
        }
        for item in parked {
            findings.demand(
                item.position <= heads[item.source] ?? 0 && item.position <= reach(item), .e9,
                "\(item.consumer): parked \(item.source)/\(item.position) before it was heard")
        }
        if isAtRest { checkRest(&findings) }
    }

    /// What a fact led to is stored with the cursor that passed it.
    private func checkEffects(_ ledger: Ledger, _ findings: inout Findings) {
        for name in ledger.heads.keys {
            guard let log = ledger.number(of: name) else { continue }
            for source in ledger.heads.keys {
                guard let number = ledger.number(of: source) else { continue }
                let answered = ledger.answered(number, in: log)
                findings.demand(
                    answered == 0 || answered <= reach(name, source), .e8,
                    "\(name) answers \(source)/\(answered), which it has not passed")
            }
        }
    }

    private func reach(_ item: ParkedItem) -> Int64 { reach(item.consumer, item.source) }

    private func reach(_ consumer: LogName, _ source: LogName) -> Int64 {
        consumers.filter { $0.consumer == consumer && $0.source == source }.map(\.position).max()
            ?? 0
    }

    private func checkRest(_ findings: inout Findings) {
        check(against: self, &findings)
        findings.demand(parked.isEmpty, .l1, "\(parked.count) facts are parked")
    }

    /// Demands that all that there was at `before` has been published and heard since.
    package func check(against before: Progress, _ findings: inout Findings) {
        for (log, checkpoint) in published {
            let end = before.heads[log] ?? 0
            findings.demand(
                checkpoint.through >= end, .e3,
                "\(log) is published to \(checkpoint.through) of \(end)")
        }
        for consumer in consumers {
            let end = before.end(of: consumer)
            findings.demand(
                consumer.position >= end, .l1,
                "\(consumer.consumer) is at \(consumer.source)/\(consumer.position) of \(end)")
        }
    }

    /// Where the log ends that `consumer` follows, or its partition.
    private func end(of consumer: Consumer) -> Int64 {
        consumer.partition.map { published[consumer.source]?.last[$0] ?? 0 }
            ?? heads[consumer.source] ?? 0
    }
}
