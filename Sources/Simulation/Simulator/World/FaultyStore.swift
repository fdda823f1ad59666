// SPDX-License-Identifier: Apache-2.0
/// A store that fails when it is told to, and what a node needs beside it.

import Kernel
package import Ports

/// Where a simulated node keeps its data: any real or simulated store will do.
package struct Medium {
    /// Another owner of the same medium.
    package let owner: () -> any Store
    package let reader: any Reader
    /// Leaves a commit half written; nil when the medium can't be made to.
    let tear: ((Batch, Int) -> Void)?
    /// Turns one stored bit; nil when the medium can't be made to.
    let rot: ((UInt64) -> Bool)?

    package init(owner: @escaping () -> any Store, reader: any Reader) {
        self.owner = owner
        self.reader = reader
        tear = nil
        rot = nil
    }

    package init(_ disk: SimulatedDisk = SimulatedDisk()) {
        owner = { SimulatedStore(disk) }
        reader = SimulatedReader(disk)
        tear = { disk.tear($0, parts: $1) }
        rot = { disk.rot($0) }
    }
}

/// Passes everything on, but for what `next` says of the next commit and of reading.
package final class FaultyStore: Store {
    package enum Fate: Sendable {
        case works
        case busy, full
        /// The answer is lost; the commit is kept, or not.
        case unknown(isKept: Bool)
        /// The process dies while it commits. `parts` of it are written.
        case dies(isKept: Bool, parts: Int?)
    }

    private let store: any Store
    private let medium: Medium
    package var next = Fate.works
    /// So many of the next questions are not answered.
    package var failingReads = 0
    /// While true nothing can be written.
    package var isFull = false
    /// What became of the last batch that was to be committed; nil: there was none.
    private(set) var last: CommitOutcome?
    /// What has become durable since somebody asked, whether its owner was told so or not.
    private var kept: [Frame] = []
    /// Knows when the process will not live to see its commit.
    var note: SimulatedNote?

    package init(_ store: any Store, _ medium: Medium) {
        self.store = store
        self.medium = medium
    }

    package func open() throws(StoreFailure) -> StoreContents { try store.open() }

    package func load(_ keys: [RowKey]) throws(StoreFailure) -> [Row?] {
        try check()
        return try store.load(keys)
    }

    package func commit(_ batch: Batch) -> CommitOutcome {
        let outcome = decide(batch)
        last = outcome
        return outcome
    }

    func forgetLast() { last = nil }

    private func decide(_ batch: Batch) -> CommitOutcome {
        let fate = next
        next = .works
        if note?.swallowed != nil { return .refused(.busy) }
        switch fate {
        case .works: return isFull ? .refused(.full) : keep(batch)
        case .busy: return .refused(.busy)
        case .full: return .refused(.full)
        case .unknown(let isKept):
            guard isKept else { return .unknown }
            let outcome = keep(batch)
            return outcome == .committed ? .unknown : outcome
        case .dies(let isKept, let parts):
            if isKept { return keep(batch) }
            if let parts { medium.tear?(batch, parts) }
            (store as? BentStore)?.die(over: batch)
            return .refused(.busy)
        }
    }

    private func keep(_ batch: Batch) -> CommitOutcome {
        let outcome = store.commit(batch)
        if outcome == .committed { kept += batch.frames }
        return outcome
    }

    /// Hands over what has become durable since the last time.
    func takeKept() -> [Frame] {
        defer { kept.removeAll(keepingCapacity: true) }
        return kept
    }

    package func frames(
        of log: LogName, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [Frame] {
        try check()
        return try store.frames(of: log, after: position, limit: limit)
    }

    package func rows(
        in table: String, after: [UInt8]?, isDueOnly: Bool, limit: Int
    ) throws(StoreFailure) -> [Row] {
        try check()
        return try store.rows(in: table, after: after, isDueOnly: isDueOnly, limit: limit)
    }

    private func check() throws(StoreFailure) {
        guard failingReads > 0 else { return }
        failingReads -= 1
        throw .unavailable
    }
}

/// The hash chain of simulated stores: quick, and good enough to show a turned bit.
package struct QuickChain: Chain {
    package init() {}

    package func link(_ head: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        var seed: UInt64 = 0
        for byte in head { seed = seed << 8 ^ seed >> 56 ^ UInt64(byte) }
        let hash = Murmur3.hash128(bytes, seed: seed)
        return UUIDv7(high: hash.0, low: hash.1).bytes
    }
}

/// Which input was running when the process died, as a mapped file would know.
final class SimulatedNote: PoisonNote {
    var left: InputID?
    /// Out of a million inputs, how many no process survives.
    var poisonPerMillion = 0
    /// Which ones differs from world to world, though requests have the same keys in all.
    var poisonSeed: UInt64 = 0
    /// The first such input of this turn.
    private(set) var swallowed: InputID?
    /// Every input that ran in this turn.
    private var begun: [InputID] = []

    func begin(_ input: InputID) {
        begun.append(input)
        guard poisonPerMillion > 0, swallowed == nil else { return }
        let drawn = SplitMix.mix(SplitMix.mix(input.high ^ poisonSeed) ^ input.low) % 1_000_000
        if drawn < UInt64(poisonPerMillion) { swallowed = input }
    }

    func end() {}

    func beginTurn() {
        left = nil
        swallowed = nil
        begun.removeAll(keepingCapacity: true)
    }

    /// The process dies in the middle of a decision.
    func die(_ draw: Int) {
        left = swallowed ?? (begun.isEmpty ? nil : begun[draw % begun.count])
        swallowed = nil
    }
}
