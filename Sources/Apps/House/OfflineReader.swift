// SPDX-License-Identifier: Apache-2.0
/// Reads a house's files without running it: events, and orders and messages folded from them.

import Contracts
import JSONCodec
import Kernel
import NodeEngine
import NotificationsDomain
import NotificationsService
import OrdersDomain
import OrdersService
import Ports
import SQLiteAdapter
import ServiceModel

package struct OfflineReader {
    private let data: String
    private let plans: [NodePlan]

    package init(data: String) throws {
        guard let manifest = try DataDirectory.manifest(of: data) else {
            throw HouseFailure.unusableData("There is no house in \(data).")
        }
        self.data = data
        plans = manifest.plans
    }

    private func reader(_ plan: NodePlan) -> SQLiteReader {
        SQLiteReader(path: "\(data)/nodes/\(plan.name)/store.sqlite")
    }

    /// Hands every matching event to `each` as a JSON object; returns how many there were.
    package func events(
        log wanted: String?, order: String?, after: Int64, limit: Int, each: ([UInt8]) -> Void
    ) throws -> Int {
        let logs = plans.flatMap(\.shards).map(\.log.description)
        if let wanted, !logs.contains(wanted) {
            throw HouseFailure.badSettings(
                "There is no log \(wanted); there are \(logs.joined(separator: ", ")).")
        }
        var printed = 0
        for plan in plans {
            let reader = reader(plan)
            for shard in plan.shards where wanted == nil || wanted == shard.log.description {
                try walk(shard, reader, after: after) { record in
                    if let order, try shard.codec.fact(of: record).correlation != order {
                        return true
                    }
                    guard printed < limit else { return false }
                    var json = JSONWriter(capacity: 512)
                    try shard.codec.write(record, to: &json)
                    each(json.bytes)
                    printed += 1
                    return true
                }
            }
        }
        return printed
    }

    private func walk(
        _ shard: ServiceShard, _ reader: any Reader, after: Int64, _ body: (Record) throws -> Bool
    ) throws {
        var position = after
        while true {
            let frames = try reader.frames(of: shard.log, after: position, limit: 10_000)
            guard let last = frames.last else { return }
            for frame in frames {
                for record in try frame.records() where record.position > position {
                    guard try body(record) else { return }
                }
            }
            position = last.last
        }
    }

    /// What `orders` found.
    package struct Listing {
        package var printed = 0
        /// Orders whose stored state, or a later event, can't be read.
        package var unreadable = 0
    }

    /// Hands every matching order to `each` as a JSON object. One that can't be read is handed on
    /// with its id and the status `unreadable`.
    package func orders(
        id: String?, status: String?, each: ([UInt8]) -> Void
    ) throws -> Listing {
        var only: OrderID?
        if let id {
            guard let known = OrderID(text: id) else {
                throw HouseFailure.badSettings("\(id) is not an order's id.")
            }
            only = known
        }
        var found = EntityFold<OrderDecider>()
        for plan in plans {
            for shard in plan.shards where shard.log.service == Orders.name {
                try fold(shard, reader(plan), only, into: &found)
            }
        }
        var listing = Listing(unreadable: found.unreadableCount)
        for id in found.unreadable.union(found.states.keys).sorted() {
            let order = found.states[id]
            guard status == nil || (order?.state.phase.slug ?? OrderView.unreadable) == status
            else { continue }
            var json = JSONWriter(capacity: 768)
            if let order {
                OrderView.write(order.state, version: order.version, to: &json)
            } else {
                OrderView.write(unreadable: id, to: &json)
            }
            each(json.bytes)
            listing.printed += 1
        }
        return listing
    }

    /// Hands every matching message to `each` as a JSON object; returns what was listed.
    package func messages(
        isFailed: Bool, order: String?, each: ([UInt8]) -> Void
    ) throws -> Listing {
        var wanted: OrderID?
        if let order {
            guard let known = OrderID(text: order) else {
                throw HouseFailure.badSettings("\(order) is not an order's id.")
            }
            wanted = known
        }
        var found = EntityFold<MessageDecider>()
        for plan in plans {
            for shard in plan.shards where shard.log.service == Notifications.name {
                try fold(shard, reader(plan), nil, into: &found)
            }
        }
        let matching = found.states.values.compactMap { entity -> MessageState.Open? in
            guard case .open(let open) = entity.state, !isFailed || open.phase == .failed,
                wanted == nil || wanted == open.order
            else { return nil }
            return open
        }
        let order = matching.sorted { ($0.queuedAt, $0.message) < ($1.queuedAt, $1.message) }
        for message in order {
            var json = JSONWriter(capacity: 256)
            MessageView.write(message, to: &json)
            each(json.bytes)
        }
        return Listing(printed: order.count, unreadable: found.unreadableCount)
    }

    /// Adds the states at the end of the log: rows as of the checkpoint, and the events after it.
    private func fold<Rules: Decider>(
        _ shard: ServiceShard, _ reader: any Reader, _ only: Rules.Key?,
        into found: inout EntityFold<Rules>
    ) throws {
        let checkpoint = try StoredCheckpoint.through(shard.log, reader)
        for (index, table) in Rules.Key.tables.enumerated() {
            var after: [UInt8]?
            while true {
                let rows = try reader.rows(
                    in: "\(table)_\(shard.log.shard)", after: after, isDueOnly: false,
                    limit: 10_000)
                for row in rows {
                    guard let key = Rules.Key(table: index, bytes: row.key) else {
                        if only == nil { found.foreignKeys += 1 }
                        continue
                    }
                    if only == nil || only == key { found.add(row, key) }
                }
                guard rows.count == 10_000 else { break }
                after = rows.last?.key
            }
        }
        try walk(shard, reader, after: checkpoint) { record in
            guard let key = Rules.Key(table: record.stream.table, bytes: record.stream.key),
                only == nil || only == key
            else { return true }
            found.add(record, key, try? shard.codec.fact(of: record) as? Rules.Event)
            return true
        }
    }
}

