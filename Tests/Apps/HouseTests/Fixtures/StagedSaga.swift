// SPDX-License-Identifier: Apache-2.0
/// One list of orders seen through in stages that no clock divides: between two stages the house is
/// stopped, and the next one opens it with a carrier that goes one step further.

import Contracts
import FaultyPorts
import House
import Kernel
import OrdersDomain
import Ports
import SandboxAdapter
import TemporaryFolders

struct StagedSaga: Sendable {
    let orders: [PlannedOrder]
    let topology: HouseSettings.Topology
    let orderShards: Int
    /// Nil for the good bus, or none at all.
    let busSeed: UInt64?

    /// What is left when all is done.
    struct Outcome: Sendable {
        let form: CanonicalForm
        /// Where each order of the list stands in the end.
        let standings: [String]
        let ledger: Ledger
        let toll: FaultyBus.Toll
        let audit: Audit
    }

    enum Stage {
        /// Everything that can be paid for is, and waits for the carrier.
        case labeled
        /// What somebody canceled is undone, as far as the provider answers.
        case undone
        /// The carrier has every parcel and the house its money.
        case shipped
        /// Nothing is left to do.
        case delivered
    }

    func run() async throws -> Outcome {
        try await TestFolder.with { folder in
            let data = folder.path("house")
            var toll = FaultyBus.Toll()
            var bus = newBus(1)
            let ids = try await withHouse(settings(.labeled, data), bus: bus) { house in
                let ids = try await place(Shop(house: house), data)
                try await settle(.labeled, ids, data)
                try await cancel(ids, Shop(house: house))
                try await settle(.undone, ids, data)
                return ids
            }
            toll = toll + (bus?.toll ?? FaultyBus.Toll())
            for stage in [Stage.shipped, .delivered] {
                bus = newBus(stage == .shipped ? 2 : 3)
                try await withHouse(settings(stage, data), bus: bus) { house in
                    try await settle(stage, ids, data)
                    try await comeTooLate(ids, Shop(house: house), stage)
                }
                toll = toll + (bus?.toll ?? FaultyBus.Toll())
            }
            return try outcome(ids, data, toll)
        }
    }

    private func outcome(
        _ ids: [OrderID], _ data: String, _ toll: FaultyBus.Toll
    ) throws -> Outcome {
        let ledger = try Ledger.whole(settings(.delivered, data))
        guard Set(ledger.stories.keys) == Set(ids) else {
            throw NeverHappened(description: "there are orders that nobody placed")
        }
        return Outcome(
            form: try CanonicalForm(ledger, ids: ids),
            standings: ids.map { ledger.stories[$0]?.standing ?? "" }, ledger: ledger, toll: toll,
            audit: try Audit(data: data))
    }

    private func newBus(_ number: UInt64) -> FaultyBus? {
        busSeed.map { badBus(seed: $0 &* 100 &+ number) }
    }

    private func settings(_ stage: Stage, _ data: String) -> HouseSettings {
        var settings = HouseSettings(data: data)
        settings.topology = topology
        settings.orderShards = orderShards
        settings.isMailDurable = false
        settings.publisherInterval = .milliseconds(20)
        // Whom the provider never answers waits for the next stage before the house asks.
        settings.effectTimeout = stage == .labeled ? .seconds(3_600) : .seconds(1)
        settings.payments.slowDelay = .milliseconds(30)
        settings.payments.noticeDelay = .milliseconds(20)
        let never = Duration.seconds(86_400)
        switch stage {
        case .labeled, .undone: settings.moveParcels(pickupDelay: never, deliveryDelay: never)
        case .shipped: settings.moveParcels(pickupDelay: .zero, deliveryDelay: never)
        case .delivered: settings.moveParcels(pickupDelay: .zero, deliveryDelay: .zero)
        }
        return settings
    }
}

