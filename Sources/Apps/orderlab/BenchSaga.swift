// SPDX-License-Identifier: Apache-2.0
/// `orderlab bench saga`: full sagas a second on one node, every effect through the real workers,
/// and beside them the raw floor: the same rows by bare SQLite.

import ArgumentParser
import Contracts
import Foundation
import Gateway
import House
import InventoryDomain
import InventoryService
import Kernel
import Logging
import NodeEngine
import NodeRuntime
import OrdersDomain
import OrdersService
import Ports
import Program
import ServiceLifecycle
import ServiceModel
import Synchronization
import VaultAdapter

struct BenchSaga: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "saga",
        abstract: "Full sagas a second: placed, held, paid, shipped, delivered, mailed.",
        discussion: """
            One node on one SQLite file with synchronous=FULL. Submitters place orders in \
            process; authorize, capture, label, two carrier updates and one mail go through \
            the workers. The audit must be green at the end. Mails are files in memory \
            where there is a tmpfs, and are collected and counted as they come: a mail \
            server's disk is not the house's.
            """)

    @Option(help: "Orders to place in a round.")
    var orders = 60_000

    @Option(help: "Rounds; the median and the best are told.")
    var rounds = 3

    @Option(help: "Orders that are placed before the clock starts.")
    var warmUp = 5_000

    @Option(help: "Callers that wait for an answer at a time.")
    var callers = 4_096

    @Option(help: "Inputs that one batch takes at most.")
    var batch = 8_192

    @Option(help: "Lines of an order.")
    var lines = 3

    @Option(help: "Different articles; 1 makes every order want the same one.")
    var articles = 1_000

    @Option(help: "Where to work; a temporary folder if it is not said.")
    var data: String?

    @Flag(help: "Keep the data afterwards.")
    var keep = false

    @Flag(help: "Keep mails beside the store instead of in memory.")
    var mailOnDisk = false

    @Flag(help: "Flush each mail to the disk; means --mail-on-disk.")
    var durableMail = false

    @Flag(help: "Write every changed row in the commit of its events, for comparison.")
    var writeThrough = false

    @Flag(help: "Leave out the raw floor.")
    var noFloor = false

    func validate() throws {
        guard orders > 0, rounds > 0, warmUp >= 0, callers > 0, batch > 0,
            (1...100).contains(lines), articles >= lines
        else { throw ValidationError("Counts are positive; there are at least as many articles.") }
    }

    func run() async throws {
        let folder = data ?? NSTemporaryDirectory() + "orderhouse-bench-\(getpid())"
        defer { if !keep { try? FileManager.default.removeItem(atPath: folder) } }
        let mails = try Self.mails(of: folder, isOnDisk: mailOnDisk || durableMail)
        defer { if let mails, !keep { try? FileManager.default.removeItem(atPath: mails) } }
        let figures = try await measure(in: folder, collectingMail: mails != nil)
        Machine().lines.forEach { print($0) }
        print("mails        \(mails == nil ? "beside the store" : "in memory (tmpfs), collected")")
        figures.lines.forEach { print($0) }
        if !noFloor {
            let floor = try RawFloor.measure(
                store: "\(folder)/nodes/house/store.sqlite", folder: folder,
                orders: figures.orders, commits: figures.commits)
            print(floor.line(orders: figures.orders))
            print(
                String(
                    format: "ratio        %.2f of the raw floor",
                    floor.seconds / Double(figures.orders) * figures.medianRate))
        }
        guard figures.isGreen else { throw ExitCode(1) }
    }

    /// Puts the house's maildir on a tmpfs; nil where there is none, or when it shall not be.
    private static func mails(of folder: String, isOnDisk: Bool) throws -> String? {
        let memory = "/dev/shm"
        guard !isOnDisk, FileManager.default.isWritableFile(atPath: memory) else { return nil }
        let mails = "\(memory)/orderhouse-bench-\(getpid())"
        for path in [folder, mails] {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        }
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder)/mail", withDestinationPath: mails)
        return mails
    }

    private func measure(in folder: String, collectingMail: Bool) async throws -> Figures {
        var settings = HouseSettings(data: folder)
        settings.moveParcels(pickupDelay: .zero, deliveryDelay: .zero)
        settings.isMailDurable = durableMail
        settings.host.batchMax = batch
        if writeThrough { settings.runner = .writeThrough }
        let house = try House(settings)
        let group = ServiceGroup(
            configuration: .init(
                services: house.services.map { .init(service: $0) }, gracefulShutdownSignals: [],
                logger: .init(label: "bench")))
        var figures = Figures()
        let postman = Postman(maildir: "\(folder)/mail")
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            if collectingMail { tasks.addTask { await postman.run() } }
            while !house.isReady { try await Task.sleep(for: .milliseconds(2)) }
            let load = SagaLoad(house: house, lines: lines, articles: articles)
            try await load.stock()
            try await load.place(warmUp, callers: callers, first: 0)
            try await load.settle(orders: warmUp)
            for round in 0..<rounds {
                let first = warmUp + round * orders
                let before = Usage.now
                let turns = house.turns
                try await load.place(orders, callers: callers, first: first)
                let placed = Usage.now
                try await load.settle(orders: first + orders)
                let after = Usage.now
                figures.rounds.append(
                    Round(
                        orders: orders, placedSeconds: placed.wall - before.wall,
                        seconds: after.wall - before.wall, cpuSeconds: after.cpu - before.cpu,
                        commits: house.turns - turns, latencies: load.latencies.sorted()))
            }
            figures.orders = warmUp + rounds * orders
            figures.commits = house.turns
            postman.stop()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        try figures.count(in: folder)
        figures.bookLines.mails += postman.collected
        return figures
    }
}

