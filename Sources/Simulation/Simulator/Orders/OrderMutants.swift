// SPDX-License-Identifier: Apache-2.0
/// Planted bugs in the rules of orders.

import Contracts
import Invariants
import Kernel
import NodeEngine
import OrdersDomain
import OrdersService
import Ports
import ServiceModel

private typealias OrderStates = States<OrderID, OrderState>

extension Mutant {
    static let orders = [
        Mutant(
            "order-is-confirmed-without-a-reservation", trips: .o1,
            in: Orders.self, Skipping.self),
        Mutant("order-completes-before-it-arrives", trips: .o3, in: Orders.self, Early.self),
        Mutant("order-completes-at-every-delivery", trips: .o6, in: Orders.self, Eager.self),
        Mutant("order-keeps-the-money-of-the-canceled", trips: .o7, in: Orders.self, Greedy.self),
        Mutant("order-asks-for-another-amount", trips: .m7, in: Orders.self, Overcharging.self),
        Mutant("order-forgets-its-shipping", trips: .m7, in: Orders.self, Shipless.self),
        Mutant("order-asks-in-another-currency", trips: .m8, in: Orders.self, Confused.self),
        Mutant("order-gives-back-what-has-left", trips: .g2, in: Orders.self, Deaf.self),
        Mutant(
            "order-waits-for-money-that-will-not-come", trips: .l1,
            in: Orders.self, Hopeful.self),
        Mutant("order-completes-without-its-money", trips: .o3, in: Orders.self, Generous.self),
        Mutant(
            "order-reminds-before-it-is-due", trips: .g5, needs: .deaths,
            in: Orders.self, Hasty.self),
        Mutant("order-timers-are-lost", trips: .l1, in: Orders.self, Sleepy.self),
        Mutant("order-keeps-answers-that-decide-nothing", trips: .i4, Stubborn.self),
        Mutant("order-is-answered-before-it-is-decided", trips: .i8, Hurried.self),
        Mutant("order-is-decided-twice", trips: .o8) { overrides in
            overrides.replace(Orders.name) { role, limits in
                var limits = limits
                limits.cachedEntities = 0
                limits.lagEvents = 0
                return Wavering.runner(at: role.place(limits))
            }
            overrides.store = { BentStore($0, .keepsPending) }
        },
    ]
}

private enum Skipping: DecoratedRules {
    typealias Base = OrderDecider

    static func bend(
        _ events: [OrderEvent], _ command: OrderCommand, _ states: OrderStates, _ moment: Moment
    ) -> [OrderEvent] {
        guard case .reserved(let reserved)? = events.first, let details = states.first.details
        else { return events }
        return [
            .confirmed(
                .init(
                    order: details.order, warehouse: details.warehouse, total: details.total,
                    units: details.units, recipient: details.recipient,
                    remindAt: reserved.expiresAt))
        ]
    }
}

private enum Shipless: DecoratedRules {
    typealias Base = OrderDecider

    static func bend(
        _ events: [OrderEvent], _ command: OrderCommand, _ states: OrderStates, _ moment: Moment
    ) -> [OrderEvent] {
        guard case .placed(let placed)? = events.first else { return events }
        let shipping = placed.adjustments.filter { $0.kind == .shipping }
            .reduce(0) { $0 + $1.amount.amount }
        let total = Money(amount: placed.total.amount - shipping, currency: placed.total.currency)
        return [
            .placed(
                .init(
                    order: placed.order, lines: placed.lines, adjustments: placed.adjustments,
                    total: total, warehouse: placed.warehouse, origin: placed.origin,
                    recipient: placed.recipient, paymentToken: placed.paymentToken,
                    principal: placed.principal, at: placed.at, remindAt: placed.remindAt))
        ]
    }
}

private enum Early: DecoratedRules {
    typealias Base = OrderDecider

    static func bend(
        _ events: [OrderEvent], _ command: OrderCommand, _ states: OrderStates, _ moment: Moment
    ) -> [OrderEvent] {
        guard case .paid(let order)? = events.last else { return events }
        return events + [.completed(order)]
    }
}

private enum Eager: DecoratedRules {
    typealias Base = OrderDecider

    static func bend(
        _ events: [OrderEvent], _ command: OrderCommand, _ states: OrderStates, _ moment: Moment
    ) -> [OrderEvent] {
        guard states.first.phase == .completed else { return events }
        switch command {
        case .noteDelivered(let order), .noteCaptured(let order): return [.completed(order)]
        default: return events
        }
    }
}

private enum Hopeful: DecoratedRules {
    typealias Base = OrderDecider

    static func bend(
        _ events: [OrderEvent], _ command: OrderCommand, _ states: OrderStates, _ moment: Moment
    ) -> [OrderEvent] {
        guard case .noteCaptureFailed = command else { return events }
        return events.filter { if case .exception = $0 { false } else { true } }
    }
}

