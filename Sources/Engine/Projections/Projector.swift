// SPDX-License-Identifier: Apache-2.0
/// Keeps all read models of a house up to date, step by step. Synchronous: whoever calls it decides
/// when, on which thread, and how fast.

package import Kernel
package import NodeEngine
package import Ports

/// Belongs to one thread at a time.
package final class Projector {
    package struct Settings: Sendable {
        /// Facts of one commit, about.
        package var batchMax = 4_096
        /// Facts that are read from one log at a time.
        package var fetchMax = 4_096
        /// A read model that is behind for longer raises an alarm.
        package var lagMax = Span.seconds(10)
        /// How often the ends of the logs are compared with the cursors.
        package var headsInterval = Span.seconds(5)

        package init() {}
    }

    private let settings: Settings
    private let views: any Views
    private let source: any ProjectionSource
    private let windows: LogWindows
    private let followed: [FollowedProjection]
    private var isOpen = false
    /// Set when the store shows damage after it was opened: the next time it begins anew.
    private var isDamaged = false
    private var headsAt: Timestamp?
    /// The last known ends of the logs.
    private var heads: [LogName: Int64] = [:]
    /// Logs that could not be read in the last step.
    private var unreadable: Set<LogName> = []
    private var ownNotices: [ProjectionNotice] = []

    /// `codecs`: how each log that is followed is read.
    package init(
        _ projections: [any Projection], views: any Views, source: any ProjectionSource,
        codecs: [LogName: LogCodec], settings: Settings = Settings()
    ) {
        self.settings = settings
        self.views = views
        self.source = source
        let fetchMax = settings.fetchMax
        let windows = LogWindows(projections, source: source, codecs: codecs, fetchMax: fetchMax)
        self.windows = windows
        followed = projections.map { projection in
            FollowedProjection(
                projection, logs: Array(codecs.keys), views: views, windows: windows,
                makeWindows: {
                    LogWindows([projection], source: source, codecs: codecs, fetchMax: fetchMax)
                })
        }
    }

    /// Opens the store of the read models, or opens it again after a failure. One that is damaged
    /// is replaced: all that it held follows from the logs.
    package func open() throws(ViewFailure) {
        isOpen = false
        let stored = try openStore()
        let known = Set(followed.map(\.name))
        do throws(ViewFailure) {
            for generation in stored.map(\.generation)
            where !known.contains(generation.projection) {
                try views.remove(generation)
            }
            for projection in followed { try projection.open(stored) }
        } catch {
            close(after: error)
            throw error
        }
        isOpen = true
        headsAt = nil
    }

    private func openStore() throws(ViewFailure) -> [StoredGeneration] {
        if !isDamaged {
            do throws(ViewFailure) {
                return try views.open(isErasing: false)
            } catch {
                guard error == .corrupt else { throw error }
            }
        }
        let stored = try views.open(isErasing: true)
        isDamaged = false
        ownNotices.append(.storeReplaced)
        return stored
    }

    /// What became of the last change is not known.
    private func close(after failure: ViewFailure) {
        isOpen = false
        if failure == .corrupt { isDamaged = true }
    }

    /// Takes every projection a batch further; true when there is more to do at once. A log that
    /// can't be read is tried again with the next step; after a failure of the store of the read
    /// models it must be opened again.
    package func step(at now: Timestamp) throws(ViewFailure) -> Bool {
        guard isOpen else { throw .unavailable }
        var hasMore = false
        let isComparing = readHeadsIfDue(now)
        windows.beginRound(heads)
        do throws(ViewFailure) {
            for projection in followed {
                if isComparing { try projection.compare(heads) }
                let isMore = try projection.step(limit: settings.batchMax, heads: heads, at: now)
                hasMore = hasMore || isMore
            }
        } catch {
            close(after: error)
            throw error
        }
        tellUnreadable()
        return hasMore
    }

    private func readHeadsIfDue(_ now: Timestamp) -> Bool {
        if let headsAt, abs(now.since(headsAt).milliseconds) < settings.headsInterval.milliseconds {
            return false
        }
        headsAt = now
        heads = (try? source.heads()) ?? [:]
        return true
    }

    private func tellUnreadable() {
        var failures: [LogName: StoreFailure] = [:]
        for projection in followed {
            failures.merge(projection.unreadable) { first, _ in first }
        }
        for (log, failure) in failures.sorted(by: { $0.key < $1.key })
        where !unreadable.contains(log) {
            ownNotices.append(.unreadable(log, failure))
        }
        for log in unreadable.subtracting(failures.keys).sorted() {
            ownNotices.append(.readable(log))
        }
        unreadable = Set(failures.keys)
    }

    /// To be called now and then, also when steps fail.
    package func checkLag(at now: Timestamp) {
        for projection in followed { projection.checkLag(at: now, bound: settings.lagMax) }
    }

    /// Begins a new generation of a projection; false when there is none of that name.
    package func rebuild(_ name: String) throws(ViewFailure) -> Bool {
        guard let projection = followed.first(where: { $0.name == name }) else { return false }
        do throws(ViewFailure) {
            try projection.rebuild()
        } catch {
            close(after: error)
            throw error
        }
        return true
    }

    /// Lets a projection that stopped try again; false when there is none of that name.
    package func resume(_ name: String) -> Bool {
        guard let projection = followed.first(where: { $0.name == name }) else { return false }
        projection.resume()
        return true
    }

    package var statuses: [ProjectionStatus] { followed.map(\.status) }

    /// What happened since the last call.
    package func takeNotices() -> [ProjectionNotice] {
        defer { ownNotices = [] }
        return ownNotices + followed.flatMap { $0.takeNotices() }
    }
}