/// Places orders in process and waits until they are through.
final class SagaLoad: Sendable {
    private let house: House
    private let orders: any Door<Orders>
    private let lines: Int
    private let articles: Int
    private let state = Mutex<(next: Int, latencies: [Double])>((0, []))

    init(house: House, lines: Int, articles: Int) {
        self.house = house
        orders = house.door(to: Orders.self)
        self.lines = lines
        self.articles = articles
    }

    var latencies: [Double] { state.withLock { $0.latencies } }

    func stock() async throws {
        let inventory = house.door(to: Inventory.self)
        for index in 0..<articles {
            guard let sku = SKU("SKU-\(index)") else { continue }
            let reply = await inventory.submit(
                .count(StockKey(sku, .main), onHand: 900_000_000, expected: nil), by: .house,
                request: NodeEngine.Request(
                    principal: .house, key: "stock-\(index)", about: []), trace: nil)
            guard reply.status == 200 else { throw ExitCode(70) }
        }
    }

    func place(_ count: Int, callers: Int, first: Int) async throws {
        state.withLock { $0 = (first, []) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<callers {
                group.addTask { try await self.caller(until: first + count) }
            }
            try await group.waitForAll()
        }
    }

    private func caller(until end: Int) async throws {
        var latencies: [Double] = []
        while true {
            let index = state.withLock { state in
                state.next += 1
                return state.next - 1
            }
            guard index < end else { break }
            let begin = Usage.wallNow
            let reply = try await place(index)
            guard reply.status == 201 else {
                throw ValidationError(String(decoding: reply.body, as: UTF8.self))
            }
            latencies.append(Usage.wallNow - begin)
        }
        state.withLock { [latencies] in $0.latencies.append(contentsOf: latencies) }
    }

    private func place(_ index: Int) async throws -> Reply {
        let email = "customer\(index % 4_372)@example.org"
        let personal = PersonalData(
            name: "Customer \(index % 4_372)", email: email, line: "1 High Street",
            city: "Leeds", postcode: "LS1 1AA", country: "GB")
        let sealed = try await house.vault.seal(personal.bytes, contact: email)
        let key = "bench-\(index)"
        let id = OrderID(
            UUIDv7(
                milliseconds: house.clock.now().milliseconds,
                bucket: Murmur3.bucket(Array(key.utf8)), entropy: house.entropy.next()))
        var order: [OrderLine] = []
        for line in 0..<lines {
            guard let sku = SKU("SKU-\((index &* 7 &+ line) % articles)"),
                let quantity = Quantity(1 + line),
                let price = UnitPrice(decimal: "2.55", currency: .gbp)
            else { throw ExitCode(70) }
            order.append(try OrderLine(sku: sku, quantity: quantity, unitPrice: price))
        }
        guard let country = Country("GB") else { throw ExitCode(70) }
        let request = NodeEngine.Request(principal: .anonymous, key: key, about: personal.bytes)
        return await orders.submit(
            .place(
                PlaceOrder(
                    order: id, lines: order, warehouse: .main,
                    recipient: Recipient(
                        sealed: Sealed(person: PersonID(sealed.person), box: sealed.box),
                        country: country),
                    paymentToken: "tok_ok")),
            by: .anonymous, request: request, trace: nil)
    }

    /// Waits until every order is completed and every message sent: six facts and two.
    func settle(orders: Int) async throws {
        let end = Usage.wallNow + 120
        while house.head("orders/0") < orders * 6 || house.head("notifications/0") < orders * 2 {
            guard Usage.wallNow < end else {
                throw ValidationError("The sagas did not come to rest: \(house.heads)")
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}
