// SPDX-License-Identifier: Apache-2.0
/// `orderhouse demo`: real orders of a gift wholesaler through the HTTP API, then a report and the
/// audit.

import ArgumentParser
import Contracts
import Foundation
import House
import JSONCodec
import Kernel
import LoadGenerator
import Logging
import Program
import ReportingService
import Retail
import ServiceLifecycle
import ServiceModel

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Replay real orders through the HTTP API, then report and audit.",
        discussion: """
            Some payments are declined, some answers get lost, some articles are short, some \
            orders are canceled: the report says what became of each. See data/README.md for \
            where the orders come from.
            """)

    @Option(help: "How many orders to replay.")
    var orders = 400

    @Option(help: "The shop's file of invoice lines.")
    var file = "data/online-retail-2010-12.csv"

    @Option(help: "Where the house keeps its data; a fresh temporary folder if it is not said.")
    var data: String?

    func validate() throws {
        guard (1...100_000).contains(orders) else {
            throw ValidationError("--orders is 1 to 100000.")
        }
    }

    func run() async throws {
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = .warning
            return handler
        }
        let folder =
            data ?? NSTemporaryDirectory() + "orderhouse-demo-\(UInt32.random(in: 0 ... .max))"
        do {
            let replay = try RetailReplay(file: file, count: orders)
            print("revision \(Revision.text)")
            print("read \(replay.orders.count) orders, \(replay.lines) lines, from \(file)")
            let address = try await serve(folder, replay)
            var auditor = try Auditor(data: folder)
            let report = try auditor.run()
            print(report.text)
            print("the house is in \(folder); it was listening on \(address)")
            print("open it again: orderhouse serve --data \(folder)")
            if !report.isGreen { throw ExitCode(1) }
        } catch let failure as HouseFailure {
            Output.complain(failure)
            throw ExitCode(failure)
        } catch let error as CSVError {
            Output.complain(HouseFailure.unusableData("\(file): \(error)"))
            throw ExitCode.dataUnusable
        }
    }

    /// Runs a house until the replay is through; returns where it listened.
    private func serve(_ folder: String, _ replay: RetailReplay) async throws -> String {
        var settings = HouseSettings(data: folder)
        settings.moveParcels(pickupDelay: .milliseconds(20), deliveryDelay: .milliseconds(30))
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let house = try House(settings)
        let group = Server(house: house, host: "127.0.0.1", port: 0).group {
            port.yield($0)
        }
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                try await group.run()
                port.finish()
            }
            var address = ""
            for await listening in ports {
                address = "http://127.0.0.1:\(listening)"
                print("listening on \(address)")
                try await replay.run(LoadTarget(host: "127.0.0.1", port: listening))
                try await printSales(of: house)
                break
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return address
        }
    }
}

extension Demo {
    /// What was sold today, by country: the orders are of long ago, but were placed now.
    private func printSales(of house: House) async throws {
        guard await house.views.wait(for: "sales", at: house.heads, atMost: .seconds(30)) else {
            throw ValidationError("The read model of sales did not catch up.")
        }
        let (from, to) = ReportTool.today
        for (kind, group) in [(ReportQuestion.Kind.sales, "country"), (.funnel, nil)] {
            let report = try await ReportTool(data: house.settings.data).report(kind) { option in
                switch option {
                case .from: from
                case .to: to
                case .group: group
                case .by, .zone: nil
                }
            }
            let options = group.map { " --group \($0)" } ?? ""
            print("\(kind.rawValue) (orderhouse report \(kind.rawValue)\(options)):")
            for line in report.csv.split(separator: "\r\n") { print("  \(line)") }
        }
    }
}

/// Sends orders to a house, as a shop's backend would.
struct RetailReplay {
    let orders: [RetailOrder]

    init(file: String, count: Int) throws {
        var source = try RetailOrders(path: file)
        var orders: [RetailOrder] = []
        while orders.count < count, let order = try source.next() { orders.append(order) }
        self.orders = orders
    }

    var lines: Int { orders.reduce(0) { $0 + $1.lines.count } }

    func run(_ target: LoadTarget) async throws {
        try await LoadClient.with(target, LoadSettings(connections: 16)) { client in
            try await load(client)
            try await stock(client)
            try await place(client)
            try await settle(client)
        }
    }