/// Entities, each changed by events of its own stream only, as their rows and later events make
/// them.
private struct EntityFold<Rules: Decider> {
    private(set) var states: [Rules.Key: (state: Rules.State, version: Int64, seen: Int64)] = [:]
    private(set) var unreadable: Set<Rules.Key> = []
    /// Rows that are kept under no entity's key.
    var foreignKeys = 0

    var unreadableCount: Int { unreadable.count + foreignKeys }

    mutating func add(_ row: Row, _ key: Rules.Key) {
        guard let stored = try? StateRow.read(row.value, of: Rules.State.self) else {
            unreadable.insert(key)
            return
        }
        states[key] = (stored.state, stored.version, stored.seen)
    }

    /// `event` is nil when the record can't be read.
    mutating func add(_ record: Record, _ key: Rules.Key, _ event: Rules.Event?) {
        let known = states[key] ?? (Rules.initial, 0, 0)
        guard record.position > known.seen, !unreadable.contains(key) else { return }
        guard let event else {
            unreadable.insert(key)
            states[key] = nil
            return
        }
        states[key] = (
            Rules.evolve(known.state, event, at: key), record.version, record.position
        )
    }
}

extension AuditReport {
    /// The report for people.
    package var text: String {
        var lines = checks.map { check in
            let checkpoint = check.isKept ? "ok    " : "BREACH"
            let breaches =
                check.isKept
                ? "" : "\n         \(check.breaches): \(check.examples.joined(separator: "; "))"
            return "\(checkpoint) \(check.id): \(check.promise)\(breaches)"
        }
        lines.append(counts.map { "\($0.count) \($0.name)" }.joined(separator: ", "))
        lines += owed.map { calls in
            "owed: \(calls.count) × \(calls.service) \(calls.operation), the oldest for "
                + "\(calls.oldestSeconds) s"
        }
        lines.append(isGreen ? "The audit is green." : "The audit found breaches.")
        return lines.joined(separator: "\n")
    }
}
