// SPDX-License-Identifier: Apache-2.0
/// Planted bugs in the rules of orders and shipments.

import Contracts
import Kernel
import NodeEngine
import OrdersDomain
import OrdersService
import Ports
import ShippingDomain
import ShippingService

extension Mutant {
    static let orders = [
        Mutant("order-keeps-the-money-of-the-canceled", trips: "M10", context: 0, Greedy.self),
        Mutant("order-timers-are-lost", trips: "L1", needs: .bus, context: 0, Sleepy.self),
        Mutant(
            "order-completes-at-every-delivery", trips: "O6", needs: .bus, context: 0,
            Eager.self),
        Mutant("parcel-canceled-without-asking", trips: "G3", context: 3, Rash.self),
        Mutant("order-placed-twice-is-placed-again", trips: "O8", context: 0, Amnesiac.self),
    ]

    private enum Greedy: DecoratedService {
        typealias Base = Orders
        typealias Rules = Keeping

        enum Keeping: DecoratedRules {
            typealias Base = OrderDecider

            static func decide(
                _ command: OrderCommand, _ states: States<OrderID, OrderState>,
                _ moment: Moment
            ) throws(OrderRejection) -> [OrderEvent] {
                try OrderDecider.decide(command, states, moment).map { event in
                    guard case .stopped(let stopped) = event else { return event }
                    return .stopped(
                        .init(
                            order: stopped.order, reason: stopped.reason, hold: stopped.hold,
                            payment: nil, remindAt: stopped.remindAt))
                }
            }
        }
    }

    private enum Sleepy: DecoratedService {
        typealias Base = Orders
        typealias Rules = OrderDecider

        static func wake(_ key: OrderID, isRestart: Bool) -> OrderCommand { .noteVoided(key) }
    }

    private enum Eager: DecoratedService {
        typealias Base = Orders
        typealias Rules = Repeating

        enum Repeating: DecoratedRules {
            typealias Base = OrderDecider

            static func decide(
                _ command: OrderCommand, _ states: States<OrderID, OrderState>,
                _ moment: Moment
            ) throws(OrderRejection) -> [OrderEvent] {
                if states.first.phase == .completed {
                    switch command {
                    case .noteDelivered(let order), .noteCaptured(let order):
                        return [.completed(order)]
                    default: break
                    }
                }
                return try OrderDecider.decide(command, states, moment)
            }
        }
    }

    private enum Amnesiac: DecoratedService {
        typealias Base = Orders
        typealias Rules = OrderDecider

        /// A rejection is not kept, so that the same request is decided again.
        static func reply(
            to command: OrderCommand, _ outcome: Result<Entity<OrderState>, OrderRejection>
        ) -> Reply {
            let reply = Orders.reply(to: command, outcome)
            return reply.status == 201
                ? Reply(status: 503, body: reply.body, version: reply.version) : reply
        }
    }

    private enum Rash: DecoratedService {
        typealias Base = Shipping
        typealias Rules = Hasty

        enum Hasty: DecoratedRules {
            typealias Base = ShipmentDecider

            static func decide(
                _ command: ShipmentCommand, _ states: States<ShipmentID, ShipmentState>,
                _ moment: Moment
            ) throws(ShipmentRejection) -> [ShipmentEvent] {
                if case .cancel(let shipment, let order) = command,
                    case .open(let open) = states.first, open.phase == .labeled
                {
                    return [.canceled(shipment, order: order)]
                }
                return try ShipmentDecider.decide(command, states, moment)
            }
        }
    }
}
