// SPDX-License-Identifier: Apache-2.0
/// Many orders for few units, all at once, with second thoughts at every step, over a bus that
/// loses, repeats, reorders and delays, to providers that misbehave. Nobody can say who gets what.

import Contracts
import FaultyPorts
import House
import Kernel
import NodeEngine
import OrdersDomain
import OrdersService
import Ports
import SandboxAdapter
import SeededRandom
import ServiceModel
import TemporaryFolders

struct Rush: Sendable {
    let orders: [Wish]
    let orderShards: Int
    let seed: UInt64

    /// An order, and when it is regretted.
    struct Wish: Sendable {
        let order: PlannedOrder
        let regret: Regret?
    }

    /// As soon as the order is seen to have come so far.
    enum Regret: Int, CaseIterable, Sendable {
        case placed, awaitingPayment, confirmed, inFulfillment
    }

    struct Outcome: Sendable {
        let stories: [Story]
        let ledger: Ledger
        let toll: FaultyBus.Toll
        let audit: Audit
        /// The answers to cancellations.
        let cancellations: [Int]
    }

    private typealias Token = SandboxPayments.Token

    /// 64 orders for 48 units.
    init(orderShards: Int, seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        orders = try (0..<64).map { index in
            let lines = try PlannedOrder.lines(.scarce, upTo: 2, units: 3, &random)
            let token = random.hits(100) ? Token.declined : Token.ok
            let regret = random.hits(400) ? Regret.allCases.randomElement(using: &random) : nil
            return Wish(
                order: PlannedOrder(index: index, lines: lines, token: token, fate: .completes),
                regret: regret)
        }
        self.orderShards = orderShards
        self.seed = seed
    }

    /// Units that are wanted by orders which nothing but a lack of stock can stop.
    var unitsWantedFirmly: Int64 {
        orders.filter { $0.regret == nil && $0.order.token != Token.declined }
            .reduce(0) { $0 + $1.order.units.values.reduce(0, +) }
    }

    func run() async throws -> Outcome {
        try await TestFolder.with { folder in
            let settings = settings(folder.path("house"))
            let bus = badBus(seed: seed)
            let (ids, answers) = try await withHouse(settings, bus: bus) { house in
                let shop = Shop(house: house)
                try await shop.count(.scarce)
                let (ids, answers) = try await send(to: shop)
                // The bus goes on as it is: nobody may depend on its getting better.
                try await settle(ids, settings)
                return (ids, answers)
            }
            let ledger = try Ledger.whole(settings)
            return Outcome(
                stories: ids.compactMap { ledger.stories[$0] }, ledger: ledger, toll: bus.toll,
                audit: try Audit(data: settings.data), cancellations: answers)
        }
    }

    private func settings(_ data: String) -> HouseSettings {
        var settings = HouseSettings(data: data)
        settings.topology = .split
        settings.orderShards = orderShards
        settings.isMailDurable = false
        settings.publisherInterval = .milliseconds(20)
        settings.moveParcels(pickupDelay: .milliseconds(20), deliveryDelay: .milliseconds(5))
        settings.payments.seed = seed
        settings.payments.latency = .milliseconds(3)
        settings.payments.slowDelay = .milliseconds(30)
        settings.payments.timeoutBefore = 40
        settings.payments.timeoutAfter = 40
        settings.payments.unavailable = 40
        settings.payments.twice = 100
        settings.payments.slow = 100
        // No update is lost for ever: the house would ask after it for long.
        settings.carrier.seed = seed
        settings.carrier.timeoutBefore = 30
        settings.carrier.timeoutAfter = 30
        settings.carrier.unavailable = 30
        settings.carrier.repeatedUpdate = 200
        settings.carrier.outOfOrder = 200
        return settings
    }

    /// All wishes at once, each on its own; gives the orders' ids, and how regrets were answered.
    private func send(to shop: Shop) async throws -> ([OrderID], [Int]) {
        try await withThrowingTaskGroup(of: (OrderID, Int?).self) { tasks in
            for wish in orders {
                tasks.addTask {
                    let placed = try await shop.placeUntilDecided(wish.order)
                    guard placed.reply.status == 201 || placed.reply.status == 409 else {
                        throw Shop.Refused(placed.reply)
                    }
                    guard let regret = wish.regret else { return (placed.id, nil) }
                    let steps = Self.steps
                    try await eventually("order \(wish.order.index) moves") {
                        let order = try shop.orders.entity(placed.id)
                        let phase = order?.state.phase.slug ?? "absent"
                        return (steps[phase] ?? .max) >= regret.rawValue
                    }
                    let reply = await shop.cancel(placed.id, key: wish.order.key)
                    return (placed.id, reply.status)
                }
            }
            var ids: [OrderID] = []
            var answers: [Int] = []
            for try await (id, answer) in tasks {
                ids.append(id)
                if let answer { answers.append(answer) }
            }
            return (ids, answers)
        }
    }

    /// How far an order has come; whatever is not here is beyond regret.
    private static let steps = [
        "absent": -1, "reserving": 0, "awaiting-payment": 1, "confirmed": 2, "in-fulfillment": 3,
    ]

    private func settle(_ ids: [OrderID], _ settings: HouseSettings) async throws {
        var ledger = Ledger(settings)
        var restless: [String] = []
        try await eventually("at rest with \(restless)") {
            try ledger.read()
            restless = ids.compactMap { id in
                guard let story = ledger.stories[id] else { return "\(id.text): nowhere" }
                return story.isAtRest ? nil : "\(id.text): \(story.standing)"
            }
            return restless.isEmpty
        }
    }
}
