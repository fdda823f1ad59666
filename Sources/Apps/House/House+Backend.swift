// SPDX-License-Identifier: Apache-2.0
/// The house's doors, as the gateway and the programs use them.

package import Contracts
package import Gateway
package import InventoryDomain
import InventoryService
import JSONCodec
package import Kernel
package import NodeEngine
import NodeRuntime
package import OrdersDomain
import OrdersService
package import Ports
import ServiceModules

extension House {
    /// What the gateway gets.
    package var backend: Backend {
        Backend(
            submitOrder: { [self] in await submit($0, $1, $2, $3) },
            submitStock: { [self] command, principal, request, trace in
                guard let (host, runner) = place(.inventory) else {
                    return EngineProblem.stopping.reply()
                }
                return await host.submit(
                    command, runner: runner, principal: principal, request: request, trace: trace)
            },
            order: { [self] in try order($0) },
            orderEvents: { [self] in try orderEvents($0) },
            orders: { [self] in try orders(after: $0, limit: $1) },
            stock: { [self] in try stock($0) },
            vault: vault, makeID: { [self] in try await makeID($0) }, entropy: entropy,
            isReady: { [self] in isReady }, status: { [self] in status })
    }

    /// A number for a new order, once the last one of every log is known.
    private func makeID(_ bucket: UInt16) async throws -> UUIDv7 {
        while !ids.isReady { try await Task.sleep(for: .milliseconds(2)) }
        return ids.next(bucket: bucket)
    }

    /// Takes a command to the shard where its order lives.
    package func submit(
        _ command: OrderCommand, _ principal: Principal, _ request: Request?, _ trace: String?
    ) async -> Reply {
        let shard = ServiceShard.shard(of: command.order.bucket, shards: settings.orderShards)
        guard let (host, runner) = place(.orders(shard: shard)) else {
            return EngineProblem.stopping.reply()
        }
        return await host.submit(
            command, runner: runner, principal: principal, request: request, trace: trace)
    }

    private func orderNode(_ bucket: UInt16) -> (node: RunningNode, shard: Int)? {
        let shard = ServiceShard.shard(of: bucket, shards: settings.orderShards)
        for node in nodes where node.runner(of: .orders(shard: shard)) != nil {
            return (node, shard)
        }
        return nil
    }

    private func storedOrder(
        _ id: OrderID
    ) throws -> (StateRow.Stored<OrderState>, RunningNode, LogName)? {
        guard let (node, shard) = orderNode(id.bucket),
            let row = try node.reader.row(RowKey("orders_\(shard)", id.bytes))
        else { return nil }
        let stored = try reading(RowKey("orders_\(shard)", id.bytes), id.text) {
            try StateRow.read(row.value, of: OrderState.self)
        }
        return (stored, node, ServiceShard.orders(shard: shard).log)
    }

    package func order(_ id: OrderID) throws -> Entity<OrderState>? {
        try storedOrder(id).map { Entity(state: $0.0.state, version: $0.0.version) }
    }

    /// The order's own stream, oldest first: each event names the one before it.
    package func orderEvents(_ id: OrderID) throws -> [UInt8]? {
        guard let (stored, node, log) = try storedOrder(id) else { return nil }
        return try reading(RowKey("log \(log)", id.bytes), id.text) {
            try events(of: log, endingAt: stored.last, node)
        }
    }

    private func events(
        of log: LogName, endingAt last: Int64, _ node: RunningNode
    ) throws -> [UInt8] {
        var records: [Record] = []
        var position = last
        while position > 0 {
            guard
                let frame = try node.reader.reader.frames(of: log, after: position - 1, limit: 1)
                    .first,
                let record = try frame.records().first(where: { $0.position == position })
            else { throw StoreFailure.corrupt }
            records.append(record)
            position = record.previous
        }
        let codec = ServiceShard.orders(shard: log.shard).codec
        var json = JSONWriter(capacity: 4_096)
        json.beginArray()
        for record in records.reversed() {
            try codec.write(record, to: &json, isForClients: true)
        }
        json.endArray()
        return json.bytes
    }

    /// A page of orders in the order of their ids, over all shards. One that can't be read does not
    /// keep the others from being served.
    package func orders(after: OrderID?, limit: Int) throws -> [ListedOrder] {
        var page: [ListedOrder] = []
        for shard in 0..<settings.orderShards {
            let table = "orders_\(shard)"
            for node in nodes where node.runner(of: .orders(shard: shard)) != nil {
                page += try orders(in: table, of: node, after: after, limit: limit)
            }
        }
        page.sort { $0.id < $1.id }
        return Array(page.prefix(limit))
    }

    /// The next `limit` orders of one table. What is not even kept under the id of an order takes
    /// no place among them: fewer than `limit` are the last.
    private func orders(
        in table: String, of node: RunningNode, after: OrderID?, limit: Int
    ) throws -> [ListedOrder] {
        var orders: [ListedOrder] = []
        var last = after?.bytes
        while orders.count < limit {
            let wanted = limit - orders.count
            let rows = try node.reader.rows(in: table, after: last, limit: wanted)
            orders += rows.compactMap { listed($0, of: table) }
            guard rows.count == wanted else { break }
            last = rows.last?.key
        }
        return orders
    }

    /// Nil only for a row that is not even kept under the id of an order.
    private func listed(_ row: Row, of table: String) -> ListedOrder? {
        let key = RowKey(table, row.key)
        guard let id = OrderID(table: 0, bytes: row.key) else {
            unreadable.note(key, Hex.text(row.key), StoreFailure.corrupt)
            return nil
        }
        let stored = try? reading(key, id.text) {
            try StateRow.read(row.value, of: OrderState.self)
        }
        return stored.map { .order(id, Entity(state: $0.state, version: $0.version)) }
            ?? .unreadable(id)
    }

    /// Runs `read` on what is stored at `key`; the operator is told when it can't be read.
    private func reading<Answer>(
        _ key: RowKey, _ name: String, _ read: () throws -> Answer
    ) throws -> Answer {
        do {
            let answer = try read()
            unreadable.clear(key)
            return answer
        } catch {
            if error is WireError || error as? StoreFailure == .corrupt {
                unreadable.note(key, name, error)
            }
            throw error
        }
    }

    package func stock(_ key: StockKey) throws -> Entity<InventoryState>? {
        for node in nodes where node.runner(of: .inventory) != nil {
            let place = RowKey("stock_0", InventoryKey.item(key).bytes)
            guard let row = try node.reader.row(place) else { return nil }
            let stored = try reading(place, "\(key.warehouse)/\(key.sku)") {
                try StateRow.read(row.value, of: InventoryState.self)
            }
            // Holds change it too, so the last change is what it is known by.
            return Entity(state: stored.state, version: stored.seen)
        }
        return nil
    }
}

extension House {
    /// The last position of every log.
    package var heads: [LogName: Int64] {
        nodes.reduce(into: [:]) { heads, node in
            heads.merge(node.host.snapshot.heads) { first, _ in first }
        }
    }

    package func head(_ log: String) -> Int {
        Int(LogName(text: log).flatMap { heads[$0] } ?? 0)
    }

    /// Batches that the house's nodes have run.
    package var turns: Int64 { nodes.reduce(0) { $0 + $1.host.snapshot.turns } }
}
