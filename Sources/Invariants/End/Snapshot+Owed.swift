// SPDX-License-Identifier: Apache-2.0
/// What a house owes to the outside: calls that are under way, due, or to be tried again.

package import Kernel
package import NodeEngine
import NotificationsDomain
import NotificationsService
import OrdersDomain
import PaymentsService
import Ports
import ShippingService

extension Snapshot {
    /// By service and operation, as of `now`; operations of which nothing is owed are left out.
    package func owedCalls(at now: Timestamp) -> [(service: String, calls: OwedCalls)] {
        owed(Payments.self, payments.values.lazy.map(\.state), now)
            + owed(Shipping.self, shipments.values.lazy.map(\.state), now)
            + owed(Notifications.self, messages.values.lazy.map(\.state), now)
    }

    /// Messages that were given up.
    package var failedMessages: Int {
        messages.values.count { message in
            guard case .open(let open) = message.state else { return false }
            return open.phase == .failed
        }
    }

    /// Orders that only a person can mend.
    package var exceptions: Int {
        orders.reduce(0) { sum, shard in
            sum
                + shard.values.count { order in
                    guard case .exception = order.state.phase else { return false }
                    return true
                }
        }
    }

    private func owed<S: Service>(
        _ service: S.Type, _ states: some Sequence<S.Rules.State>, _ now: Timestamp
    ) -> [(service: String, calls: OwedCalls)] {
        var owed = S.operations.map { OwedCalls(operation: $0) }
        for state in states {
            guard let call = S.call(of: state) else { continue }
            let attempts = call.attempts
            guard attempts.isInFlight || attempts.failures > 0 || attempts.isDue(at: now) else {
                continue
            }
            owed[call.operation].add(since: attempts.since)
        }
        return owed.filter { $0.count > 0 }.map { (S.name, $0) }
    }
}
