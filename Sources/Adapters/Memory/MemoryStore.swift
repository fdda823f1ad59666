// SPDX-License-Identifier: Apache-2.0
/// A store that forgets everything when the process ends: for tests, and the model of what every
/// store promises.

import Kernel
package import Ports
import Synchronization

/// Keeps the promises of `Store` but for durability. A second `MemoryStore` on the same `Disk` is
/// a second owner: it fences the first.
package final class MemoryStore: Store, Reader {
    /// What outlives an owner.
    package final class Disk: Sendable {
        fileprivate let state = Mutex(State())

        package init() {}
    }

    fileprivate struct State: Sendable {
        var epoch: Int64 = 0
        var frames: [LogName: [Frame]] = [:]
        var tables: [String: [[UInt8]: Row]] = [:]
    }

    private let disk: Disk

    package init(_ disk: Disk = Disk()) { self.disk = disk }

    package func open() throws(StoreFailure) -> StoreContents {
        disk.state.withLock { $0.epoch += 1 }
        return try contents()
    }

    package func contents() throws(StoreFailure) -> StoreContents {
        disk.state.withLock { state in
            StoreContents(
                epoch: state.epoch,
                heads: state.frames.compactMapValues { frames in
                    frames.last.map { .init(position: $0.last, chain: $0.chain) }
                })
        }
    }

    package func load(_ keys: [RowKey]) throws(StoreFailure) -> [Row?] {
        disk.state.withLock { state in keys.map { state.tables[$0.table]?[$0.key] } }
    }

    package func row(_ key: RowKey) throws(StoreFailure) -> Row? { try load([key])[0] }

    package func commit(_ batch: Batch) -> CommitOutcome {
        disk.state.withLock { state in
            guard batch.epoch == state.epoch else { return .fenced }
            var heads: [LogName: Int64] = [:]
            for frame in batch.frames {
                let head = heads[frame.log] ?? state.frames[frame.log]?.last?.last ?? 0
                guard frame.first == head + 1, frame.count > 0 else { return .refused(.conflict) }
                heads[frame.log] = frame.last
            }
            for frame in batch.frames { state.frames[frame.log, default: []].append(frame) }
            for change in batch.rows {
                state.tables[change.table, default: [:]][change.key] = change.value.map {
                    Row(key: change.key, value: $0, due: change.due)
                }
            }
            for (log, position) in batch.dropped {
                guard let frames = state.frames[log] else { continue }
                let kept = frames.firstIndex { $0.last > position } ?? frames.count
                state.frames[log]?.removeFirst(max(0, min(kept, frames.count - 1)))
            }
            return .committed
        }
    }

    package func frames(
        of log: LogName, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [Frame] {
        disk.state.withLock { state in
            let frames = state.frames[log] ?? []
            var low = 0
            var high = frames.count
            while low < high {
                let middle = (low + high) / 2
                if frames[middle].last <= position { low = middle + 1 } else { high = middle }
            }
            var events = 0
            var answer: [Frame] = []
            while low < frames.count, events < limit {
                answer.append(frames[low])
                events += frames[low].count
                low += 1
            }
            return answer
        }
    }

    package func rows(
        in table: String, after: [UInt8]?, isDueOnly: Bool, limit: Int
    ) throws(StoreFailure) -> [Row] {
        disk.state.withLock { state in
            let rows = (state.tables[table] ?? [:]).values.filter { row in
                (after.map { $0.lexicographicallyPrecedes(row.key) } ?? true)
                    && (!isDueOnly || row.due != nil)
            }
            let sorted = rows.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            return Array(sorted.prefix(limit))
        }
    }
}
