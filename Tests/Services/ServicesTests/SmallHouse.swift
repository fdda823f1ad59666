// SPDX-License-Identifier: Apache-2.0
/// The six services without an engine: facts travel from log to consumer in order, but which of
/// them travels next, and when the outside answers, follows from the seed.

import CatalogDomain
import CatalogService
import Contracts
import GivenWhenThen
import InventoryDomain
import InventoryService
import Kernel
import NodeEngine
import NotificationsDomain
import NotificationsService
import OrdersDomain
import OrdersService
import PaymentsDomain
import PaymentsService
import Ports
import SampleFacts
import ShippingDomain
import ShippingService
import Testing

/// One service: its entities, and which attempts were started.
struct Station<S: Service> {
    var entities = Entities<S.Rules>()
    private var started: [S.Rules.Key: Int64] = [:]

    /// Decides `command`; what it announces, and the calls that it now owes.
    mutating func take(
        _ command: S.Rules.Command, _ moment: Moment
    ) -> (facts: [any Fact], effects: [S.Effect]) {
        let events = entities.run(command, moment)
        var effects: [S.Effect] = []
        for key in events.flatMap(S.Rules.changes) {
            guard let owed = S.effect(owedBy: entities[key], at: key),
                owed.attempt > started[key, default: 0]
            else { continue }
            started[key] = owed.attempt
            effects.append(owed.effect)
        }
        return (events, effects)
    }

    /// The entity that is due first.
    var due: (at: Timestamp, command: S.Rules.Command)? {
        let due = entities.states.compactMap { key, state in state.due.map { (at: $0, key: key) } }
        let first = due.min { ($0.at, "\($0.key)") < ($1.at, "\($1.key)") }
        return first.map { ($0.at, S.wake($0.key, isRestart: false)) }
    }
}

struct SmallHouse {
    /// What may happen next.
    private enum Outside {
        case order(OrderCommand)
        case provider(ProviderCall)
        case carrier(ParcelCall)
        case parcel(CarrierStatus)
        case mailer(MessageCall)
    }

    private struct Route: Hashable {
        let from: String
        let to: String
    }

    private(set) var orders = Station<Orders>()
    private(set) var inventory = Station<Inventory>()
    private(set) var payments = Station<Payments>()
    private(set) var shipping = Station<Shipping>()
    private(set) var notifications = Station<Notifications>()
    private(set) var catalog = Station<Catalog>()
    private(set) var parcel: CarrierStatus?

    private let isDeclined: Bool
    private var chance: Chance
    private var time = Timestamp.noon
    private var outside: [Outside] = []
    /// In the order in which they were first used, so that a seed always means the same.
    private var routes: [Route] = []
    private var underWay: [Route: [any Fact]] = [:]

    init(seed: UInt64, stock: Int64, isDeclined: Bool, cancels: Int) {
        chance = Chance(seed: seed)
        self.isDeclined = isDeclined
        // The product comes before or after what stock announces of its article.
        let product = ProductEvent.Product.of(.teaSet, .of(.tea, .of("5.00")))
        if chance.comesUp(50) { take(.put(product)) }
        take(.count(StockKey(.tea, .north), onHand: stock, expected: nil))
        if catalog.entities.history.isEmpty { take(.put(product)) }
        let order = PlaceOrder(
            order: .sample, lines: [.of(.tea, 3, at: "5.00")], warehouse: .north,
            recipient: .sample, paymentToken: "tok")
        take(.place(order))
        for _ in 0..<cancels { outside.append(.order(.cancel(.sample, .customerAsked))) }
    }

    /// Runs until nothing is left to happen. False when that takes absurdly long.
    mutating func run() -> Bool {
        for _ in 0..<5_000 {
            let ready = routes.filter { underWay[$0]?.isEmpty == false }
            if ready.isEmpty && outside.isEmpty {
                guard wake() else { return true }
            } else if !ready.isEmpty, outside.isEmpty || chance.comesUp(70) {
                deliver(chance.one(of: ready))
            } else {
                happen(outside.remove(at: chance.below(outside.count)))
            }
        }
        return false
    }

