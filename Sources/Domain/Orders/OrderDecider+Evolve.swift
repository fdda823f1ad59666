// SPDX-License-Identifier: Apache-2.0
/// What an order becomes by each of its facts.

package import Contracts
import Kernel

extension OrderDecider {
    package static func evolve(
        _ state: OrderState, _ event: OrderEvent, at key: OrderID
    ) -> OrderState {
        var next = state
        switch event {
        case .placed(let placed):
            next.details = OrderState.Details(placed)
            next.advance(to: .reserving, remindAt: placed.remindAt)
        case .reserved(let reserved):
            next.advance(to: .awaitingPayment, remindAt: reserved.expiresAt)
        case .rejected(_, let short): next.advance(to: .rejected(short), remindAt: nil)
        case .confirmed(let confirmed):
            next.advance(to: .confirmed, remindAt: confirmed.remindAt)
        case .inFulfillment:
            // The shipment watches itself; the deadline of the step before goes on.
            next.phase = .inFulfillment(isCaptured: false, isDelivered: false)
        case .paid: next.phase = .inFulfillment(isCaptured: true, isDelivered: false)
        case .delivered: next.arrive()
        case .exception(_, let reason): next.stumble(over: reason)
        case .completed: next.advance(to: .completed, remindAt: nil)
        case .canceling(_, let reason, let shipment):
            next.phase = .canceling(
                reason, .init(shipment: shipment != nil, hold: true, payment: shipment != nil))
        case .stopped(let stopped):
            next.advance(
                to: .canceling(
                    stopped.reason,
                    .init(
                        shipment: false, hold: stopped.hold != nil,
                        payment: stopped.payment != nil)),
                remindAt: stopped.remindAt)
        case .stockReturned: next.finishUndoing(hold: true)
        case .paymentUndone: next.finishUndoing(hold: false)
        case .cancelFailed: next.phase = .confirmed
        case .canceled(let canceled):
            next.advance(to: .canceled(canceled.reason), remindAt: nil)
        case .reminded(let reminded):
            next.remindAt = reminded.remindAt
            next.reminders += 1
        }
        return next
    }
}

extension OrderState {
    fileprivate mutating func advance(to phase: Phase, remindAt: Timestamp?) {
        self.phase = phase
        self.remindAt = remindAt
        reminders = 0
    }

    fileprivate mutating func arrive() {
        guard case .exception(let reason, _) = phase else {
            phase = .inFulfillment(isCaptured: false, isDelivered: true)
            return
        }
        advance(to: .exception(reason, isDelivered: true), remindAt: nil)
    }

    /// A parcel that is still under way is asked about as before.
    fileprivate mutating func stumble(over reason: ExceptionReason) {
        if case .inFulfillment(_, isDelivered: true) = phase {
            advance(to: .exception(reason, isDelivered: true), remindAt: nil)
        } else {
            phase = .exception(reason, isDelivered: false)
        }
    }

    fileprivate mutating func finishUndoing(hold: Bool) {
        guard case .canceling(let reason, var undoing) = phase else { return }
        if hold { undoing.hold = false } else { undoing.payment = false }
        phase = .canceling(reason, undoing)
    }
}
