// SPDX-License-Identifier: Apache-2.0
/// The disk of a simulated node: what is on it outlives the node, but for what was being written
/// when the node died.

import Kernel
package import Ports
import Synchronization

/// A journal of commits, and what follows from the whole ones. A commit that was cut off stays in
/// the journal until somebody opens the disk, and is then cut away, as a torn transaction is.
package final class SimulatedDisk: Sendable {
    fileprivate let state = Mutex(State())

    package init() {}

    fileprivate struct Log: Sendable {
        let name: LogName
        var frames: ContiguousArray<Frame> = []
        /// Where each frame ends: to look for one must not copy others.
        var ends: ContiguousArray<Int64> = []
    }

    fileprivate struct Table: Sendable {
        let name: String
        var rows: [DiskKey: Row] = [:]
    }

    fileprivate struct State: Sendable {
        var epoch: Int64 = 0
        var logs: ContiguousArray<Log> = []
        var tables: ContiguousArray<Table> = []
        /// A commit of which only so many frames and rows reached the disk.
        var torn: (batch: Batch, parts: Int)?
        var commits = 0
        var tears = 0
    }

    /// Writes the first `parts` frames and rows of `batch` and dies.
    func tear(_ batch: Batch, parts: Int) {
        state.withLock { $0.torn = (batch, parts) }
    }

    /// How many commits were kept, and how many were found torn.
    var tally: (commits: Int, tears: Int) { state.withLock { ($0.commits, $0.tears) } }

    /// Turns one bit of one stored frame; false when there is none.
    func rot(_ draw: UInt64) -> Bool {
        state.withLock { state in
            let logs = state.logs.indices.filter { !state.logs[$0].frames.isEmpty }
            guard !logs.isEmpty else { return false }
            let log = logs[Int(draw % UInt64(logs.count))]
            let index = Int((draw >> 8) % UInt64(state.logs[log].frames.count))
            let frame = state.logs[log].frames[index]
            guard !frame.bytes.isEmpty else { return false }
            var bytes = frame.bytes
            bytes[Int((draw >> 24) % UInt64(bytes.count))] ^= 1 << UInt8((draw >> 56) % 8)
            state.logs[log].frames[index] = Frame(
                log: frame.log, first: frame.first, count: frame.count, epoch: frame.epoch,
                at: frame.at, bytes: bytes, chain: frame.chain)
            return true
        }
    }
}

