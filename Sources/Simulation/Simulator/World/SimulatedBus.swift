// SPDX-License-Identifier: Apache-2.0
/// What a simulated bus makes of messages, and the same behind the port `Bus`, so that it can be
/// held to what every bus promises.

package import Ports
import Synchronization

/// One publication on its way to one subscriber: what comes now, once or twice, what comes late,
/// and what never does.
struct Passage {
    private(set) var usual: [BusMessage] = []
    private(set) var late: [(message: BusMessage, pause: Instant)] = []

    init(_ messages: [BusMessage], decide: (BusMessage) -> Faults.Decision) {
        usual.reserveCapacity(messages.count)
        for message in messages {
            let decision = decide(message)
            switch decision.kind {
            case .messageLost?: break
            case .messageTwice?:
                usual.append(message)
                usual.append(message)
            case .messageLate?: late.append((message, Instant(decision.amount)))
            default: usual.append(message)
            }
        }
    }
}

/// Without a clock: what is late comes when `settle` is called.
package final class SimulatedBus: Bus {
    fileprivate struct Subscription: Sendable {
        let log: LogName
        let partitions: Set<UInt16>?
        let deliver: @Sendable ([BusMessage]) -> Void
    }

    fileprivate struct State: Sendable {
        var faults: Faults
        var subscriptions: [Subscription] = []
        /// Whose messages are still on their way, and until when.
        var late: [(at: Instant, subscription: Int, message: BusMessage)] = []
    }

    private let state: Mutex<State>

    package init(_ plan: Plan) { state = Mutex(State(faults: Faults(plan))) }

    package func publish(_ messages: [BusMessage]) throws(BusFailure) {
        let (deliveries, isRefused) = state.withLock { state in
            let isRefused = state.faults.decide(.publication, 0).kind == .publishRefused
            return (isRefused ? [] : state.pass(messages), isRefused)
        }
        for (deliver, messages) in deliveries { deliver(messages) }
        if isRefused { throw .unavailable }
    }

    package func subscribe(
        _ log: LogName, partitions: Set<UInt16>?,
        deliver: @escaping @Sendable ([BusMessage]) -> Void
    ) {
        state.withLock {
            $0.subscriptions.append(
                Subscription(log: log, partitions: partitions, deliver: deliver))
        }
    }

    /// Lets everything arrive that is still on its way.
    package func settle() {
        let (late, subscriptions) = state.withLock { state in
            defer { state.late = [] }
            return (state.late.sorted { $0.at < $1.at }, state.subscriptions)
        }
        for (_, subscription, message) in late { subscriptions[subscription].deliver([message]) }
    }
}

extension SimulatedBus.State {
    fileprivate mutating func pass(
        _ messages: [BusMessage]
    ) -> [(@Sendable ([BusMessage]) -> Void, [BusMessage])] {
        var deliveries: [(@Sendable ([BusMessage]) -> Void, [BusMessage])] = []
        for (index, subscription) in subscriptions.enumerated() {
            let wanted = messages.filter { message in
                message.log == subscription.log
                    && (subscription.partitions?.contains(message.partition) ?? true)
            }
            let passage = Passage(wanted) { _ in faults.decide(.message, index) }
            late += passage.late.map { ($0.pause, index, $0.message) }
            if !passage.usual.isEmpty { deliveries.append((subscription.deliver, passage.usual)) }
        }
        return deliveries
    }
}