    /// The shop's articles, each a product with the price that it was sold at most often.
    private func load(_ client: LoadClient) async throws {
        var sold: [SKU: [String: Int]] = [:]
        for line in orders.flatMap(\.lines) {
            sold[line.sku, default: [:]][line.unitPrice.decimal, default: 0] += 1
        }
        var lines: [[UInt8]] = []
        for (sku, prices) in sold.sorted(by: { $0.key < $1.key }) {
            let usual = prices.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? "0"
            lines.append(Self.product(sku, "Article \(sku)", usual))
        }
        var created = 0
        for batch in stride(from: 0, to: lines.count, by: Self.productsAtOnce) {
            let part = lines[batch..<min(batch + Self.productsAtOnce, lines.count)]
            let reply = try await client.send(
                .products(Array(part), key: "products-\(batch)"))
            guard reply.status == 200 else { throw ValidationError("\(reply.status) for products") }
            created += String(decoding: reply.body, as: UTF8.self)
                .ranges(of: #""status":201"#).count
        }
        print("loaded \(created) of \(lines.count) articles as products")
    }

    private static let productsAtOnce = 500

    private static func product(_ sku: SKU, _ title: String, _ price: String) -> [UInt8] {
        var json = JSONWriter(capacity: 192)
        json.beginObject()
        json.key("code")
        json.string(sku.code)
        json.key("title")
        json.string(title)
        json.key("variants")
        json.beginArray()
        json.beginObject()
        json.key("sku")
        json.string(sku.code)
        json.key("prices")
        json.beginArray()
        json.beginObject()
        json.key("currency")
        json.string("GBP")
        json.key("decimal")
        json.string(price)
        json.endObject()
        json.endArray()
        json.endObject()
        json.endArray()
        json.endObject()
        return json.bytes
    }

    /// Stocks what the orders want, but of every fortieth article only half of it.
    private func stock(_ client: LoadClient) async throws {
        var wanted: [SKU: Int64] = [:]
        for order in orders {
            for line in order.lines { wanted[line.sku, default: 0] += Int64(line.quantity.units) }
        }
        for (index, item) in wanted.sorted(by: { $0.key < $1.key }).enumerated() {
            let units = index % 40 == 39 ? item.value / 2 : item.value
            let reply = try await client.send(
                .count(item.key, onHand: units, key: "count-\(item.key)"))
            guard reply.status == 200 else { throw ValidationError("\(reply.status) for stock") }
        }
        print("counted \(wanted.count) articles")
    }

    /// One after the other; every fifteenth customer cancels at once.
    private func place(_ client: LoadClient) async throws {
        var statuses: [Int: Int] = [:]
        var canceled: [Int: Int] = [:]
        let begin = Date.now
        for (index, order) in orders.enumerated() {
            let shopper = Shopper(order.customer ?? order.invoice, country: order.country)
            let token =
                index % 20 == 19
                ? "tok_declined"
                : index % 25 == 24
                    ? "tok_timeout_after" : index % 33 == 32 ? "tok_webhook" : "tok_ok"
            let origin = OrderOrigin(
                source: "web", customer: order.customer.map(String.init),
                reference: "\(order.invoice)")
            let reply = try await client.send(
                .place(
                    order.lines, for: shopper, token: token, origin: origin,
                    key: "invoice-\(order.invoice)"))
            statuses[reply.status, default: 0] += 1
            if index % 15 == 14, let id = reply.json?["id"]?.string.flatMap({ OrderID(text: $0) }) {
                let answer = try await client.send(.cancel(id, key: "cancel-\(order.invoice)"))
                canceled[answer.status, default: 0] += 1
            }
            if (index + 1) % 100 == 0 { print("placed \(index + 1) of \(orders.count)") }
        }
        let seconds = -begin.timeIntervalSinceNow
        print(
            "answers: \(text(statuses)); one caller, "
                + String(format: "%.1f ms an order", seconds * 1e3 / Double(max(1, orders.count))))
        print("cancellations: \(text(canceled))")
    }

    private func text(_ statuses: [Int: Int]) -> String {
        statuses.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }
            .joined(separator: ", ")
    }

    private static let ends: Set = ["completed", "canceled", "rejected", "exception"]

    /// Waits until every order has come to its end, and says what became of them.
    private func settle(_ client: LoadClient) async throws {
        let end = Date.now.addingTimeInterval(60)
        while true {
            let statuses = try await census(client)
            let open = statuses.filter { !Self.ends.contains($0.key) }
            if open.isEmpty || Date.now > end {
                for (status, count) in statuses.sorted(by: { $0.key < $1.key }) {
                    print("  \(count) \(status)")
                }
                return
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private func census(_ client: LoadClient) async throws -> [String: Int] {
        var statuses: [String: Int] = [:]
        var path = "/v1/orders?limit=500"
        while true {
            let page = try await client.send(.get(path))
            guard page.status == 200, let root = page.json, let list = root["data"] else {
                throw ValidationError("\(page.status) for the list of orders")
            }
            for order in list.elements {
                statuses[order["status"]?.string ?? "?", default: 0] += 1
            }
            guard let cursor = root["nextCursor"]?.string else { return statuses }
            path = "/v1/orders?limit=500&after=\(cursor)"
        }
    }
}