/// One owner of a simulated disk. A second one on the same disk fences it.
package final class SimulatedStore: Store {
    private let disk: SimulatedDisk

    package init(_ disk: SimulatedDisk) { self.disk = disk }

    package func open() throws(StoreFailure) -> StoreContents {
        disk.state.withLock { state in
            if state.torn != nil {
                state.torn = nil
                state.tears += 1
            }
            state.epoch += 1
            return state.contents
        }
    }

    package func load(_ keys: [RowKey]) throws(StoreFailure) -> [Row?] {
        disk.state.withLock { state in keys.map { state.row($0) } }
    }

    package func commit(_ batch: Batch) -> CommitOutcome {
        disk.state.withLock { $0.commit(batch) }
    }

    package func frames(
        of log: LogName, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [Frame] {
        disk.state.withLock { $0.frames(of: log, after: position, limit: limit) }
    }

    package func rows(
        in table: String, after: [UInt8]?, isDueOnly: Bool, limit: Int
    ) throws(StoreFailure) -> [Row] {
        disk.state.withLock {
            $0.rows(in: table, after: after, isDueOnly: isDueOnly, limit: limit)
        }
    }
}

/// A reader of a simulated disk, beside its owner.
package struct SimulatedReader: Reader {
    private let disk: SimulatedDisk

    package init(_ disk: SimulatedDisk) { self.disk = disk }

    package func row(_ key: RowKey) throws(StoreFailure) -> Row? {
        disk.state.withLock { $0.row(key) }
    }

    package func rows(
        in table: String, after: [UInt8]?, isDueOnly: Bool, limit: Int
    ) throws(StoreFailure) -> [Row] {
        disk.state.withLock {
            $0.rows(in: table, after: after, isDueOnly: isDueOnly, limit: limit)
        }
    }

    package func frames(
        of log: LogName, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [Frame] {
        disk.state.withLock { $0.frames(of: log, after: position, limit: limit) }
    }

    package func contents() throws(StoreFailure) -> StoreContents {
        disk.state.withLock { $0.contents }
    }
}

extension SimulatedDisk.State {
    fileprivate var contents: StoreContents {
        var heads: [LogName: StoreContents.Head] = [:]
        for log in logs {
            if let last = log.frames.last {
                heads[log.name] = .init(position: last.last, chain: last.chain)
            }
        }
        return StoreContents(epoch: epoch, heads: heads)
    }

    private func index(of log: LogName) -> Int? {
        logs.firstIndex { $0.name.shard == log.shard && $0.name.service == log.service }
    }

    private func index(of table: String) -> Int? { tables.firstIndex { $0.name == table } }

    fileprivate func row(_ key: RowKey) -> Row? {
        index(of: key.table).flatMap { tables[$0].rows[DiskKey(key.key)] }
    }

    fileprivate mutating func commit(_ batch: Batch) -> CommitOutcome {
        guard batch.epoch == epoch else { return .fenced }
        guard follows(batch) else { return .refused(.conflict) }
        for frame in batch.frames {
            let log = index(of: frame.log) ?? add(frame.log)
            logs[log].frames.append(frame)
            logs[log].ends.append(frame.last)
        }
        var table = -1
        for change in batch.rows {
            if table < 0 || tables[table].name != change.table {
                table = index(of: change.table) ?? add(change.table)
            }
            tables[table].rows[DiskKey(change.key)] = change.value.map {
                Row(key: change.key, value: $0, due: change.due)
            }
        }
        for (log, position) in batch.dropped {
            guard let index = index(of: log), !logs[index].ends.isEmpty else { continue }
            let ends = logs[index].ends
            let kept = ends.firstIndex { $0 > position } ?? ends.count
            let count = min(kept, ends.count - 1)
            logs[index].frames.removeFirst(count)
            logs[index].ends.removeFirst(count)
        }
        commits += 1
        return .committed
    }

    /// True when each frame begins right after the last one of its log.
    private func follows(_ batch: Batch) -> Bool {
        var heads: [(log: LogName, last: Int64)] = []
        for frame in batch.frames {
            let known = heads.firstIndex { $0.log == frame.log }
            let head =
                known.map { heads[$0].last }
                ?? index(of: frame.log).flatMap { logs[$0].ends.last } ?? 0
            guard frame.first == head + 1, frame.count > 0 else { return false }
            if let known {
                heads[known].last = frame.last
            } else {
                heads.append((frame.log, frame.last))
            }
        }
        return true
    }

    private mutating func add(_ log: LogName) -> Int {
        logs.append(SimulatedDisk.Log(name: log))
        return logs.count - 1
    }

    private mutating func add(_ table: String) -> Int {
        tables.append(SimulatedDisk.Table(name: table))
        return tables.count - 1
    }

    fileprivate func frames(of log: LogName, after position: Int64, limit: Int) -> [Frame] {
        guard let index = index(of: log) else { return [] }
        let ends = logs[index].ends
        var low = 0
        var high = ends.count
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] <= position { low = middle + 1 } else { high = middle }
        }
        let first = low
        var events: Int64 = 0
        while low < ends.count, events < limit {
            events += ends[low] - (low > 0 ? ends[low - 1] : logs[index].frames[0].first - 1)
            low += 1
        }
        return Array(logs[index].frames[first..<low])
    }

    fileprivate func rows(
        in table: String, after: [UInt8]?, isDueOnly: Bool, limit: Int
    ) -> [Row] {
        guard let index = index(of: table) else { return [] }
        let start = after.map(DiskKey.init)
        var found: [(key: DiskKey, row: Row)] = []
        for (key, row) in tables[index].rows where !isDueOnly || row.due != nil {
            if let start, !(start < key) { continue }
            found.append((key, row))
        }
        found.sort { $0.key < $1.key }
        return found.prefix(limit).map(\.row)
    }
}

/// A row's key with its ends as numbers: comparing and hashing byte by byte would be a good part
/// of what a commit costs.
private struct DiskKey: Hashable, Comparable, Sendable {
    let bytes: [UInt8]
    private let first: UInt64
    private let second: UInt64
    private let last: UInt64

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        first = Self.word(bytes, from: 0)
        second = Self.word(bytes, from: 8)
        last = Self.word(bytes, from: max(0, bytes.count - 8))
    }

    private static func word(_ bytes: [UInt8], from start: Int) -> UInt64 {
        var word: UInt64 = 0
        for place in start..<start + 8 {
            word = word << 8 | (place < bytes.count ? UInt64(bytes[place]) : 0)
        }
        return word
    }

    func hash(into hasher: inout Hasher) { hasher.combine(first ^ second &* 31 ^ last &* 37) }

    /// What dictionaries ask for, without SipHash: nobody chooses these keys to make them collide.
    func _rawHashValue(seed: Int) -> Int {
        let mixed = SplitMix.mix(first ^ SplitMix.mix(second ^ SplitMix.mix(last)))
        return Int(truncatingIfNeeded: mixed ^ UInt64(bitPattern: Int64(seed)))
    }

    static func == (left: DiskKey, right: DiskKey) -> Bool {
        left.last == right.last && left.second == right.second && left.first == right.first
            && (left.bytes.count <= 16 && left.bytes.count == right.bytes.count
                || left.bytes == right.bytes)
    }

    static func < (left: DiskKey, right: DiskKey) -> Bool {
        if left.first != right.first { return left.first < right.first }
        if left.second != right.second { return left.second < right.second }
        return left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}
