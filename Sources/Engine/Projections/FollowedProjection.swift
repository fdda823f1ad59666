// SPDX-License-Identifier: Apache-2.0
/// One projection with its generations: the one that readers see, and the one that is to take its
/// place.

import Kernel
import Ports

final class FollowedProjection {
    let projection: any Projection
    private let logs: [LogName]
    private let views: any Views
    private let windows: LogWindows
    private let makeWindows: () -> LogWindows
    /// What readers see, while it is followed. Nil when nothing is published that can be.
    private var live: ProjectionRun?
    /// What will take its place, with windows of its own: it reads elsewhere in the logs.
    private var next: (run: ProjectionRun, windows: LogWindows)?
    /// Where rows stand that readers see, but that are not followed any more.
    private var frozen: (positions: [LogName: Int64], since: Timestamp?)?
    /// Since when some log that it follows can't be read.
    private var unreadableSince: Timestamp?
    private var isLagging = false
    private(set) var notices: [ProjectionNotice] = []

    var name: String { projection.name }

    init(
        _ projection: any Projection, logs: [LogName], views: any Views, windows: LogWindows,
        makeWindows: @escaping () -> LogWindows
    ) {
        self.projection = projection
        self.logs = logs.filter { projection.facts(of: $0) != nil }
        self.views = views
        self.windows = windows
        self.makeWindows = makeWindows
    }

    func takeNotices() -> [ProjectionNotice] {
        defer { notices = [] }
        return notices
    }

    /// Goes on with what the store holds. Rows of another version stay readable, as long as their
    /// tables have the same shape, until those of today are there.
    func open(_ stored: [StoredGeneration]) throws(ViewFailure) {
        live = nil
        next = nil
        frozen = nil
        let schema = projection.schema
        for held in stored where held.generation.projection == name {
            let isCurrent = held.version == schema.version && held.shape == schema.shape
            if held.isPublished && isCurrent {
                live = run(held.generation, held.cursors)
            } else if held.isPublished {
                frozen = (held.cursors.mapValues(\.position), nil)
            } else if isCurrent {
                next = (run(held.generation, held.cursors), makeWindows())
            } else {
                // The rows of a version that was given up before anybody saw them.
                try views.remove(held.generation)
            }
        }
        guard live == nil && next == nil else { return }
        try build()
        if frozen != nil { notices.append(.rebuilding(name)) }
    }

    private func run(
        _ generation: ViewGeneration, _ cursors: [LogName: ViewCursor] = [:]
    ) -> ProjectionRun {
        ProjectionRun(projection, generation, cursors: cursors, logs: logs, views: views)
    }

    private func build() throws(ViewFailure) {
        next = (run(try views.create(projection.schema)), makeWindows())
    }

    /// Begins a new generation; readers go on with what there is.
    func rebuild() throws(ViewFailure) {
        try build()
        notices.append(.rebuilding(name))
    }

    /// Tries again the fact at which it stopped.
    func resume() {
        live?.failure = nil
        next?.run.failure = nil
    }

    /// Takes both generations a batch further. `heads`: the last known ends of the logs. True when
    /// there is more to project at once.
    func step(
        limit: Int, heads: [LogName: Int64], at now: Timestamp
    ) throws(ViewFailure) -> Bool {
        defer { unreadableSince = unreadable.isEmpty ? nil : unreadableSince ?? now }
        var hasMore = false
        if let live {
            let wasFailed = live.failure != nil
            switch try live.step(windows, limit: limit) {
            case .isAtEnd, .isBlocked: break
            case .hasMore: hasMore = true
            case .failed(let failure): if !wasFailed { notices.append(.failed(name, failure)) }
            case .forked(let log, let position): try leave(live, at: log, position)
            }
        }
        guard let next else { return hasMore }
        let wasFailed = next.run.failure != nil
        var isAtEnd = false
        next.windows.beginRound(heads)
        switch try next.run.step(next.windows, limit: limit) {
        case .isAtEnd: isAtEnd = true
        case .isBlocked: break
        case .hasMore: hasMore = true
        case .failed(let failure): if !wasFailed { notices.append(.failed(name, failure)) }
        case .forked(let log, let position):
            notices.append(.forked(name, log, position))
            try build()
            return true
        }
        // What readers have seen they see for ever: positions never go back.
        let isAhead = live.map { $0.failure == nil && next.run.covers($0) } ?? false
        let mayReplace = live == nil || live?.failure != nil ? isAtEnd : isAhead
        if mayReplace, next.run.failure == nil { try publish(next.run) }
        return hasMore
    }

