// SPDX-License-Identifier: Apache-2.0
/// Parked facts, for operators: listed at any time, released while the house does not run.

import JSONCodec
import Kernel
import NodeEngine
import Ports
import SQLiteAdapter
import ServiceModel

package struct ParkedMessages {
    private let data: String
    private let manifest: Manifest
    private let plans: [NodePlan]

    package init(data: String) throws {
        guard let manifest = try DataDirectory.manifest(of: data) else {
            throw HouseFailure.unusableData("There is no house in \(data).")
        }
        self.data = data
        self.manifest = manifest
        plans = manifest.plans
    }

    /// One parked fact, as operators see it.
    package struct Message: Sendable, Equatable {
        package let consumer: String
        package let source: String
        package let position: Int64
        package let name: String
        package let reason: String
        /// The order that it is about: later facts of the same one wait behind it.
        package let key: String
        /// True when the next start takes it again.
        package let isReleased: Bool
        fileprivate let number: Int64

        package var json: [UInt8] {
            var json = JSONWriter()
            json.beginObject()
            for (key, text) in [
                ("consumer", consumer), ("source", source), ("name", name), ("reason", reason),
                ("key", key),
            ] {
                json.key(key)
                json.string(text)
            }
            json.key("position")
            json.int(position)
            json.key("released")
            json.bool(isReleased)
            json.endObject()
            return json.bytes
        }

        package var text: String {
            let state = isReleased ? "released" : reason
            return "\(consumer) < \(source)/\(position)  \(name)  \(key)  \(state)"
        }
    }

    /// Every parked fact, each consumer's in the order in which they came.
    package func all() throws -> [Message] {
        var messages: [Message] = []
        for plan in plans {
            let reader = SQLiteReader(path: file(plan))
            try walk(Parking.table, reader) { row in
                messages.append(message(try ParkedItem(value: row.value), row.due != nil))
            }
        }
        return messages.sorted { ($0.consumer, $0.number) < ($1.consumer, $1.number) }
    }

    /// Inputs that ended the process, among them commands, which are not kept; and how often.
    package func deaths() throws -> [(input: String, count: Int)] {
        var deaths: [(String, Int)] = []
        for plan in plans {
            try walk(Parking.deathsTable, SQLiteReader(path: file(plan))) { row in
                deaths.append((Hex.text(row.key), Int(row.value.first ?? 0)))
            }
        }
        return deaths
    }

    /// Releases all of it. Refused while the house runs.
    package func release() throws -> (facts: Int, deaths: Int) {
        var settings = HouseSettings(data: data)
        settings.topology = manifest.topology
        settings.orderShards = manifest.orderShards
        settings.partitions = manifest.partitions
        let lock = try DataDirectory.lock(settings)
        return try withExtendedLifetime(lock) {
            var total = (facts: 0, deaths: 0)
            for plan in plans {
                let store = SQLiteStore(path: file(plan), configuration: settings.store)
                let released = try Parking.release(in: store)
                store.close()
                total.facts += released.facts
                total.deaths += released.deaths
            }
            return total
        }
    }

    private func file(_ plan: NodePlan) -> String {
        "\(data)/nodes/\(plan.name)/store.sqlite"
    }

    private func walk(
        _ table: String, _ reader: any Reader, _ body: (Row) throws -> Void
    ) throws {
        var after: [UInt8]?
        repeat {
            let rows = try reader.rows(in: table, after: after, isDueOnly: false, limit: 10_000)
            for row in rows { try body(row) }
            after = rows.count < 10_000 ? nil : rows.last?.key
        } while after != nil
    }

    private func message(_ item: ParkedItem, _ isReleased: Bool) -> Message {
        Message(
            consumer: item.consumer.description, source: item.source.description,
            position: item.position, name: item.name, reason: item.reason, key: key(of: item),
            isReleased: isReleased, number: item.number)
    }

    /// The order that it is about, if that can be read; else the key of what it would change.
    private func key(of item: ParkedItem) -> String {
        guard let entity = item.entity else { return "" }
        if entity.table == "correlation" { return String(decoding: entity.key, as: UTF8.self) }
        let shards = plans.flatMap(\.shards)
        if let codec = shards.first(where: { $0.log == item.source })?.codec,
            let order = try? codec.fact(named: item.name, json: item.payload).correlation
        {
            return order
        }
        return "\(entity.table)/\(Hex.text(entity.key))"
    }
}
