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
import ServiceCatalog

package struct Archive {
    private let data: String
    private let plans: [NodePlan]

    package init(data: String) throws {
        guard let charter = try Founding.charter(of: data) else {
            throw HouseFailure.unusableData("There is no house in \(data).")
        }
        self.data = data
        plans = NodePlan.all(charter.topology, shards: charter.orderShards)
    }

    private func reader(_ plan: NodePlan) -> SQLiteReader {
        SQLiteReader(path: "\(data)/nodes/\(plan.name)/store.sqlite")
    }

    /// Hands every matching event to `each` as a JSON object; returns how many there were.
    package func events(
        log wanted: String?, order: String?, after: Int64, limit: Int, each: ([UInt8]) -> Void
    ) throws -> Int {
        let logs = plans.flatMap(\.members).map(\.log.description)
        if let wanted, !logs.contains(wanted) {
            throw HouseFailure.badSettings(
                "There is no log \(wanted); there are \(logs.joined(separator: ", ")).")
        }
        var printed = 0
        for plan in plans {
            let reader = reader(plan)
            for member in plan.members where wanted == nil || wanted == member.log.description {
                try walk(member, reader, after: after) { record in
                    if let order, try member.codec.fact(of: record).correlation != order {
                        return true
                    }
                    guard printed < limit else { return false }
                    var json = JSONWriter(capacity: 512)
                    try member.codec.write(record, to: &json)
                    each(json.bytes)
                    printed += 1
                    return true
                }
            }
        }
        return printed
    }

    private func walk(
        _ member: Member, _ reader: any Reader, after: Int64, _ body: (Record) throws -> Bool
    ) throws {
        var position = after
        while true {
            let frames = try reader.frames(of: member.log, after: position, limit: 10_000)
            guard let last = frames.last else { return }
            for frame in frames {
                for record in try frame.records() where record.position > position {
                    guard try body(record) else { return }
                }
            }
            position = last.last
        }
    }

    /// Hands every matching order to `each` as a JSON object; returns how many there were.
    package func orders(
        id: String?, status: String?, each: ([UInt8]) -> Void
    ) throws -> Int {
        var only: OrderID?
        if let id {
            guard let known = OrderID(text: id) else {
                throw HouseFailure.badSettings("\(id) is not an order's id.")
            }
            only = known
        }
        var found: [(key: OrderID, state: OrderState, version: Int64)] = []
        for plan in plans {
            for member in plan.members {
                guard case .orders = member else { continue }
                found += try fold(OrderDecider.self, member, reader(plan), only)
            }
        }
        let matching = found.filter { status == nil || $0.state.phase.slug == status }
        for (_, state, version) in matching.sorted(by: { $0.key < $1.key }) {
            var json = JSONWriter(capacity: 768)
            OrderView.write(state, version: version, to: &json)
            each(json.bytes)
        }
        return matching.count
    }

    /// Hands every matching message to `each` as a JSON object; returns how many there were.
    package func messages(
        isFailed: Bool, order: String?, each: ([UInt8]) -> Void
    ) throws -> Int {
        var wanted: OrderID?
        if let order {
            guard let known = OrderID(text: order) else {
                throw HouseFailure.badSettings("\(order) is not an order's id.")
            }
            wanted = known
        }
        var found: [MessageState.Open] = []
        for plan in plans {
            for member in plan.members where member == .notifications {
                for entity in try fold(MessageDecider.self, member, reader(plan), nil) {
                    guard case .open(let open) = entity.state,
                        !isFailed || open.phase == .failed,
                        wanted == nil || wanted == open.order
                    else { continue }
                    found.append(open)
                }
            }
        }
        found.sort { ($0.attempts.since, $0.message) < ($1.attempts.since, $1.message) }
        for message in found {
            var json = JSONWriter(capacity: 256)
            MessageView.write(message, to: &json)
            each(json.bytes)
        }
        return found.count
    }

    /// The states at the end of the log: rows as of the mark, and the events after it.
    private func fold<Rules: Decider>(
        _ rules: Rules.Type, _ member: Member, _ reader: any Reader, _ only: Rules.Key?
    ) throws -> [(key: Rules.Key, state: Rules.State, version: Int64)] {
        var states: [Rules.Key: (state: Rules.State, version: Int64, seen: Int64)] = [:]
        let mark = try StoredMark.through(member.log, reader)
        for (index, table) in Rules.Key.tables.enumerated() {
            var after: [UInt8]?
            while true {
                let rows = try reader.rows(
                    in: "\(table)_\(member.log.shard)", after: after, isDueOnly: false,
                    limit: 10_000)
                for row in rows {
                    guard let key = Rules.Key(table: index, bytes: row.key) else {
                        throw StoreFailure.corrupt
                    }
                    if let only, only != key { continue }
                    let stored = try StateRow.read(row.value, of: Rules.State.self)
                    states[key] = (stored.state, stored.version, stored.seen)
                }
                guard rows.count == 10_000 else { break }
                after = rows.last?.key
            }
        }
        try walk(member, reader, after: mark) { record in
            guard let event = try member.codec.fact(of: record) as? Rules.Event else {
                return true
            }
            for (number, key) in Rules.changes(event).enumerated() {
                if let only, only != key { continue }
                var known = states[key] ?? (Rules.initial, 0, 0)
                guard record.position > known.seen else { continue }
                known.state = Rules.evolve(known.state, event, at: key)
                if number == 0 { known.version = record.version }
                known.seen = record.position
                states[key] = known
            }
            return true
        }
        return states.map { ($0.key, $0.value.state, $0.value.version) }
    }
}

extension AuditReport {
    /// The report for people.
    package var text: String {
        var lines = checks.map { check in
            let mark = check.isKept ? "ok    " : "BREACH"
            let breaches =
                check.isKept
                ? "" : "\n         \(check.breaches): \(check.examples.joined(separator: "; "))"
            return "\(mark) \(check.id): \(check.promise)\(breaches)"
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