    private mutating func deliver(_ route: Route) {
        guard let fact = underWay[route]?.removeFirst() else { return }
        switch route.to {
        case Orders.name: if let command = Orders.command(for: fact) { take(command) }
        case Inventory.name:
            if let command = Inventory.command(for: fact) { take(command) }
        case Payments.name: if let command = Payments.command(for: fact) { take(command) }
        case Shipping.name: if let command = Shipping.command(for: fact) { take(command) }
        case Catalog.name: if let command = Catalog.command(for: fact) { take(command) }
        default: if let command = Notifications.command(for: fact) { take(command) }
        }
    }

    private mutating func happen(_ event: Outside) {
        switch event {
        case .order(let command): take(command)
        case .provider(let call):
            let isRefused = call.operation == .authorize && isDeclined
            let answer: ProviderAnswer =
                isRefused ? .refused(code: "declined") : .done(reference: "r")
            take(Payments.command(for: answer, to: call))
        case .carrier(let call): take(Shipping.command(for: answer(call), to: call.shipment))
        case .parcel(let status):
            guard parcel == (status == .shipped ? .labeled : .shipped) else { return }
            parcel = status
            if status == .shipped { outside.append(.parcel(.delivered)) }
            let update = CarrierUpdate(shipment: OrderID.sample.shipment().raw, status: status)
            take(Shipping.command(for: update))
        case .mailer(let call): take(Notifications.command(for: .sent, to: call.message))
        }
    }

    private mutating func answer(_ call: ParcelCall) -> CarrierAnswer {
        switch (call.operation, parcel) {
        case (.label, nil):
            parcel = .labeled
            outside.append(.parcel(.shipped))
            return .labeled(tracking: "GB1")
        case (.label, .canceled): return .canceled
        case (.label, _): return .labeled(tracking: "GB1")
        case (.cancel, nil), (.cancel, .labeled), (.cancel, .canceled):
            parcel = .canceled
            return .canceled
        case (_, let status): return status.map { .status($0) } ?? .notFound
        }
    }

    /// Lets time pass until something is due.
    private mutating func wake() -> Bool {
        let times = [
            orders.due?.at, payments.due?.at, shipping.due?.at, notifications.due?.at,
        ]
        guard let next = times.compactMap(\.self).min() else { return false }
        time = max(time, next)
        if let due = orders.due, due.at <= time { take(due.command) }
        if let due = payments.due, due.at <= time { take(due.command) }
        if let due = shipping.due, due.at <= time { take(due.command) }
        if let due = notifications.due, due.at <= time { take(due.command) }
        return true
    }

    private mutating func take(_ command: OrderCommand) {
        announce(orders.take(command, moment()).facts, from: Orders.name)
    }

    private mutating func take(_ command: StockCommand) {
        announce(inventory.take(command, moment()).facts, from: Inventory.name)
    }

    private mutating func take(_ command: CatalogCommand) {
        announce(catalog.take(command, moment()).facts, from: Catalog.name)
    }

    private mutating func take(_ command: PaymentCommand) {
        let (facts, effects) = payments.take(command, moment())
        outside += effects.map { .provider($0) }
        announce(facts, from: Payments.name)
    }

    private mutating func take(_ command: ShipmentCommand) {
        let (facts, effects) = shipping.take(command, moment())
        outside += effects.map { .carrier($0) }
        announce(facts, from: Shipping.name)
    }

    private mutating func take(_ command: MessageCommand) {
        let (facts, effects) = notifications.take(command, moment())
        outside += effects.map { .mailer($0) }
        announce(facts, from: Notifications.name)
    }

    private mutating func announce(_ facts: [any Fact], from service: String) {
        for listener in AnyService.all where listener.subscribesTo.contains(service) {
            let route = Route(from: service, to: listener.name)
            if underWay[route] == nil { routes.append(route) }
            underWay[route, default: []] += facts
        }
    }

    private mutating func moment() -> Moment {
        time = time + chance.span(upTo: .seconds(5))
        return chance.moment(at: time)
    }
}
