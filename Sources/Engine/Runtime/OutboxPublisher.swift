// SPDX-License-Identifier: Apache-2.0
/// Publishes what a node logged, in order, and moves its cursor after the bus has taken it. The log
/// is the outbox: nothing is queued twice, nothing can be lost between the two. The node stores the
/// cursor (`OutboxCheckpoint`) with its next commit.

import Logging
package import NodeEngine
package import Ports
import Synchronization

/// One node's publisher. `run` returns when its task is canceled.
package final class OutboxPublisher: Sendable {
    package struct Settings: Sendable {
        /// How often it looks without being told, and says how far it has come.
        package var interval = Duration.milliseconds(250)
        /// Events of one publication.
        package var batchMax = 4_096
        package var partitioning = Partitioning.standard

        package init() {}
    }

    /// The outbox as it can be derived from positions.
    package struct View: Sendable, Equatable {
        package let log: LogName
        /// Facts that the bus has taken.
        package let sent: Int64
        /// Facts that are logged and not yet taken.
        package let ready: Int64
        /// Failed tries since the last success.
        package let attempts: Int
    }

    private let settings: Settings
    private let reader: any Reader
    private let bus: any Bus
    private let codecs: [LogName: LogCodec]
    private let host: NodeHost
    private let state: Mutex<[LogName: (publication: Publication, attempts: Int)]>
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    package init(
        settings: Settings = Settings(), reader: any Reader, bus: any Bus,
        codecs: [LogName: LogCodec], host: NodeHost
    ) {
        self.settings = settings
        self.reader = reader
        self.bus = bus
        self.codecs = codecs
        self.host = host
        state = Mutex([:])
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package func wake() { signal.yield() }

    package var views: [View] {
        let heads = host.snapshot.heads
        return state.withLock { state in
            state.map { log, entry in
                let through = entry.publication.through
                return View(
                    log: log, sent: through, ready: max(0, (heads[log] ?? 0) - through),
                    attempts: entry.attempts)
            }.sorted { $0.log < $1.log }
        }
    }

    package func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [signal, settings] in
                while !Task.isCancelled {
                    try? await Task.sleep(for: settings.interval)
                    signal.yield()
                }
                signal.finish()
            }
            for await _ in signals {
                for (log, codec) in codecs { publish(log, codec) }
                if Task.isCancelled { break }
            }
            group.cancelAll()
        }
    }

    private func publish(_ log: LogName, _ codec: LogCodec) {
        do {
            var publication = try current(log, codec)
            // Looked at first: what is written in a later epoch comes with the next round.
            var epoch = host.snapshot.epoch
            while let portion = try publication.next(from: reader, limit: settings.batchMax) {
                try bus.publish(portion.messages)
                publication = portion.after
                state.withLock { $0[log] = (portion.after, 0) }
                host.post([.published(log, portion.after.checkpoint)])
                epoch = host.snapshot.epoch
            }
            try bus.publish(publication.beacons(epoch: epoch))
        } catch {
            state.withLock { $0[log]?.attempts += 1 }
            Logger.current.warning(
                "outbox publishing failed, will be retried",
                metadata: ["log": "\(log)", "failure": "\(error)"])
        }
    }

    /// Where publishing goes on: after a restart, from the checkpoints that the store holds.
    private func current(_ log: LogName, _ codec: LogCodec) throws -> Publication {
        if let entry = state.withLock({ $0[log] }) { return entry.publication }
        let publication = try Publication(
            resuming: log, codec: codec, partitioning: settings.partitioning, from: reader)
        state.withLock { $0[log] = (publication, 0) }
        return publication
    }
}
