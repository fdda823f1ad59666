// SPDX-License-Identifier: Apache-2.0
/// The bus between nodes of one process: hands every message to its subscribers at once.

package import Ports
import Synchronization

/// Keeps the order of every log, repeats nothing, and holds nothing back: a subscriber that comes
/// late finds what it missed in the source's log.
package final class InProcessBus: Bus {
    private struct Subscription: Sendable {
        let partitions: Set<UInt16>?
        let deliver: @Sendable ([BusMessage]) -> Void
    }

    private let subscriptions = Mutex<[LogName: [Subscription]]>([:])

    package init() {}

    package func publish(_ messages: [BusMessage]) throws(BusFailure) {
        var start = messages.startIndex
        while start < messages.endIndex {
            let log = messages[start].log
            let end = messages[start...].firstIndex { $0.log != log } ?? messages.endIndex
            deliver(Array(messages[start..<end]), of: log)
            start = end
        }
    }

    package func subscribe(
        _ log: LogName, partitions: Set<UInt16>?,
        deliver: @escaping @Sendable ([BusMessage]) -> Void
    ) {
        subscriptions.withLock {
            $0[log, default: []].append(Subscription(partitions: partitions, deliver: deliver))
        }
    }

    private func deliver(_ messages: [BusMessage], of log: LogName) {
        for subscription in subscriptions.withLock({ $0[log] ?? [] }) {
            guard let partitions = subscription.partitions else {
                subscription.deliver(messages)
                continue
            }
            let wanted = messages.filter { partitions.contains($0.partition) }
            if !wanted.isEmpty { subscription.deliver(wanted) }
        }
    }
}