extension StagedSaga {
    /// All at once; every thirteenth is sent again, and must get the same answer.
    private func place(_ shop: Shop, _ data: String) async throws -> [OrderID] {
        try await shop.count(.ample)
        return try await withThrowingTaskGroup(of: (Int, OrderID).self) { tasks in
            for order in orders {
                tasks.addTask {
                    let placed = try await shop.placeUntilDecided(order)
                    guard placed.reply.status == 201 || order.fate == .soldOut else {
                        throw Shop.Refused(placed.reply)
                    }
                    if order.index.isMultiple(of: 13) {
                        let again = try await shop.place(order).reply
                        guard again == placed.reply.replayed() else { throw Shop.Refused(again) }
                    }
                    if order.fate == .canceledUnpaid {
                        try await cancelUnpaid(placed.id, order, shop, data)
                    }
                    return (order.index, placed.id)
                }
            }
            var ids: [Int: OrderID] = [:]
            for try await (index, id) in tasks { ids[index] = id }
            return orders.compactMap { ids[$0.index] }
        }
    }

    /// As soon as the provider has had the call that it will never answer.
    private func cancelUnpaid(
        _ id: OrderID, _ order: PlannedOrder, _ shop: Shop, _ data: String
    ) async throws {
        try await eventually("order \(order.index) is authorized") {
            let book = try PaymentBook.read(Books.payments(data))
            return book.payments[id.payment().raw]?.authorizations == 1
        }
        let reply = await shop.cancel(id, key: order.key)
        guard [200, 202].contains(reply.status) else { throw Shop.Refused(reply) }
    }

    /// Those that are meant to be canceled now, all at once.
    private func cancel(_ ids: [OrderID], _ shop: Shop) async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for (order, id) in zip(orders, ids) where order.fate == .canceledAfterLabel {
                tasks.addTask {
                    let reply = await shop.cancel(id, key: order.key)
                    guard [200, 202].contains(reply.status) else { throw Shop.Refused(reply) }
                }
            }
            try await tasks.waitForAll()
        }
    }

    /// Cancels what has left the house: that changes nothing.
    private func comeTooLate(_ ids: [OrderID], _ shop: Shop, _ stage: Stage) async throws {
        for (order, id) in zip(orders, ids) where order.fate == .completes {
            let reply = await shop.cancel(id, key: "\(order.key)-\(stage)")
            guard reply.status == 409 else { throw Shop.Refused(reply) }
        }
    }

    /// Waits until every order stands where the stage ends for it.
    private func settle(_ stage: Stage, _ ids: [OrderID], _ data: String) async throws {
        var ledger = Ledger(settings(stage, data))
        var astray: [String] = []
        try await eventually("\(stage) with \(astray)") {
            try ledger.read()
            astray = zip(orders, ids).compactMap { order, id in
                let standing = ledger.stories[id]?.standing ?? "nowhere"
                return order.fate.standings(after: stage).contains(standing)
                    ? nil : "\(order.index) \(order.token) \(order.fate): \(standing)"
            }
            return astray.isEmpty
        }
    }
}

extension PlannedOrder.Fate {
    /// Order, hold, payment, shipment and mails when the stage has ended for this fate.
    func standings(after stage: StagedSaga.Stage) -> [String] {
        let standing =
            switch (self, stage) {
            case (.completes, .labeled), (.completes, .undone), (.canceledAfterLabel, .labeled),
                (.unpaid, .labeled), (.unpaid, .undone):
                "confirmed committed authorized labeled order-confirmed"
            case (.completes, .shipped):
                "in-fulfillment+paid shipped captured shipped order-confirmed"
            case (.completes, .delivered):
                "completed shipped captured delivered order-confirmed"
            case (.unpaid, .shipped):
                "exception shipped capture-failed shipped order-confirmed"
            case (.unpaid, .delivered):
                "exception+delivered shipped capture-failed delivered order-confirmed"
            case (.canceledAfterLabel, .undone), (.canceledAfterLabel, .shipped),
                (.canceledAfterLabel, .delivered):
                "canceled released voided canceled order-canceled,order-confirmed"
            case (.canceledUnpaid, _): Self.unpaidStandings[2]
            case (.declined, _): "canceled released declined - order-canceled"
            case (.soldOut, _): "rejected refused - - -"
            }
        return self == .canceledUnpaid && stage != .delivered ? Self.unpaidStandings : [standing]
    }

    /// First the house waits for an answer to the authorization, then for one to the void. Neither
    /// comes: it asks what became of the call, when it is opened again or when it was patient
    /// enough.
    private static let unpaidStandings = [
        "canceling-payment released unwanted - -", "canceling-payment released voiding - -",
        "canceled released voided - order-canceled",
    ]
}
