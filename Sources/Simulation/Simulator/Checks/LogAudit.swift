// SPDX-License-Identifier: Apache-2.0
/// Reads every stored byte of a world at rest: the chain of each log, the numbers of its events,
/// and whether the rows are what the log makes of them.

import Contracts
import InventoryService
import Kernel
import NodeEngine
import NotificationsService
import OrdersService
import PaymentsService
import Ports
import ShippingService

package struct LogAudit {
    private let snapshot: Snapshot

    package init(_ snapshot: Snapshot) { self.snapshot = snapshot }

    package func run() -> [Breach] {
        var breaches: [Breach] = []
        for (roles, reader) in snapshot.nodes {
            for role in roles {
                do {
                    try audit(role, reader, &breaches)
                } catch {
                    breaches.append(
                        Breach("E10", "\(role.log) can't be read: \(error)", at: snapshot.at))
                }
            }
        }
        return breaches
    }

    private func audit(
        _ role: Role, _ reader: any Reader, _ breaches: inout [Breach]
    ) throws {
        let frames = try reader.frames(of: role.log, after: 0, limit: .max)
        if let broken = Self.brokenLink(frames) {
            breaches.append(
                Breach("E10", "the chain of \(role.log) breaks at \(broken)", at: snapshot.at))
            return
        }
        let answers = try reader.frames(
            of: LogName("\(role.log.service).replies", role.log.shard), after: 0, limit: .max)
        if let broken = Self.brokenLink(answers) {
            breaches.append(
                Breach(
                    "E10", "the answers of \(role.log) break at \(broken)", at: snapshot.at))
        }
        let difference =
            switch role {
            case .orders: try compare(Orders.self, role, frames, reader)
            case .inventory: try compare(Inventory.self, role, frames, reader)
            case .payments: try compare(Payments.self, role, frames, reader)
            case .shipping: try compare(Shipping.self, role, frames, reader)
            case .notifications: try compare(Notifications.self, role, frames, reader)
            }
        if let difference {
            breaches.append(Breach(difference.0, difference.1, at: snapshot.at))
        }
    }

    /// The first position whose frame does not follow from the one before; nil when all do.
    static func brokenLink(_ frames: [Frame]) -> Int64? {
        // Old answers are dropped: what the first one that is left follows on is not known.
        var frames = frames[...]
        var head: [UInt8] = []
        if let first = frames.first, first.first > 1 {
            head = first.chain
            frames.removeFirst()
        }
        for frame in frames {
            head = QuickChain().link(head, frame.bytes)
            guard head == frame.chain else { return frame.first }
        }
        return nil
    }

    /// One entity as its log tells it.
    private struct Folded<State> {
        var state: State
        var version: Int64 = 0
    }

    private func compare<S: Service>(
        _ service: S.Type, _ role: Role, _ frames: [Frame], _ reader: any Reader
    ) throws -> (String, String)? {
        var states: [S.Rules.Key: Folded<S.Rules.State>] = [:]
        for frame in frames {
            for record in try frame.records() {
                guard let event = try role.codec.fact(of: record) as? S.Rules.Event else {
                    throw StoreFailure.corrupt
                }
                for (index, key) in S.Rules.changes(event).enumerated() {
                    var folded = states[key] ?? Folded(state: S.Rules.initial)
                    folded.state = S.Rules.evolve(folded.state, event, at: key)
                    if index == 0 {
                        folded.version += 1
                        guard folded.version == record.version else {
                            return ("E1", "\(role.log) \(record.position): wrong version")
                        }
                    }
                    states[key] = folded
                }
            }
        }
        var rows = 0
        for table in 0..<S.Rules.Key.tables.count {
            let name = "\(S.Rules.Key.tables[table])_\(role.log.shard)"
            for row in try reader.rows(in: name, after: nil, isDueOnly: false, limit: .max) {
                rows += 1
                let stored = try StateRow.read(row.value, of: S.Rules.State.self)
                guard let key = S.Rules.Key(table: table, bytes: row.key), let own = states[key],
                    own.state == stored.state, own.version == stored.version
                else { return ("Q1", "a row of \(name) is not what the log says") }
            }
        }
        return rows == states.count
            ? nil : ("Q1", "\(role.log) has \(states.count) entities and \(rows) rows")
    }
}
