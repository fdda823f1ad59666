// SPDX-License-Identifier: Apache-2.0
/// A store with one flaw, for planted bugs.

import Kernel
import NodeEngine
import Ports

final class BentStore: Store {
    enum Flaw: Sendable {
        /// Answers before it writes.
        case writesBehind
        case losesRows, losesAnswers, losesCursors, losesParked, losesDeaths, losesOutboxCheckpoints
        /// Rows of what is under way do not say when it is to be looked at.
        case losesMoments
        /// The mark of rows that are thrown away stays.
        case keepsCheckpoints
        /// Opened again, it does not tell of its last commit.
        case hidesItsLast
        /// Of a start, of a wave: what it should have found.
        case findsNoTimers, findsNotAll
        case refusesAndKeeps
        case turnsBits, writesNonsense
        case fencesNobody
        /// Of a commit during which the process dies.
        case keepsFramesOfTheDying, keepsCursorsOfTheDying
        /// In a commit of their own, after the one to which they belong.
        case storesAnswersLater, storesCursorsLater
        case overstatesCursors, overstatesCheckpoints
        /// Which requests wait for a verdict, or wait no longer.
        case losesPending, keepsPending
    }

    private let store: any Store
    private let flaw: Flaw
    private var commits = 0
    private var asked = 0
    /// What is yet to be written.
    private var behind: Batch?
    private var lateFrames: [Frame] = []
    private var lateRows: [RowChange] = []
    /// The logs of the last commit, and where those that were not new had ended before.
    private var lastLogs: Set<LogName> = []
    private var before: [LogName: StoreContents.Head] = [:]
    private var heads: [LogName: StoreContents.Head] = [:]

    init(_ store: any Store, _ flaw: Flaw) {
        self.store = store
        self.flaw = flaw
    }

    func open() throws(StoreFailure) -> StoreContents {
        let contents = try store.open()
        if commits == 0 { heads = contents.heads }
        guard flaw == .hidesItsLast, commits > 0 else { return contents }
        let heads = contents.heads.filter { log, _ in !lastLogs.contains(log) }
        return StoreContents(epoch: contents.epoch, heads: heads.merging(before) { $1 })
    }

    func commit(_ batch: Batch) -> CommitOutcome {
        commits += 1
        switch flaw {
        case .writesBehind:
            flush()
            guard Self.isFollowed(batch) else { return store.commit(batch) }
            behind = batch
            return .committed
        case .refusesAndKeeps:
            let outcome = store.commit(batch)
            return commits.isMultiple(of: 40) ? .refused(.busy) : outcome
        case .fencesNobody: return commitAnyway(batch)
        case .storesAnswersLater, .storesCursorsLater: return commitLater(batch)
        case .hidesItsLast:
            remember(batch)
            return store.commit(batch)
        default: return store.commit(bent(batch))
        }
    }

    /// The process dies over this commit.
    func die(over batch: Batch) {
        var part = Batch(epoch: batch.epoch)
        switch flaw {
        case .keepsFramesOfTheDying: part.frames = batch.frames
        case .keepsCursorsOfTheDying: part.rows = batch.rows.filter(Self.isCursorOfBus)
        default: return
        }
        if !part.isEmpty { _ = store.commit(part) }
    }

    func load(_ keys: [RowKey]) throws(StoreFailure) -> [Row?] {
        flush()
        asked += 1
        let rows = try store.load(keys)
        guard flaw == .findsNotAll, asked.isMultiple(of: 9) else { return rows }
        return zip(keys, rows).map { key, row in key.key.count == 16 ? nil : row }
    }