private enum Generous: DecoratedRules {
    typealias Base = OrderDecider

    static func bend(
        _ events: [OrderEvent], _ command: OrderCommand, _ states: OrderStates, _ moment: Moment
    ) -> [OrderEvent] {
        guard case .exception(let order, _)? = events.last,
            case .inFulfillment(_, isDelivered: true) = states.first.phase
        else { return events }
        return [.completed(order)]
    }
}

private enum Greedy: DecoratedRules {
    typealias Base = OrderDecider

    static func bend(
        _ events: [OrderEvent], _ command: OrderCommand, _ states: OrderStates, _ moment: Moment
    ) -> [OrderEvent] {
        events.map { event in
            // Not where the parcel is stopped first: the table of transitions would see that.
            guard case .stopped(let stopped) = event, states.first.phase == .awaitingPayment else {
                return event
            }
            return .stopped(
                .init(
                    order: stopped.order, reason: stopped.reason, hold: stopped.hold,
                    payment: nil, remindAt: stopped.remindAt))
        }
    }
}

private enum Overcharging: DecoratedRules {
    typealias Base = OrderDecider

    static func bend(
        _ events: [OrderEvent], _ command: OrderCommand, _ states: OrderStates, _ moment: Moment
    ) -> [OrderEvent] {
        events.map { event in
            guard case .reserved(let reserved) = event else { return event }
            let amount = reserved.amount
            return .reserved(
                .init(
                    order: reserved.order,
                    amount: Money(amount: amount.amount + 1, currency: amount.currency),
                    paymentToken: reserved.paymentToken, expiresAt: reserved.expiresAt))
        }
    }
}

private enum Confused: DecoratedRules {
    typealias Base = OrderDecider

    static func bend(
        _ events: [OrderEvent], _ command: OrderCommand, _ states: OrderStates, _ moment: Moment
    ) -> [OrderEvent] {
        events.map { event in
            guard case .reserved(let reserved) = event else { return event }
            return .reserved(
                .init(
                    order: reserved.order,
                    amount: Money(amount: reserved.amount.amount, currency: .jpy),
                    paymentToken: reserved.paymentToken, expiresAt: reserved.expiresAt))
        }
    }
}

/// Takes the word that the parcel has left for the word that it was stopped.
private enum Deaf: DecoratedRules {
    typealias Base = OrderDecider

    static func decide(
        _ command: OrderCommand, _ states: OrderStates, _ moment: Moment
    ) throws(OrderRejection) -> [OrderEvent] {
        if case .noteShipped(let order) = command,
            case .canceling(_, let undoing) = states.first.phase, undoing.shipment
        {
            return try OrderDecider.decide(.noteShipmentCanceled(order), states, moment)
        }
        return try OrderDecider.decide(command, states, moment)
    }
}

private enum Hasty: DecoratedRules {
    typealias Base = OrderDecider

    static func decide(
        _ command: OrderCommand, _ states: OrderStates, _ moment: Moment
    ) throws(OrderRejection) -> [OrderEvent] {
        guard case .wake = command, let due = states.first.remindAt, due > moment.at else {
            return try OrderDecider.decide(command, states, moment)
        }
        let then = Moment(at: due, draw: moment.draw, principal: moment.principal)
        return try OrderDecider.decide(command, states, then)
    }
}

private enum Sleepy: DecoratedRules {
    typealias Base = OrderDecider

    static func bend(
        _ events: [OrderEvent], _ command: OrderCommand, _ states: OrderStates, _ moment: Moment
    ) -> [OrderEvent] {
        if case .wake = command { [] } else { events }
    }
}

/// A refusal for want of stock is told as if the request were wrong.
private enum Stubborn: DecoratedService {
    typealias Base = Orders
    typealias Rules = OrderDecider

    static func reply(
        to command: OrderCommand, _ outcome: Result<Entity<OrderState>, OrderRejection>
    ) -> Reply {
        let reply = Orders.reply(to: command, outcome)
        guard case .success = outcome, reply.status == 409 else { return reply }
        return Reply(status: 422, body: reply.body, version: reply.version)
    }
}

private enum Hurried: DecoratedService {
    typealias Base = Orders
    typealias Rules = OrderDecider

    static let postponesAnswers = false
}

/// Makes up its mind once more, when the parcel leaves.
private enum Wavering: DecoratedService {
    typealias Base = Orders
    typealias Rules = OrderDecider

    static func isUndecided(_ state: OrderState) -> Bool {
        Orders.isUndecided(state) || state.phase == .confirmed
    }

    static func verdict(on order: Entity<OrderState>, at key: OrderID) -> Reply {
        Orders.verdict(on: order, at: key)
    }
}
