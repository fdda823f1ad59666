// SPDX-License-Identifier: Apache-2.0
/// Fetches what a bus left out from the log that wrote it. `RemoteSubscription` notices the gap.

import Logging
package import NodeEngine
package import Ports
import Synchronization

package final class GapFiller: Sendable {
    private let source: any LogSource
    private let host: NodeHost
    private let waiting = Mutex<Set<Gap>>([])
    private let filled = Mutex(FilledGaps())
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    package init(source: any LogSource, host: NodeHost) {
        self.source = source
        self.host = host
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Returns at once.
    package func fill(_ gaps: [Gap]) {
        waiting.withLock { $0.formUnion(gaps) }
        signal.yield()
    }

    private func mayFill(_ gap: Gap) -> Bool {
        filled.withLock { $0.mayFill(gap) { host.hasTaken($0) } }
    }

    package func run() async throws {
        for await _ in signals {
            let gaps = waiting.withLock { waiting in
                defer { waiting.removeAll() }
                return waiting
            }
            for gap in gaps where mayFill(gap) {
                do throws(StoreFailure) {
                    let facts = try source.facts(
                        of: gap.log, partition: gap.partition, after: gap.after,
                        limit: FilledGaps.factsMax)
                    let posted = host.post(facts.map { .message($0) })
                    filled.withLock { $0.note(gap, posted: posted) }
                } catch {
                    // The next message or beacon shows the same gap again.
                    Logger.current.warning(
                        "gap not filled, will be retried",
                        metadata: ["log": "\(gap.log)", "failure": "\(error)"])
                }
            }
        }
    }
}
