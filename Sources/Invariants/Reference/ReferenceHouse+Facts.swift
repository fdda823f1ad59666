// SPDX-License-Identifier: Apache-2.0
/// What a house's facts say of its inputs, and nothing of its decisions: of an answer of the
/// warehouse only that it was asked, of an order only that it was taken or that its undoing was.

package import Contracts
import Kernel

extension ReferenceHouse {
    /// The facts of one log in its order; those of an order before those that answer them.
    package mutating func hear(_ event: OrderEvent) {
        switch event {
        case .placed(let placed):
            take(.placed(placed.order, lines: placed.lines, warehouse: placed.warehouse))
        case .stopped(let stopped): take(.undone(stopped.order))
        case .reserved, .rejected, .confirmed, .inFulfillment, .canceling, .cancelFailed,
            .canceled, .completed, .reminded, .paid, .delivered, .stockReturned, .paymentUndone,
            .exception:
            break
        }
    }

    package mutating func hear(_ event: StockEvent) {
        switch event {
        case .counted(let key, let onHand, _): take(.counted(key, onHand: onHand))
        case .held(let movement) where !movement.lines.isEmpty: take(.asked(movement.order))
        case .refused(_, let order, _, _): take(.asked(order))
        case .shipped(let movement) where !movement.lines.isEmpty: take(.takenAway(movement.order))
        case .released(let movement, _) where !movement.lines.isEmpty:
            take(.givenBack(movement.order))
        case .held, .committed, .shipped, .released, .changed, .listed: break
        }
    }

    package mutating func hear(_ event: PaymentEvent) {
        switch event {
        case .authorized(_, let order, _): take(.granted(order))
        case .declined(_, let order, _): take(.refused(order))
        case .captured(_, let order, _): take(.moneyTaken(order))
        case .captureFailed(_, let order, _): take(.moneyRefused(order))
        case .requested, .attempted, .deferred, .captureRequested, .voidRequested, .voided: break
        }
    }

    package mutating func hear(_ event: ShipmentEvent) {
        switch event {
        case .shipped(_, let order, _): take(.parcelLeft(order))
        case .delivered(_, let order): take(.parcelArrived(order))
        case .created, .attempted, .deferred, .labeled, .cancelRequested, .canceled: break
        }
    }
}