    func frames(
        of log: LogName, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [Frame] {
        flush()
        return try store.frames(of: log, after: position, limit: limit)
    }

    func rows(
        in table: String, after: [UInt8]?, isDueOnly: Bool, limit: Int
    ) throws(StoreFailure) -> [Row] {
        flush()
        if isDueOnly && flaw == .findsNoTimers { return [] }
        return try store.rows(in: table, after: after, isDueOnly: isDueOnly, limit: limit)
    }

    /// Notes where the logs end before this commit.
    private func remember(_ batch: Batch) {
        lastLogs = Set(batch.frames.map(\.log))
        before = heads.filter { log, _ in lastLogs.contains(log) }
        for frame in batch.frames {
            heads[frame.log] = .init(position: frame.last, chain: frame.chain)
        }
    }

    private func flush() {
        guard let behind else { return }
        self.behind = nil
        _ = store.commit(behind)
    }

    // MARK: Bending

    private func bent(_ batch: Batch) -> Batch {
        var bent = batch
        switch flaw {
        case .losesRows where commits.isMultiple(of: 5) && batch.rows.count > 1:
            bent.rows.removeAll { $0.value != nil && $0.key.count == 16 }
        case .losesAnswers: bent.rows.removeAll { $0.table.hasPrefix("replies_") }
        case .losesCursors: bent.rows.removeAll { $0.table == "cursors" }
        case .losesParked:
            bent.rows.removeAll { $0.table == Parking.table && $0.value != nil && $0.due == nil }
        case .losesDeaths: bent.rows.removeAll { $0.table == Parking.deathsTable }
        case .losesOutboxCheckpoints where !commits.isMultiple(of: 3):
            bent.rows.removeAll { $0.table == OutboxCheckpoint.table }
        case .losesMoments:
            bent.rows = batch.rows.map { RowChange(table: $0.table, key: $0.key, value: $0.value) }
        case .keepsCheckpoints: bent.rows.removeAll { $0.table == "checkpoints" && $0.value == nil }
        case .losesPending: bent.rows.removeAll { $0.table.hasPrefix("pending_") }
        case .keepsPending:
            bent.rows.removeAll { $0.table.hasPrefix("pending_") && $0.value == nil }
        case .turnsBits: turn(&bent) { $0[$0.count - 1] ^= 1 }
        case .writesNonsense: turn(&bent) { bytes in bytes.indices.forEach { bytes[$0] = 0xff } }
        case .overstatesCursors, .overstatesCheckpoints:
            bent.rows = batch.rows.map { overstated($0, batch) }
        default: break
        }
        return bent
    }

    private func turn(_ batch: inout Batch, _ change: (inout [UInt8]) -> Void) {
        guard commits.isMultiple(of: 7), let frame = batch.frames.last, !frame.bytes.isEmpty,
            !frame.log.service.hasSuffix(".replies")
        else { return }
        var bytes = frame.bytes
        change(&bytes)
        batch.frames[batch.frames.count - 1] = Frame(
            log: frame.log, first: frame.first, count: frame.count, epoch: frame.epoch,
            at: frame.at, bytes: bytes, chain: frame.chain)
    }

    /// A row that says that more was done than was.
    private func overstated(_ row: RowChange, _ batch: Batch) -> RowChange {
        guard let value = row.value else { return row }
        if flaw == .overstatesCursors, row.table == "cursors" {
            var reader = WireReader(binary: value)
            guard let position = try? reader.varint(), let epoch = try? reader.varint() else {
                return row
            }
            var beyond: [UInt8] = []
            beyond.appendVarint(position + 1_000)
            beyond.appendVarint(epoch)
            return RowChange(table: row.table, key: row.key, value: beyond, due: row.due)
        }
        guard flaw == .overstatesCheckpoints, row.table == "checkpoints",
            var mark = try? Checkpoint(value: value),
            let end = batch.frames.last(where: { Array($0.log.description.utf8) == row.key })?.last
        else { return row }
        mark.through = max(mark.through, end)
        return RowChange(table: row.table, key: row.key, value: mark.value, due: row.due)
    }

    private func commitAnyway(_ batch: Batch) -> CommitOutcome {
        let outcome = store.commit(batch)
        guard outcome == .fenced, let contents = try? store.open() else { return outcome }
        var forged = Batch(epoch: contents.epoch)
        forged.frames = batch.frames
        forged.rows = batch.rows
        return store.commit(forged)
    }

    /// Rows of this batch come in a later one, so that all is written when all is at rest.
    private static func isFollowed(_ batch: Batch) -> Bool {
        !batch.frames.isEmpty && !batch.rows.contains { $0.table == "checkpoints" }
    }

    /// Something of each commit comes with the next one.
    private func commitLater(_ batch: Batch) -> CommitOutcome {
        var now = Batch(epoch: batch.epoch)
        now.frames = batch.frames
        now.rows = batch.rows
        now.dropped = batch.dropped
        let isLate = Self.isFollowed(batch)
        if flaw == .storesAnswersLater {
            now.frames = lateFrames + batch.frames.filter { !isLate || !Self.isAnswer($0) }
        } else {
            now.rows = lateRows + batch.rows.filter { !isLate || $0.table != "cursors" }
        }
        let outcome = now.isEmpty ? .committed : store.commit(now)
        guard outcome == .committed else { return outcome }
        lateFrames = isLate ? batch.frames.filter(Self.isAnswer) : []
        lateRows = isLate ? batch.rows.filter { $0.table == "cursors" } : []
        return outcome
    }

    /// Those of logs in the same store would lie beyond their log, and no node opens that.
    private static func isCursorOfBus(_ row: RowChange) -> Bool {
        row.table == "cursors" && row.key.contains(UInt8(ascii: "#"))
    }

    private static func isAnswer(_ frame: Frame) -> Bool {
        frame.log.service.hasSuffix(".replies")
    }
}