    private func publish(_ run: ProjectionRun) throws(ViewFailure) {
        try run.publish()
        if live != nil || frozen != nil {
            notices.append(.published(name, run.cursors.mapValues(\.position)))
        }
        live = run
        next = nil
        frozen = nil
    }

    /// The rows of `run` belong to another history of the log: they are read until new ones are
    /// there, but not followed.
    private func leave(
        _ run: ProjectionRun, at log: LogName, _ position: Int64
    ) throws(ViewFailure) {
        notices.append(.forked(name, log, position))
        windows.forget(log)
        frozen = (run.cursors.mapValues(\.position), run.behindSince)
        live = nil
        if next == nil { try build() }
    }

    /// A log that ends before what was followed of it is not the one that was followed.
    func compare(_ heads: [LogName: Int64]) throws(ViewFailure) {
        if let live, let log = live.fork(below: heads) {
            try leave(live, at: log, live.position(log))
        }
        if let run = next?.run, let log = run.fork(below: heads) {
            notices.append(.forked(name, log, run.position(log)))
            try build()
        }
    }

    /// Raises and ends the alarm.
    func checkLag(at now: Timestamp, bound: Span) {
        let lag = status.lag(at: now)
        if lag > bound && !isLagging {
            isLagging = true
            notices.append(.lagging(name, lag))
        } else if lag <= bound && isLagging {
            isLagging = false
            notices.append(.caughtUp(name))
        }
    }

    var status: ProjectionStatus {
        // Readers go on with rows that are followed, whatever becomes of a new generation.
        let failure = live.map(\.failure) ?? next?.run.failure
        let state: ProjectionStatus.State =
            if failure != nil {
                .failed
            } else if let run = live ?? next?.run, !run.unreadable.isEmpty {
                .unreadable
            } else if next == nil {
                live == nil ? .building : .following
            } else {
                live == nil && frozen == nil ? .building : .rebuilding
            }
        return ProjectionStatus(
            name: name, version: projection.version, state: state, positions: positions,
            isFollowed: live != nil, building: next.map { positions(of: $0.run) },
            behindSince: behindSince, failure: failure,
            buildingFailure: next?.run.failure, unreadable: unreadable,
            factCount: (live?.factCount ?? 0) + (next?.run.factCount ?? 0))
    }

    /// Where nothing is followed that readers see, they miss all that the new generation does not
    /// have yet.
    private var behindSince: Timestamp? {
        let run = live ?? next?.run
        let ofRun = run?.failure?.at ?? run?.behindSince
        // What an unreadable log holds was recorded nobody knows when.
        let known = (live == nil ? frozen?.since : nil) ?? ofRun
        return [known, unreadableSince].compactMap { $0 }.min()
    }

    /// Which logs could not be read in the last step, and why.
    var unreadable: [LogName: StoreFailure] {
        [live, next?.run].reduce(into: [:]) { all, run in
            all.merge(run?.unreadable ?? [:]) { first, _ in first }
        }
    }

    private var positions: [LogName: Int64] {
        if let live { return positions(of: live) }
        let known = frozen?.positions ?? [:]
        return Dictionary(uniqueKeysWithValues: logs.map { ($0, known[$0] ?? 0) })
    }

    private func positions(of run: ProjectionRun) -> [LogName: Int64] {
        Dictionary(uniqueKeysWithValues: logs.map { ($0, run.position($0)) })
    }
}
