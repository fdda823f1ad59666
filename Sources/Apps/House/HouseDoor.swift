// SPDX-License-Identifier: Apache-2.0
/// The door of one service in a house: commands go to the node of the shard that owns what they are
/// about, questions to readers of that node's store.

import JSONCodec
import Kernel
import NodeEngine
import NodeRuntime
import Ports
import ServiceModel

struct HouseDoor<S: Service & SendableMetatype>: Door {
    typealias Key = S.Rules.Key
    typealias State = S.Rules.State

    private let unreadable: Unreadable
    /// By shard: where it is.
    private let places: [Place]

    private struct Place: Sendable {
        let node: RunningNode
        let runner: Int
        let shard: ServiceShard

        func table(_ index: Int) -> String { "\(Key.tables[index])_\(shard.log.shard)" }
        func row(_ key: Key) -> RowKey { RowKey(table(key.table), key.bytes) }
        /// For people.
        func name(_ key: Key) -> String {
            shard.codec.text(ofKey: key.bytes, table: key.table)
        }
    }

    init(_ house: House) {
        unreadable = house.unreadable
        places = house.nodes.flatMap { node in
            node.plan.shards.enumerated().filter { $1.log.service == S.name }
                .map { Place(node: node, runner: $0, shard: $1) }
        }.sorted { $0.shard.log < $1.shard.log }
    }

    private func place(_ bucket: UInt16) -> Place? {
        places.first { $0.shard.owns(bucket) }
    }

    func submit(
        _ command: S.Rules.Command, by principal: Principal, request: Request?, trace: String?
    ) async -> Reply {
        guard let key = S.Rules.keys(command).first, let place = place(key.bucket) else {
            return EngineProblem.stopping.reply()
        }
        return await place.node.host.submit(
            command, runner: place.runner, principal: principal, request: request, trace: trace)
    }

    func entity(_ key: Key) throws -> Entity<State>? {
        guard let place = place(key.bucket), let stored = try stored(key, place) else {
            return nil
        }
        return entity(stored)
    }

    /// Where others change it, too, an entity is known by the last change.
    private func entity(_ stored: StateRow.Stored<State>) -> Entity<State> {
        Entity(
            state: stored.state, version: S.isChangedByOthers ? stored.seen : stored.version)
    }

    private func stored(_ key: Key, _ place: Place) throws -> StateRow.Stored<State>? {
        guard let row = try place.node.reader.row(place.row(key)) else { return nil }
        return try reading(place.row(key), place.name(key)) {
            try StateRow.read(row.value, of: State.self)
        }
    }

    /// The entity's own stream: each event names the one before it.
    func events(of key: Key) throws -> [UInt8]? {
        guard let place = place(key.bucket), let stored = try stored(key, place) else {
            return nil
        }
        let log = place.shard.log
        return try reading(RowKey("log \(log)", key.bytes), place.name(key)) {
            var json = JSONWriter(capacity: 4_096)
            json.beginArray()
            for record in try records(of: log, endingAt: stored.last, place).reversed() {
                try place.shard.codec.write(record, to: &json, isForClients: true)
            }
            json.endArray()
            return json.bytes
        }
    }

    /// Newest first.
    private func records(
        of log: LogName, endingAt last: Int64, _ place: Place
    ) throws -> [Record] {
        let reader = place.node.reader.reader
        var records: [Record] = []
        var position = last
        while position > 0 {
            guard let frame = try reader.frames(of: log, after: position - 1, limit: 1).first,
                let record = try frame.records().first(where: { $0.position == position })
            else { throw StoreFailure.corrupt }
            records.append(record)
            position = record.previous
        }
        return records
    }

    /// In the order of keys, over all shards.
    func page(after: Key?, limit: Int) throws -> [Listed<S>] {
        var page: [(key: [UInt8], item: Listed<S>)] = []
        for place in places { page += try rows(of: place, after: after, limit: limit) }
        page.sort { $0.key.lexicographicallyPrecedes($1.key) }
        return page.prefix(limit).map(\.item)
    }

    /// The next `limit` entities of one shard. What is not even kept under a key takes no place
    /// among them: fewer than `limit` are the last.
    private func rows(
        of place: Place, after: Key?, limit: Int
    ) throws -> [(key: [UInt8], item: Listed<S>)] {
        var found: [(key: [UInt8], item: Listed<S>)] = []
        var last = after?.bytes
        while found.count < limit {
            let wanted = limit - found.count
            let rows = try place.node.reader.rows(in: place.table(0), after: last, limit: wanted)
            found += rows.compactMap { row in listed(row, of: place).map { (row.key, $0) } }
            guard rows.count == wanted else { break }
            last = rows.last?.key
        }
        return found
    }

    /// Nil only for a row that is not even kept under a key.
    private func listed(_ row: Row, of place: Place) -> Listed<S>? {
        let name = RowKey(place.table(0), row.key)
        guard let key = Key(table: 0, bytes: row.key) else {
            unreadable.note(name, Hex.text(row.key), StoreFailure.corrupt)
            return nil
        }
        let stored = try? reading(name, place.name(key)) {
            try StateRow.read(row.value, of: State.self)
        }
        return Listed(key: key, entity: stored.map { entity($0) })
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
}
