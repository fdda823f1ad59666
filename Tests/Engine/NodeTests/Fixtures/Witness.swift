// SPDX-License-Identifier: Apache-2.0
/// Knows what a node must hold, from its logs and the pure rules alone, and compares.

import Kernel
import MemoryAdapter
import Ports
import Testing

@testable import NodeEngine

/// The entities of one service, folded from its log.
struct Witness<S: Service> {
    typealias Key = S.Rules.Key

    private(set) var entities: [Key: CachedEntity<Key, S.Rules.State>] = [:]
    private(set) var head: Int64 = 0
    private(set) var chain: [UInt8] = []

    init(_ service: S.Type, frames: [Frame]) throws {
        for frame in frames {
            #expect(frame.first == head + 1)
            #expect(frame.chain == MurmurChain().link(chain, frame.bytes), "the hash chain")
            chain = frame.chain
            head = frame.last
            for record in try frame.records() { try apply(record) }
        }
    }

    private mutating func apply(_ record: Record) throws {
        let name = try #require(S.Rules.Event.names.first { $0.code == record.code })
        var reader = record.reader
        let event = try S.Rules.Event.read(name, from: &reader)
        for (index, key) in S.Rules.changes(event).enumerated() {
            let entity = entities[key] ?? CachedEntity(key, S.Rules.initial)
            entities[key] = entity
            if index == 0 {
                #expect(record.stream.key == key.bytes && record.stream.table == key.table)
                #expect(record.version == entity.version + 1)
                #expect(record.previous == entity.last)
                entity.version += 1
                entity.last = record.position
            }
            entity.state = S.Rules.evolve(entity.state, event, at: key)
            entity.seen = record.position
        }
    }

    /// The row of an entity.
    func row(_ key: Key) -> Row? {
        entities[key].map {
            Row(key: key.bytes, value: StateRow.Stored($0).value, due: $0.state.due)
        }
    }

    /// Every row of the service's tables, in key order.
    func rows(table index: Int) -> [Row] {
        entities.keys.filter { $0.table == index }.compactMap(row)
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    /// Compares what the runner has in memory, and where there is nothing, its row.
    func compare(_ runner: ServiceRunner<S>, _ store: any Store, now: Timestamp) throws {
        #expect(runner.head == head)
        #expect(runner.committedHead == head)
        #expect(runner.chainHead == chain)
        for (key, entity) in runner.entities where entities[key] == nil {
            Issue.record("\(key) is in memory and in no log, seen \(entity.seen)")
        }
        for (key, entity) in entities {
            if let own = runner.entities[key] {
                let rows = (StateRow.Stored(own).value, StateRow.Stored(entity).value)
                #expect(rows.0 == rows.1, "\(key) in memory")
            } else {
                let stored = try store.load([RowKey(runner.tables[key.table], key.bytes)])[0]
                #expect(stored == row(key), "\(key) in its row")
            }
            compareTimer(key, entity, runner, now)
        }
        let due = entities.values.filter { $0.state.due != nil }.count
        #expect(runner.timers.count <= due, "timers that nobody wants")
    }

    private func compareTimer(
        _ key: Key, _ entity: CachedEntity<Key, S.Rules.State>, _ runner: ServiceRunner<S>,
        _ now: Timestamp
    ) {
        let timer = runner.entities[key]?.timer ?? runner.stubs[key]
        guard let due = entity.state.due else {
            #expect(timer?.isScheduled != true, "\(key) has a timer and nothing due")
            return
        }
        if runner.toResume.contains(key) { return }
        if (runner.firsts + runner.retries).joined().contains(where: { $0.key == key }) { return }
        guard let timer, timer.isScheduled else {
            Issue.record("\(key) is due and would never be woken")
            return
        }
        #expect(timer.due <= max(due, now.advanced(by: .seconds(1))), "\(key) is woken too late")
    }

    /// Compares the rows, which must reflect the whole log.
    func compareRows(_ runner: ServiceRunner<S>, _ store: MoodyStore) throws {
        for (index, table) in runner.tables.enumerated() {
            #expect(try store.rows(table) == rows(table: index), "\(table)")
        }
    }
}

/// Every table that the benches use.
let everyTable =
    [
        "meter_0", "pool_0", "echo_0", "tally_0", "cursors", "checkpoints", "published",
        "parked", "deaths",
    ]
    + ["meters", "echoes", "tallies"].flatMap { service in
        ["a", "b", "c"].map { "replies_\(service)_0_\($0)" }
    }

extension MemoryStore.Disk {
    /// The same logs, and the rows of `tables`, on another disk.
    func copy(_ logs: [LogName], tables: [String] = everyTable) throws -> MemoryStore.Disk {
        let from = MemoryStore(self)
        let disk = MemoryStore.Disk()
        let target = MemoryStore(disk)
        var batch = Batch(epoch: try target.open().epoch)
        for log in logs {
            batch.frames.append(contentsOf: try from.frames(of: log, after: 0, limit: .max))
        }
        for table in tables {
            for row in try from.rows(in: table, after: nil, isDueOnly: false, limit: .max) {
                batch.rows.append(
                    RowChange(table: table, key: row.key, value: row.value, due: row.due))
            }
        }
        #expect(target.commit(batch) == .committed)
        return disk
    }
}
