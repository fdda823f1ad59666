// SPDX-License-Identifier: Apache-2.0
/// The end of a run: everything comes to rest, old answers are asked for again, and the house is
/// compared with what the client knows.

import Contracts
import JSONCodec
import Kernel
import LoadGenerator
import Synchronization

extension KillLab {
    private static let pageSize = 100
    /// Orders that are looked up after each restart.
    private static let recentMax = 32

    /// `prepare` is done first of all, with the house running.
    func conclude(_ prepare: (LoadClient) async throws -> Void = { _ in }) async throws {
        let stored = try await running { client in
            try await prepare(client)
            try await readRecent(client)
            try await resendUnanswered(client)
            try await settle(client)
            try await replay(client)
            let stored = try await list(client)
            try await checkStock(client, stored)
            return stored
        }
        history.withLock { $0.judge(stored: stored, shop) }
        try await house.stop()
        let audit = try await house.audit()
        edit { $0.audit = audit }
    }

    /// Waits until every order has ended; false when the time is up before.
    @discardableResult
    func settle(_ client: LoadClient, within patience: Duration? = nil) async throws -> Bool {
        let clock = ContinuousClock()
        let deadline = clock.now + (patience ?? plan.settleMax)
        repeat {
            var restless = try await list(client).filter { !KillHistory.isTerminal($0.value) }
            if restless.isEmpty { return true }
            while !restless.isEmpty, clock.now < deadline {
                try await Task.sleep(for: plan.settleEvery)
                for order in restless.keys.sorted() {
                    guard let status = try await status(of: order, client),
                        KillHistory.isTerminal(status)
                    else { break }
                    restless[order] = nil
                }
            }
        } while clock.now < deadline
        return false
    }

    private func status(of order: OrderID, _ client: LoadClient) async throws -> String? {
        let path = "/v1/orders/\(order.text)"
        let response = try await client.send(.get(path, principal: shop.principal))
        return response.status == 200 ? response.json?["status"]?.string : nil
    }

    /// Just after a restart, the orders that were acknowledged last must be there to be read.
    func readRecent(_ client: LoadClient) async throws {
        let recent = history.withLock { $0.recentOrders(Self.recentMax) }
        try await inParallel(recent) { order in
            guard try await self.status(of: order, client) == nil else { return }
            self.edit { report in
                report.find(.invisible, "\(order.text) is not there after kill \(report.kills)")
            }
        }
    }

    private func replay(_ client: LoadClient) async throws {
        var random = random(3, 0)
        let sample = history.withLock { $0.sample(plan.replays, &random) }
        try await inParallel(sample) { try await self.repeatUntilAnswered($0, client) }
    }

    /// Every order of the house with its status, page by page.
    func list(_ client: LoadClient) async throws -> [OrderID: String] {
        var orders: [OrderID: String] = [:]
        var cursor: String?
        repeat {
            let path = "/v1/orders?limit=\(Self.pageSize)" + (cursor.map { "&after=\($0)" } ?? "")
            let response = try await client.send(.get(path, principal: shop.principal))
            guard response.status == 200, let page = response.json, let data = page["data"] else {
                throw KillLabFailure.badPage("\(response.status) \(response.start)")
            }
            let before = orders.count
            for order in data.elements {
                guard let id = order["id"]?.string.flatMap({ OrderID(text: $0) }),
                    let status = order["status"]?.string
                else { throw KillLabFailure.badPage(response.start) }
                orders[id] = status
            }
            guard orders.count == before + data.count else {
                throw KillLabFailure.badPage("an order stands on two pages: \(response.start)")
            }
            cursor = page["nextCursor"]?.string
            guard cursor == nil || data.count > 0 else {
                throw KillLabFailure.badPage("an empty page has a next one")
            }
        } while cursor != nil
        return orders
    }

    /// Nothing is held or allocated any more, and what was shipped is gone.
    private func checkStock(_ client: LoadClient, _ stored: [OrderID: String]) async throws {
        let left = history.withLock { $0.stockLeft(stored: stored, shop) }
        for (sku, units) in left.sorted(by: { $0.key < $1.key }) {
            let response = try await client.send(
                .get("/v1/stock/\(Warehouse.main)/\(sku)", principal: shop.principal))
            let item = response.json
            let found = ["onHand", "held", "allocated", "available"].map { item?[$0]?.int64 }
            guard found != [units, 0, 0, units] else { continue }
            edit { $0.find(.stock, "of \(sku) there should be \(units): \(response.start)") }
        }
    }
}
