// SPDX-License-Identifier: Apache-2.0
/// How a node parks: it counts the input that ended the process, parks facts that it can't read,
/// and takes those that an operator released again, before anything later.

import DequeModule
import Kernel
import Ports

extension Node {
    /// Counts the input that was running when the process died, before anything runs again, and
    /// learns of what is parked.
    func openParking() throws {
        try store.eachRow(in: Parking.deathsTable) { row in
            guard let id = UUIDv7(bytes: row.key), let count = row.value.first else { return }
            remember(InputID(high: id.high, low: id.low), deaths: Int(count))
        }
        var found: [(number: Int64, item: RowKey)] = []
        try store.eachRow(in: Parking.table) { row in
            let item = try ParkedItem(value: row.value)
            let isReleased = row.due != nil
            if isReleased { found.append((item.number, RowKey(Parking.table, row.key))) }
            for runner in runners where runner.log == item.consumer {
                runner.parking.adopt(item, isReleased: isReleased)
            }
        }
        released = Deque(found.sorted { $0.number < $1.number }.map(\.item))
        guard let left = note.left else { return }
        let deaths = (runners[0].parking.deaths[left] ?? 0) + 1
        remember(left, deaths: deaths)
        var batch = Batch(epoch: epoch)
        batch.rows.append(
            RowChange(
                table: Parking.deathsTable, key: left.bytes, value: [UInt8(min(deaths, 255))]))
        guard store.commit(batch) == .committed else { throw StoreFailure.unavailable }
        note.end()
    }

    private func remember(_ input: InputID, deaths: Int) {
        for runner in runners { runner.parking.deaths[input] = deaths }
    }

    /// Takes at most `limit` released facts, in the order in which they were parked. Their rows go
    /// in the commit of their effects, so each takes effect once, whenever the process dies. While
    /// some are left no other fact is handed on: those stay behind their cursors.
    func takeReleased(limit: Int) throws -> Int {
        guard limit > 0 else { return 0 }
        while !released.isEmpty {
            let page = Array(released.prefix(limit))
            var taken = 0
            for case let row? in try store.load(page) {
                let item = try ParkedItem(value: row.value)
                guard let runner = runners.first(where: { $0.log == item.consumer }) else {
                    continue
                }
                if row.due == nil {
                    // Parked again by a commit whose outcome was not known.
                    if let entity = item.entity { runner.parking.keys.insert(entity) }
                } else {
                    runner.parking.beginAgain(item)
                    take(item, on: runner, codec(of: item.source))
                    runner.parking.endAgain(item)
                    taken += 1
                }
            }
            if taken > 0 { return taken }
            // All of the page is committed.
            released.removeFirst(page.count)
        }
        return 0
    }

    private func codec(of log: LogName) -> LogCodec? {
        runners.first { $0.log == log }?.codec
            ?? remoteSubscriptions.first { $0.remote.name == log }?.remote.codec
    }

    /// Takes a fact as it was published or parked. A fact that can't be read is never skipped: it
    /// is parked, and so are later facts of the same key.
    func take(_ item: ParkedItem, on runner: any AnyServiceRunner, _ codec: LogCodec?) {
        var item = item
        if let entity = item.entity, runner.parking.keys.contains(entity) {
            item.reason = ParkedItem.behind
        } else if let codec {
            do throws(WireError) {
                let fact = try codec.fact(named: item.name, json: item.payload)
                let logged = LoggedFact(
                    position: item.position, fact: fact, provenance: item.provenance)
                return runner.take([logged], from: item.source)
            } catch {
                item.reason = "unreadable"
                if case .unknownName = error { item.reason = "unknown-version" }
            }
        } else {
            item.reason = "unknown-source"
        }
        runner.parking.park(item)
    }
}
