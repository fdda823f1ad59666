// SPDX-License-Identifier: Apache-2.0
/// Clients that look at their orders: right after they were told something, while others come, and
/// at the end. They ask the node that keeps the order, as the door does.

import Contracts
import Kernel
import NodeEngine
import Ports
import ServiceModel

extension World {
    /// In three worlds of four nobody looks: making rows for readers would be most of what they
    /// cost.
    static func hasReaders(_ plan: Plan) -> Bool {
        SplitMix.mix(plan.seed ^ 0x72_6561_64) % 4 == 0
    }

    /// The client was told of its order: from now on it must see that much.
    func lookAtOnce(_ client: Int, _ reply: Reply) {
        guard hasReaders, reply.version > 0, let order = clients[client].order else { return }
        checker.wrote(order, at: reply.version, by: client)
        look(client)
    }

    /// Some client that came before this one looks.
    func lookBefore(_ client: Int) {
        guard hasReaders, client > 0 else { return }
        look(Int(SplitMix.mix(plan.seed ^ UInt64(client) ^ UInt64(happenings)) % UInt64(client)))
    }

    func lookAtTheEnd() {
        guard hasReaders else { return }
        for client in clients.indices { look(client) }
    }

    private func look(_ client: Int) {
        guard let order = clients[client].order else { return }
        let role = placement.ordersRole(of: order.raw.bucket)
        let shard = placement.roles[role].log.shard
        let node = nodes[placement.places[role].node]
        // Nobody answers.
        guard node.isUp else { return }
        let key = RowKey("\(OrderID.tables[0])_\(shard)", order.bytes)
        do {
            let row = try overrides.recent(node.recent.row(key)) ?? node.medium.reader.row(key)
            var reader = WireReader(binary: row?.value ?? [0])
            checker.read(order, at: try reader.varint(), by: client, at: now)
        } catch {
            breach("E11", "order \(order.text) can't be shown: \(error)")
        }
    }
}

/// Rows that are committed but not written to their table yet, for one thread.
final class SimulatedRecent: RecentRows {
    private final class Slot: RecentSlot {
        var row: RecentRow

        init(_ row: RecentRow) { self.row = row }

        func show(_ row: RecentRow) { self.row = row }
    }

    private var slots: [RowKey: Slot] = [:]

    func slot(for key: RowKey, _ row: RecentRow) -> any RecentSlot {
        let slot = Slot(row)
        slots[key] = slot
        return slot
    }

    func forget(_ key: RowKey) { slots[key] = nil }

    func row(_ key: RowKey) -> Row? { slots[key]?.row.make() }
}
