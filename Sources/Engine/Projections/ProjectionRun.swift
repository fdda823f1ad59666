// SPDX-License-Identifier: Apache-2.0
/// One generation of a projection on its way along the logs: batch by batch, each in one commit
/// with its cursors.

package import Kernel
import NodeEngine
package import Ports

final class ProjectionRun {
    let projection: any Projection
    let generation: ViewGeneration
    private(set) var cursors: [LogName: ViewCursor]
    /// Set when a fact can't be projected: it stays where it is until an operator resumes it.
    var failure: ProjectionFailure?
    /// When the first fact beyond the cursors was recorded; nil when there was none.
    private(set) var behindSince: Timestamp?
    /// Which logs could not be read in the last step, and why.
    private(set) var unreadable: [LogName: StoreFailure] = [:]
    /// Facts that were projected since the process began.
    private(set) var factCount: Int64 = 0
    /// Facts of the batch that is not committed yet.
    private var factsInBatch: Int64 = 0
    private let logs: [LogName]
    private let followed: [LogName: FollowedFacts]
    private let views: any Views
    private let changes: ViewChanges
    /// Logs whose cursors were compared with them.
    private var verified: Set<LogName> = []

    init(
        _ projection: any Projection, _ generation: ViewGeneration,
        cursors: [LogName: ViewCursor] = [:], logs: [LogName], views: any Views
    ) {
        self.projection = projection
        self.generation = generation
        self.cursors = cursors
        self.views = views
        followed = logs.reduce(into: [:]) { $0[$1] = projection.facts(of: $1) }
        self.logs = followed.keys.sorted()
        changes = ViewChanges(projection.schema, in: generation, of: views)
    }

    /// What a step came to.
    enum Progress: Equatable {
        /// Every log is projected to where this round sees its end.
        case isAtEnd
        /// So is every log that can be read; some can't.
        case isBlocked
        case hasMore
        case failed(ProjectionFailure)
        /// The log is not the one that was followed: its rows belong to another history.
        case forked(LogName, Int64)
    }

    func position(_ log: LogName) -> Int64 { cursors[log]?.position ?? 0 }

    /// True when this has followed every log as far as `other`.
    func covers(_ other: ProjectionRun) -> Bool {
        other.cursors.values.allSatisfy { position($0.log) >= $0.position }
    }

    /// Projects about `limit` facts, those that were recorded first before the others. After a
    /// failure what became of the commit is not known: the store is to be opened again.
    func step(_ windows: LogWindows, limit: Int) throws(ViewFailure) -> Progress {
        unreadable = [:]
        if let failure { return .failed(failure) }
        let batch = gather(windows, limit)
        unreadable = batch.unreadable
        if let log = batch.fork { return .forked(log, position(log)) }
        behindSince = batch.frames.first?.frame.at ?? batch.next
        if let failure = try project(batch.frames[...]) {
            self.failure = failure
            return .failed(failure)
        }
        behindSince = batch.next
        if batch.next != nil { return .hasMore }
        return unreadable.isEmpty ? .isAtEnd : .isBlocked
    }

    // MARK: Reading

    /// Some frames, no two of which change places when they are read again.
    private struct Batch {
        var frames: [FactFrame] = []
        /// When the first fact behind them was recorded; nil at the end of all logs.
        var next: Timestamp?
        var fork: LogName?
        var unreadable: [LogName: StoreFailure] = [:]
    }

    /// Logs are read side by side, in the order of time, so that the facts of one order come
    /// together and its rows are written once. One that can't be read holds up no other.
    private func gather(_ windows: LogWindows, _ limit: Int) -> Batch {
        var batch = Batch()
        verify(windows, &batch)
        guard batch.fork == nil else { return batch }
        var reached = logs.map { position($0) }
        var epochs = logs.map { cursors[$0]?.epoch ?? 0 }
        var count = 0
        while true {
            var first: (place: Int, frame: FactFrame)?
            for (place, log) in logs.enumerated() where batch.unreadable[log] == nil {
                let next: FactFrame?
                do throws(StoreFailure) {
                    next = try windows.next(of: log, after: reached[place])
                } catch {
                    batch.unreadable[log] = error
                    continue
                }
                guard let found = next else { continue }
                if first.map({ found.frame.at < $0.frame.frame.at }) ?? true {
                    first = (place, found)
                }
            }
            guard let (place, found) = first else { return batch }
            guard count < limit else {
                batch.next = found.frame.at
                return batch
            }
            if found.frame.epoch != epochs[place], let cursor = cursors[logs[place]] {
                // Somebody else writes on: what was read before must still be there.
                do throws(StoreFailure) {
                    guard try windows.holds(cursor) else { return Batch(fork: logs[place]) }
                } catch {
                    batch.unreadable[logs[place]] = error
                    continue
                }
            }
            guard found.frame.first == reached[place] + 1 else { return Batch(fork: logs[place]) }
            batch.frames.append(found)
            count += found.frame.count
            reached[place] = found.frame.last
            epochs[place] = found.frame.epoch
        }
    }

