// SPDX-License-Identifier: Apache-2.0
/// Stand-ins for what a node touches: a store that fails when told to, a note, a chain, and the
/// rows that readers see first.

import Kernel
import MemoryAdapter
import NodeEngine
import Ports

/// A store in memory whose next commits, or reads, may go wrong.
final class MoodyStore: Store {
    enum Mood: Equatable {
        case well
        case refusing(CommitOutcome.Refusal)
        case fenced
        /// The answer to COMMIT is lost; the batch is kept or not.
        case silent(isKept: Bool)
        /// As `silent`, and it can't be opened again either.
        case dead
    }

    let disk: MemoryStore.Disk
    private let store: MemoryStore
    /// What happens to the next commits, in order; then all is well.
    var moods: [Mood] = []
    /// Loads that find one of these keys fail.
    var unreadable: Set<[UInt8]> = []
    var isUnreadable = false
    private(set) var batches: [Batch] = []
    private(set) var opened = 0
    private(set) var loads = 0
    /// Called inside a commit, before it takes place.
    var onCommit: (() -> Void)?
    private var isDead = false

    init(_ disk: MemoryStore.Disk = MemoryStore.Disk()) {
        self.disk = disk
        store = MemoryStore(disk)
    }

    func open() throws(StoreFailure) -> StoreContents {
        if isDead { throw .unavailable }
        opened += 1
        return try store.open()
    }

    func load(_ keys: [RowKey]) throws(StoreFailure) -> [Row?] {
        loads += 1
        if isUnreadable { throw .unavailable }
        guard !keys.contains(where: { unreadable.contains($0.key) }) else { throw .corrupt }
        return try store.load(keys)
    }

    func commit(_ batch: Batch) -> CommitOutcome {
        onCommit?()
        batches.append(batch)
        switch moods.isEmpty ? .well : moods.removeFirst() {
        case .well: return store.commit(batch)
        case .refusing(let refusal): return .refused(refusal)
        case .fenced: return .fenced
        case .silent(let isKept):
            if isKept { _ = store.commit(batch) }
            return .unknown
        case .dead:
            isDead = true
            return .unknown
        }
    }

    func frames(
        of log: LogName, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [Frame] {
        if isUnreadable { throw .unavailable }
        return try store.frames(of: log, after: position, limit: limit)
    }

    func rows(
        in table: String, after: [UInt8]?, isDueOnly: Bool, limit: Int
    ) throws(StoreFailure) -> [Row] {
        try store.rows(in: table, after: after, isDueOnly: isDueOnly, limit: limit)
    }

    /// Every row of `table`.
    func rows(_ table: String) throws -> [Row] {
        try store.rows(in: table, after: nil, isDueOnly: false, limit: .max)
    }

    func frames(_ log: LogName) throws -> [Frame] {
        try store.frames(of: log, after: 0, limit: .max)
    }
}

/// Remembers which inputs ran; `left` is what a death left behind.
final class RecordingNote: PoisonNote {
    private(set) var left: InputID?
    private(set) var running: InputID?
    private(set) var begun: [InputID] = []
    /// Every call in order: an input that began, or nil for an end.
    private(set) var calls: [InputID?] = []

    init(left: InputID? = nil) { self.left = left }

    func begin(_ input: InputID) {
        running = input
        begun.append(input)
        calls.append(input)
    }

    func end() {
        running = nil
        left = nil
        calls.append(nil)
    }
}

/// A hash that is good enough to notice any change: 128 bits of Murmur.
struct MurmurChain: Chain {
    func link(_ head: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        let hash = Murmur3.hash128(head + [255] + bytes, seed: 7)
        return UUIDv7(high: hash.0, low: hash.1).bytes
    }
}

/// What readers find before they look into the tables.
final class RecentMap: RecentRows {
    private var slots: [RowKey: Slot] = [:]
    var rows: [RowKey: Row] { slots.mapValues { $0.row.make() } }

    private final class Slot: RecentSlot {
        var row: RecentRow

        init(_ row: RecentRow) { self.row = row }

        func show(_ row: RecentRow) { self.row = row }
    }

    func slot(for key: RowKey, _ row: RecentRow) -> any RecentSlot {
        let slot = Slot(row)
        slots[key] = slot
        return slot
    }

    func forget(_ key: RowKey) { slots[key] = nil }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Draws {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func hits(_ percent: Int) -> Bool { below(100) < percent }
}
