// SPDX-License-Identifier: Apache-2.0
/// The small job of the crash lab: a handful of orders that between them go through every ending.
/// It asks one thing after the other on one connection, so that it is the same each time.

import Contracts
import Kernel
import LoadGenerator
import Synchronization

enum CrashJob {
    private static let plain = KillShop.article("CRASH-1", pence: 1_250)
    private static let other = KillShop.article("CRASH-2", pence: 399)
    private static let rare = KillShop.article("CRASH-3", pence: 99_900)

    /// Every article with the units that are counted first.
    static let stock: [(sku: SKU, onHand: Int64)] = [
        (plain.sku, 1_000), (other.sku, 1_000), (rare.sku, 3),
    ]

    /// In turn: delivered and mailed; refused for want of stock; declined; charged although the
    /// provider did not answer; not charged, and asked again; two that are to be canceled, one of
    /// them while nobody knows whether it is paid; answered twice.
    static let orders: [KillOrder] = [
        order([(plain, 2), (other, 1)]), order([(rare, 5)], isScarce: true),
        order([(plain, 1)], token: "tok_declined"),
        order([(other, 3)], token: "tok_timeout_after"),
        order([(plain, 1)], token: "tok_timeout_before"), order([(plain, 1), (rare, 1)]),
        order([(other, 1)], token: "tok_webhook"), order([(plain, 4)], token: "tok_twice"),
    ]

    /// The numbers of those that are canceled as soon as they are taken.
    static let canceled: Set<Int> = [5, 6]

    /// What `orderhouse serve` is told: parcels that move at once, calls that are lost soon.
    static let arguments = [
        "--log-level", "error", "--pickup-delay", "15", "--delivery-delay", "5",
        "--effect-timeout", "0.5",
    ]

    /// How the job's client behaves.
    static var plan: KillPlan {
        var plan = KillPlan(kills: 0, seed: 0x6372_6173_68, connections: 1)
        plan.script = orders
        plan.settleMax = .seconds(30)
        plan.settleEvery = .milliseconds(10)
        plan.repeatAfter = .milliseconds(10)
        plan.responseMax = .seconds(10)
        plan.answerMax = .seconds(15)
        return plan
    }

    private static func order(
        _ lines: [(article: KillShop.Article, units: Int)], token: String = "tok_ok",
        isScarce: Bool = false
    ) -> KillOrder {
        let lines = lines.map { article, units -> OrderLine in
            guard let quantity = Quantity(units),
                let line = try? OrderLine(
                    sku: article.sku, quantity: quantity, unitPrice: article.price)
            else { preconditionFailure("an order line of our own") }
            return line
        }
        return KillOrder(lines: lines, token: token, isScarce: isScarce)
    }
}

extension KillLab {
    /// The job from its first request to the last order's rest. Throws as soon as the house is
    /// gone.
    func work(_ client: LoadClient) async throws {
        let numbers = askForAll()
        try await countAll(client)
        for number in numbers {
            try await repeatUntilAnswered(number, client)
            if let cancel = askToCancel(number) { try await repeatUntilAnswered(cancel, client) }
        }
        try await settle(client)
    }

    /// Notes every order of the job as asked for.
    func askForAll() -> [Int] {
        history.withLock { history in CrashJob.orders.map { _ in history.ask(.order) } }
    }

    /// Notes that the order of request `number` is to be canceled; nil when the job wants that not,
    /// or there is no such order.
    func askToCancel(_ number: Int) -> Int? {
        guard CrashJob.canceled.contains(number) else { return nil }
        return history.withLock { history in
            history.entries[number].answer?.order.map { history.ask(.cancel($0)) }
        }
    }

    /// Counts every article. A count that was stored already is answered as it was then.
    func countAll(_ client: LoadClient) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + plan.answerMax
        for (sku, onHand) in shop.stock {
            var response = try await client.send(count(sku, onHand))
            while response.status == 503, clock.now < deadline {
                try await Task.sleep(for: plan.repeatAfter)
                response = try await client.send(count(sku, onHand))
            }
            guard response.status == 200 else {
                throw KillLabFailure.stockNotCounted(response.status, response.start)
            }
        }
    }
}
