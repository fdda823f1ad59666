// SPDX-License-Identifier: Apache-2.0
/// Kills the house while it works, again and again, and demands that nothing which it acknowledged
/// is lost, done twice, or answered differently afterwards.

import Contracts
import Kernel
import LoadGenerator
import SeededRandom
import Synchronization
import TemporaryFolders

package final class KillLab: Sendable {
    let plan: KillPlan
    let house: any KillableHouse
    let shop: KillShop
    let history: Mutex<KillHistory>
    private let isKilled = Atomic(false)

    /// Runs `plan` against a house of `binary`, started with `arguments` in a folder of its own,
    /// which is kept when something is wrong.
    package static func run(
        binary: String, arguments: [String] = [], _ plan: KillPlan
    ) async throws -> KillReport {
        let folder = try TestFolder()
        var report = await run(
            plan, against: ProcessHouse(binary: binary, arguments: arguments, folder: folder))
        if report.passed { folder.remove() } else { report.evidence = folder.path }
        return report
    }

    package static func run(
        binary: String, kills: Int, seed: UInt64, connections: Int
    ) async throws -> KillReport {
        try await run(
            binary: binary, KillPlan(kills: kills, seed: seed, connections: connections))
    }

    package static func run(
        _ plan: KillPlan, against house: any KillableHouse
    ) async -> KillReport {
        let lab = KillLab(plan, house)
        let clock = ContinuousClock()
        let start = clock.now
        do {
            try await lab.countStock()
            for round in 0..<plan.kills { try await lab.round(round) }
            try await lab.conclude()
        } catch {
            // A house that does not come up again is what is looked for, too.
            lab.edit { $0.find(.brokenOff, "after kill \($0.kills): \(error)") }
        }
        return lab.history.withLock { history in
            history.report.seconds = (clock.now - start) / .seconds(1)
            history.report.passed = history.report.isClean
            return history.report
        }
    }

    /// Goes on with what `history` knows; nil begins anew.
    init(_ plan: KillPlan, _ house: any KillableHouse, _ history: KillHistory? = nil) {
        self.plan = plan
        self.house = house
        shop = KillShop(plan)
        self.history = Mutex(history ?? KillHistory(seed: plan.seed))
    }

    /// Chance for one purpose: the same on every run with the same seed.
    func random(_ purpose: UInt64, _ number: Int) -> SplitMix64 {
        var mixer = SplitMix64(seed: plan.seed ^ purpose &* 0xbf58_476d_1ce4_e5b9)
        return SplitMix64(seed: mixer.next() ^ UInt64(number) &* 0x94d0_49bb_1331_11eb)
    }

    // MARK: Rounds

    private func countStock() async throws {
        try await running { client in
            for (sku, onHand) in shop.stock {
                let response = try await client.send(count(sku, onHand))
                guard response.status == 200 else {
                    throw KillLabFailure.stockNotCounted(response.status, response.start)
                }
            }
        }
        try await house.stop()
    }

    /// The same request each time, so that it may be repeated.
    func count(_ sku: SKU, _ onHand: Int64) -> LoadRequest {
        .count(
            sku, onHand: onHand, key: "\(shop.key(0))-count-\(sku)", principal: shop.principal)
    }

    /// Start, resend, load, kill.
    private func round(_ round: Int) async throws {
        var random = random(1, round)
        if random.hits(plan.stumbles) {
            let lifetime = random.draw(in: plan.stumbleAfter)
            _ = try await house.start(lifetime: .milliseconds(lifetime))
            edit { $0.stumbles += 1 }
        }
        let patience = Duration.milliseconds(random.draw(in: plan.killAfter))
        try await running { client in
            try await readRecent(client)
            try await resendUnanswered(client)
            isKilled.store(false, ordering: .relaxed)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for worker in 0..<plan.connections {
                    let random = self.random(2, round * plan.connections + worker)
                    tasks.addTask { await self.shopUntilKilled(client, random) }
                }
                try await Task.sleep(for: patience)
                try await house.kill()
                isKilled.store(true, ordering: .relaxed)
                try await tasks.waitForAll()
            }
        }
        edit { $0.kills += 1 }
    }

    /// Starts the house and opens a client to it.
    func running<Answer>(_ body: (LoadClient) async throws -> Answer) async throws -> Answer {
        let clock = ContinuousClock()
        let start = clock.now
        guard let target = try await house.start(lifetime: nil) else {
            throw KillLabFailure.houseNotStarted
        }
        let milliseconds = (clock.now - start) / .milliseconds(1)
        edit { $0.restartMaxMilliseconds = max($0.restartMaxMilliseconds, milliseconds) }
        var settings = LoadSettings(connections: plan.connections)
        settings.responseTimeout = plan.responseMax
        return try await LoadClient.with(target, settings) { client in
            try await client.connectAll()
            return try await body(client)
        }
    }

    /// Places orders, and cancels some of them, until the house is gone.
    private func shopUntilKilled(_ client: LoadClient, _ chance: SplitMix64) async {
        var random = chance
        var known: [OrderID] = []
        while !isKilled.load(ordering: .relaxed), !Task.isCancelled {
            var asked = KillAsked.order
            if let order = known.last, random.hits(plan.cancels) {
                asked = .cancel(order)
                known.removeLast()
            }
            let number = history.withLock { $0.ask(asked) }
            guard let response = try? await client.send(shop.request(number, asked)) else { return }
            let isAnswered = history.withLock { $0.answer(number, response) }
            if !isAnswered { try? await Task.sleep(for: .milliseconds(5)) }
            if response.status == 201, let order = KillAnswer(response).order {
                known.append(order)
            }
        }
    }

    // MARK: Repeating

    /// Sends every request without an answer once more, under its own key.
    func resendUnanswered(_ client: LoadClient) async throws {
        let numbers = history.withLock { history in
            let numbers = history.unanswered
            for number in numbers { history.resend(number) }
            return numbers
        }
        try await inParallel(numbers) { try await self.repeatUntilAnswered($0, client) }
    }

    /// Sends a request again until the house has an answer, for a bounded time.
    func repeatUntilAnswered(_ number: Int, _ client: LoadClient) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + plan.answerMax
        let request = shop.request(number, history.withLock { $0.entries[number].asked })
        while clock.now < deadline {
            do throws(LoadFailure) {
                let response = try await client.send(request)
                if history.withLock({ $0.answer(number, response) }) { return }
            } catch {
                guard error == .timedOut else { throw error }
            }
            try await Task.sleep(for: plan.repeatAfter)
        }
        history.withLock { $0.find(.unanswered, number, "was put off for \(plan.answerMax)") }
    }

    /// Runs `body` for every item, as many at a time as there are connections.
    func inParallel<Item: Sendable>(
        _ items: [Item], _ body: @escaping @Sendable (Item) async throws -> Void
    ) async throws {
        let workers = min(plan.connections, items.count)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for worker in 0..<workers {
                tasks.addTask {
                    for index in stride(from: worker, to: items.count, by: workers) {
                        try await body(items[index])
                    }
                }
            }
            try await tasks.waitForAll()
        }
    }

    func edit(_ change: (inout KillReport) -> Void) {
        history.withLock { change(&$0.report) }
    }
}

package enum KillLabFailure: Error, Sendable, Equatable {
    case houseNotStarted
    case stockNotCounted(Int, String)
    /// A list of orders that can't be read, or that never ends.
    case badPage(String)
}
