// SPDX-License-Identifier: Apache-2.0
/// The real program while its wall clock is set to and fro: retries run, orders are of today, ids
/// ascend.

import Contracts
import CrashLabs
import Foundation
import JSONCodec
import Kernel
import LoadGenerator
import TemporaryFolders
import Testing

#if os(Linux)
    @Suite(.serialized) struct `A house whose clock is wrong` {
        private static let years = Duration.seconds(3 * 365 * 86_400)
        private static let dayMilliseconds: Int64 = 86_400_000

        /// An order as the house shows it.
        private struct Shown {
            let id: OrderID
            let status: String
            let placedAt: Timestamp

            init(_ json: JSONView?) throws {
                id = try #require(json?["id"]?.string.flatMap { OrderID(text: $0) })
                status = try #require(json?["status"]?.string)
                placedAt = try #require(json?["placedAt"]?.string.flatMap { Timestamp(text: $0) })
            }
        }

        /// A house that is started as often as needed, on one folder and one clock.
        private struct Lab {
            let folder: TestFolder
            let shim: ClockShim

            var data: String { folder.path("data") }

            func serve(_ body: (HouseProcess, LoadClient) async throws -> Void) async throws {
                let house = try await HouseProcess.serve(
                    Programs.orderhouse, data: data, arguments: ["--log-level", "notice"],
                    tracer: shim.tracer, in: folder)
                try await LoadClient.with(house.target, LoadSettings(connections: 1)) { client in
                    try await body(house, client)
                }
                try await house.terminate()
            }

            static func with(_ body: (Lab) async throws -> Void) async throws {
                try await TestFolder.with { folder in
                    try await body(Lab(folder: folder, shim: try await ClockShim(in: folder)))
                }
            }
        }

        private static let sku = SKU("A1")!

        private static func count(_ client: LoadClient) async throws {
            let response = try await client.send(.count(sku, onHand: 1_000, key: "count"))
            #expect(response.status == 200)
        }

        private static func place(
            _ number: Int, _ client: LoadClient, token: String = "tok_unavailable"
        ) async throws -> Shown {
            let line = try OrderLine(
                sku: sku, quantity: Quantity(1)!,
                unitPrice: UnitPrice(tenThousandths: 25_000, currency: .gbp))
            let response = try await client.send(
                .place([line], for: Shopper(number), token: token, key: "order-\(number)"))
            #expect(response.status == 201)
            return try Shown(response.json)
        }

        private static func expectToday(
            _ order: Shown, sourceLocation: SourceLocation = #_sourceLocation
        ) {
            let now = Int64(Date().timeIntervalSince1970 * 1_000)
            #expect(
                abs(order.placedAt.milliseconds - now) < dayMilliseconds,
                "placed at \(order.placedAt)", sourceLocation: sourceLocation)
        }

        /// Until the order rests, ten seconds at most; the usual is less than three.
        private static func complete(
            _ order: Shown, _ client: LoadClient, sourceLocation: SourceLocation = #_sourceLocation
        ) async throws {
            let clock = ContinuousClock()
            let end = clock.now + .seconds(10)
            var status = order.status
            while status != "completed", clock.now < end {
                try await Task.sleep(for: .milliseconds(50))
                let response = try await client.send(.get("/v1/orders/\(order.id.text)"))
                status = try Shown(response.json).status
            }
            #expect(status == "completed", sourceLocation: sourceLocation)
        }

        /// The clock is looked at once a second.
        private static func expect(
            _ house: HouseProcess, toSay words: String,
            sourceLocation: SourceLocation = #_sourceLocation
        ) async throws {
            for _ in 0..<100 where !house.errorTail.contains(words) {
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(house.errorTail.contains(words), sourceLocation: sourceLocation)
        }

        @Test func `by a minute back lets retries run all the same`() async throws {
            try await Lab.with { lab in
                try await lab.serve { house, client in
                    try await Self.count(client)
                    let before = try await Self.place(1, client)
                    try lab.shim.set(to: .seconds(-60))
                    try await Self.complete(before, client)
                    let after = try await Self.place(2, client)
                    #expect(after.id > before.id)
                    #expect(after.placedAt > before.placedAt)
                    try await Self.complete(after, client)
                }
            }
        }

        @Test func `by years for a while lives in today`() async throws {
            try await Lab.with { lab in
                var orders: [Shown] = []
                func placeOne(_ client: LoadClient) async throws {
                    let order = try await Self.place(orders.count, client)
                    Self.expectToday(order)
                    try await Self.complete(order, client)
                    orders.append(order)
                }
                try await lab.serve { house, client in
                    try await Self.count(client)
                    try await placeOne(client)
                    try lab.shim.set(to: Self.years)
                    try await placeOne(client)
                    try await placeOne(client)
                    try await Self.expect(house, toSay: "clock jump not trusted yet")
                    let ready = try await client.send(.get("/health/ready")).json
                    #expect(ready?["clock"]?["isDoubted"]?.bool == true)
                }
                try await lab.serve { house, client in
                    try await placeOne(client)
                    try await Self.expect(house, toSay: "clock jump not trusted yet")
                    try lab.shim.set(to: .seconds(0))
                    try await placeOne(client)
                    try await Self.expect(house, toSay: "clock is as expected again")
                    let ready = try await client.send(.get("/health/ready")).json
                    #expect(ready?["clock"]?["isDoubted"]?.bool == false)
                }
                try await lab.serve { _, client in try await placeOne(client) }
                #expect(zip(orders, orders.dropFirst()).allSatisfy { $0.id < $1.id })
            }
        }

        /// Nobody knew it better when the house was founded.
        @Test func `by years from the first day comes back to today`() async throws {
            try await Lab.with { lab in
                try lab.shim.set(to: Self.years)
                var future: Shown?
                try await lab.serve { _, client in
                    try await Self.count(client)
                    future = try await Self.place(1, client)
                }
                let wrong = try #require(future)
                #expect(wrong.placedAt.milliseconds > Int64(Date().timeIntervalSince1970) * 1_000)
                try lab.shim.set(to: .seconds(0))
                try await lab.serve { house, client in
                    let order = try await Self.place(2, client)
                    Self.expectToday(order)
                    #expect(order.id > wrong.id)
                    try await Self.complete(wrong, client)
                    try await Self.complete(order, client)
                    try await Self.expect(house, toSay: "clock is far behind the store")
                }
                try await lab.serve { _, client in
                    let order = try await Self.place(3, client)
                    Self.expectToday(order)
                    try await Self.complete(order, client)
                }
                let audit = try await AuditReport.run(
                    Programs.orderhouse, data: lab.data, in: lab.folder)
                #expect(audit.isOK, "\(audit.failures)")
            }
        }

        /// A word that was given too early is spent, and says nothing of the next jump.
        @Test func `is doubted though an operator confirmed it before it jumped`() async throws {
            try await Lab.with { lab in
                try await lab.serve { house, client in
                    try await Self.count(client)
                    let word = try ChildProcess(
                        Programs.orderhouse, ["clock", "confirm", "--data", lab.data],
                        in: lab.folder)
                    #expect(try await word.wait(.seconds(30)) == .exited(0))
                    let file = "\(lab.data)/clock.confirmed"
                    for _ in 0..<100 where FileManager.default.fileExists(atPath: file) {
                        try await Task.sleep(for: .milliseconds(50))
                    }
                    #expect(!FileManager.default.fileExists(atPath: file))
                    try lab.shim.set(to: Self.years)
                    try await Self.expect(house, toSay: "clock jump not trusted yet")
                    try await Task.sleep(for: .seconds(2))
                    #expect(!house.errorTail.contains("clock jump trusted"))
                    Self.expectToday(try await Self.place(1, client))
                }
            }
        }

        @Test func `is believed when an operator says that it is right`() async throws {
            try await Lab.with { lab in
                try await lab.serve { house, client in
                    try await Self.count(client)
                    let before = try await Self.place(1, client)
                    try await Self.complete(before, client)
                    try lab.shim.set(to: Self.years)
                    _ = try await Self.place(2, client)
                    let word = try ChildProcess(
                        Programs.orderhouse, ["clock", "confirm", "--data", lab.data],
                        in: lab.folder)
                    #expect(try await word.wait(.seconds(30)) == .exited(0))
                    var order = try await Self.place(3, client)
                    for number in 4..<200 where order.placedAt.since(before.placedAt) < .days(900) {
                        try await Task.sleep(for: .milliseconds(100))
                        order = try await Self.place(number, client)
                    }
                    #expect(order.placedAt.since(before.placedAt) > .days(900))
                    try await Self.expect(house, toSay: "clock jump trusted")
                    try await Self.complete(order, client)
                }
            }
        }
    }
#endif