    /// Once: looks for a log that is not the one that was followed.
    private func verify(_ windows: LogWindows, _ batch: inout Batch) {
        for log in logs where !verified.contains(log) {
            do throws(StoreFailure) {
                if let cursor = cursors[log], try !windows.holds(cursor) {
                    batch.fork = log
                    return
                }
                verified.insert(log)
            } catch {
                batch.unreadable[log] = error
            }
        }
    }

    /// A log that ends before what was followed of it.
    func fork(below heads: [LogName: Int64]) -> LogName? {
        logs.first { log in heads[log].map { $0 < position(log) } ?? false }
    }

    // MARK: Projecting

    /// Projects and commits `frames`; those before the one that fails, if one does.
    private func project(
        _ frames: ArraySlice<FactFrame>
    ) throws(ViewFailure) -> ProjectionFailure? {
        guard !frames.isEmpty else { return nil }
        factsInBatch = 0
        for (index, frame) in zip(frames.indices, frames) {
            guard let failure = try apply(frame) else { continue }
            changes.forget()
            let sound = frames[..<index]
            return try project(sound) ?? failure
        }
        return try commit(frames)
    }

    private func apply(_ frame: FactFrame) throws(ViewFailure) -> ProjectionFailure? {
        guard let followed = followed[frame.frame.log] else { return nil }
        for fact in frame.facts {
            switch fact.content {
            case .success(let envelope):
                guard followed.isFollowed[Int(fact.code)] else { continue }
                do { try projection.project(envelope, into: changes) } catch {
                    // A read that failed is no fault of the fact.
                    if let failure = error as? ViewFailure { throw failure }
                    return ProjectionFailure(
                        log: frame.frame.log, position: fact.position, reason: "\(error)",
                        at: frame.frame.at)
                }
                factsInBatch += 1
            case .failure(let error):
                guard followed.isFollowed[Int(fact.code)] || error.isUnknownName else { continue }
                return ProjectionFailure(
                    log: frame.frame.log, position: fact.position, reason: "\(error)",
                    at: frame.frame.at)
            }
        }
        return nil
    }

    private func commit(_ frames: ArraySlice<FactFrame>) throws(ViewFailure) -> ProjectionFailure? {
        var moved: [LogName: ViewCursor] = [:]
        for frame in frames { moved[frame.frame.log] = frame.cursor }
        var batch = ViewBatch(generation)
        batch.changes = changes.collect()
        batch.cursors = moved.values.sorted { $0.log < $1.log }
        do throws(ViewFailure) {
            try views.commit(batch)
        } catch {
            changes.forget()
            guard error == .constraint, let first = frames.first?.frame else { throw error }
            guard frames.count == 1 else { return try projectEach(frames) }
            return ProjectionFailure(
                log: first.log, position: first.first, reason: "\(error)", at: first.at)
        }
        changes.settle()
        cursors.merge(moved) { $1 }
        factCount += factsInBatch
        return nil
    }

    /// The store refused some row of `frames`: it takes those before the frame that makes it.
    private func projectEach(
        _ frames: ArraySlice<FactFrame>
    ) throws(ViewFailure) -> ProjectionFailure? {
        for index in frames.indices {
            if let failure = try project(frames[index...index]) { return failure }
        }
        return nil
    }

    /// Readers see this generation from now on.
    func publish() throws(ViewFailure) {
        var batch = ViewBatch(generation)
        batch.isPublishing = true
        try views.commit(batch)
    }
}

/// A fact that a projection can't take.
package struct ProjectionFailure: Error, Equatable, Sendable {
    package let log: LogName
    package let position: Int64
    package let reason: String
    /// When the fact was recorded.
    package let at: Timestamp
}

extension WireError {
    var isUnknownName: Bool { if case .unknownName = self { true } else { false } }
}
