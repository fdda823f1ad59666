// SPDX-License-Identifier: Apache-2.0
/// What a house owes to the outside, on the real program: it goes out soon after a start, however
/// the process ended, and no key that fails or hangs holds up the others.

import CSQLite
import CrashLabs
import Foundation
import JSONCodec
import LoadGenerator
import TemporaryFolders
import Testing

@Suite(.serialized) struct `What is owed to the outside` {
    private static let quiet = ["--log-level", "warning"]

    // MARK: The shop

    private static let cup = LoadRequest(
        "PUT", "/v1/stock/main/CUP",
        headers: [("Content-Type", "application/json"), ("Idempotency-Key", "count")],
        body: Array(#"{"onHand":1000000}"#.utf8))

    /// Places `count` orders as fast as they go; the ids of those that were taken.
    private static func place(
        _ count: Int, token: String, tag: String, _ client: LoadClient
    ) async throws -> [String] {
        try await withThrowingTaskGroup(of: String?.self) { tasks in
            for number in 0..<count {
                tasks.addTask {
                    let body = #"""
                        {"currency":"EUR","lines":[{"sku":"CUP","quantity":1,"unitPrice":"10.00"}],
                        "customer":{"name":"N","email":"n\#(number)@example.com","address":
                        {"line1":"L 1","city":"C","country":"DE"}},"payment":{"token":"\#(token)"}}
                        """#
                    let answer = try? await client.send(
                        LoadRequest(
                            "POST", "/v1/orders",
                            headers: [
                                ("Content-Type", "application/json"),
                                ("Idempotency-Key", "\(tag)-\(number)"),
                            ], body: Array(body.utf8)))
                    return answer?.status == 201 ? answer?.json?["id"]?.string : nil
                }
            }
            return try await tasks.reduce(into: []) { if let id = $1 { $0.append(id) } }
        }
    }

    /// The status of every order.
    private static func statuses(_ data: String, in folder: TestFolder) async throws
        -> [String: String]
    {
        let process = try ChildProcess(
            Programs.orderhouse, ["orders", "--data", data], in: folder)
        let end = try await process.wait(.seconds(60))
        #expect(end == .exited(0), "\(process.errorTail)")
        return try process.output.split(separator: "\n").reduce(into: [:]) { all, line in
            let root = try JSONDocument(parsing: Array(line.utf8)).root
            if let id = root["id"]?.string { all[id] = root["status"]?.string }
        }
    }

    private static let ends: Set = ["completed", "canceled", "rejected", "exception"]

    /// Waits until all of `wanted` have come to an end, and everything owed has gone out.
    private static func rest(
        _ data: String, _ wanted: [String], _ house: HouseProcess, in folder: TestFolder,
        within limit: Duration = .seconds(30)
    ) async throws -> [String: String] {
        let end = ContinuousClock.now + limit
        while true {
            if let ended = await house.poll(for: .milliseconds(1)) {
                throw ProcessFailure.ended(ended, tail: house.errorTail)
            }
            let found = try await statuses(data, in: folder)
            let open = wanted.filter { !ends.contains(found[$0] ?? "") }
            let owed = try await owed(house)
            if open.isEmpty && owed == 0 { return found }
            guard ContinuousClock.now < end else {
                Issue.record("\(open.count) orders are open, \(owed) calls are owed")
                return found
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// How many calls `/health/ready` says are owed.
    private static func owed(_ house: HouseProcess) async throws -> Int64 {
        try await LoadClient.with(house.target, .init(connections: 1)) { client in
            let ready = try await client.send(.get("/health/ready"))
            let owed = try #require(ready.json?["owed"])
            #expect(owed.elements.count == 7, "an entry for each operation")
            return owed.elements.reduce(0) { $0 + ($1["count"]?.int64 ?? 0) }
        }
    }

    private static func mails(_ data: String) -> Int {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(data)/mail/new")) ?? []).count
    }

    private static func expectSound(_ data: String, in folder: TestFolder) async throws {
        let report = try await AuditReport.run(Programs.orderhouse, data: data, in: folder)
        #expect(report.isOK, "\(report.failures)")
    }

    // MARK: Tests

    /// Cases H6 and the first of the effects: nothing is left in a queue of a dead process.
    @Test(arguments: [[], ["--topology", "split", "--order-shards", "2"]])
    func `goes out soon after a kill, and after another in the recovery`(
        _ topology: [String]
    ) async throws {
        try await TestFolder.with { folder in
            let data = folder.path("house")
            let words = Self.quiet + topology
            var house = try await HouseProcess.serve(
                Programs.orderhouse, data: data, arguments: words, in: folder)
            let acknowledged = try await Self.placeUntilKilled(house)
            #expect(acknowledged.count > 100)
            let owed = try await Self.auditedDebt(data, in: folder)
            #expect(owed.count > 0, "nothing was under way: \(owed.text)")
            try await HouseProcess.stumble(
                Programs.orderhouse, data: data, arguments: words, in: folder,
                after: .milliseconds(200))
            house = try await HouseProcess.serve(
                Programs.orderhouse, data: data, arguments: words, in: folder)
            let found = try await Self.rest(data, acknowledged, house, in: folder)
            #expect(acknowledged.allSatisfy { found[$0] == "completed" })
            // Orders whose answer the kill took may be there, too.
            #expect(Self.mails(data) == found.count, "one mail an order")
            #expect(try await Self.auditedDebt(data, in: folder).count == 0)
            try await house.terminate(.seconds(20))
            try await Self.expectSound(data, in: folder)
        }
    }

    /// Places orders as fast as they go, and kills the house amid them; what was acknowledged.
    private static func placeUntilKilled(_ house: HouseProcess) async throws -> [String] {
        try await LoadClient.with(house.target, .init(connections: 32)) { client in
            _ = try await client.send(cup)
            return try await withThrowingTaskGroup(of: [String].self) { tasks in
                tasks.addTask { try await place(20_000, token: "tok_ok", tag: "a", client) }
                try await Task.sleep(for: .seconds(2))
                try await house.kill9()
                return try await tasks.next() ?? []
            }
        }
    }

    /// What the audit of a house at rest says is owed: in JSON, which is summed up, and in words.
    private static func auditedDebt(
        _ data: String, in folder: TestFolder
    ) async throws -> (count: Int64, text: String) {
        func audit(_ more: [String]) async throws -> String {
            let process = try ChildProcess(
                Programs.orderhouse, ["audit", "--data", data] + more, in: folder)
            #expect(try await process.wait(.seconds(120)) == .exited(0), "\(process.output)")
            return process.output
        }
        let root = try JSONDocument(parsing: Array(try await audit(["--json"]).utf8)).root
        let owed = try #require(root["owed"])
        let text = try await audit([])
        let count = owed.elements.reduce(0) { $0 + ($1["count"]?.int64 ?? 0) }
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("owed: ") }
        #expect(lines.allSatisfy { $0.contains(", the oldest for ") })
        // Each kind has its line; more may have come due between the two.
        for calls in owed.elements {
            let kind = "\(calls["service"]?.string ?? "") \(calls["operation"]?.string ?? ""),"
            let line = lines.first { $0.contains(" × \(kind)") }
            let shown = line?.split(separator: " ").dropFirst().first.flatMap { Int64($0) }
            #expect(try #require(shown, "no line for \(kind)") >= calls["count"]?.int64 ?? .max)
        }
        return (count, text)
    }

    /// Whoever does not pay in time cancels: that is no slower than the payment itself.
    @Test func `is given back when orders are canceled whose payment is not known`() async throws {
        try await TestFolder.with { folder in
            let data = folder.path("house")
            let house = try await HouseProcess.serve(
                Programs.orderhouse, data: data, arguments: Self.quiet, in: folder)
            try await LoadClient.with(house.target, .init(connections: 16)) { client in
                _ = try await client.send(Self.cup)
                let placed = try await Self.place(200, token: "tok_webhook", tag: "w", client)
                #expect(placed.count == 200)
                for id in placed {
                    let answer = try await client.send(
                        LoadRequest(
                            "POST", "/v1/orders/\(id)/cancel",
                            headers: [("Idempotency-Key", "cancel-\(id)")]))
                    #expect([200, 202, 409].contains(answer.status))
                }
                let found = try await Self.rest(data, placed, house, in: folder)
                #expect(placed.allSatisfy { ["canceled", "completed"].contains(found[$0]) })
            }
            try await house.terminate(.seconds(20))
            try await Self.expectSound(data, in: folder)
        }
    }

    /// Lines that `orderhouse` prints for `words`.
    private static func list(
        _ words: [String], _ data: String, in folder: TestFolder
    ) async throws -> [JSONDocument] {
        let process = try ChildProcess(
            Programs.orderhouse, words + ["--data", data], in: folder)
        #expect(try await process.wait(.seconds(60)) == .exited(0), "\(process.errorTail)")
        return try process.output.split(separator: "\n").map {
            try JSONDocument(parsing: Array($0.utf8))
        }
    }

    @Test func `is listed and logged when an order ends as an exception`() async throws {
        try await TestFolder.with { folder in
            let data = folder.path("house")
            let house = try await HouseProcess.serve(
                Programs.orderhouse, data: data, arguments: Self.quiet, in: folder)
            try await LoadClient.with(house.target, .init(connections: 4)) { client in
                _ = try await client.send(Self.cup)
                let good = try await Self.place(3, token: "tok_ok", tag: "g", client)
                let bad = try await Self.place(2, token: "tok_capture_declined", tag: "b", client)
                let found = try await Self.rest(data, good + bad, house, in: folder)
                #expect(bad.allSatisfy { found[$0] == "exception" })
                let listed = try await Self.list(
                    ["orders", "--status", "exception"], data, in: folder)
                #expect(Set(listed.map { $0.root["id"]?.string }) == Set(bad))
                let lines = house.errorTail.split(separator: "\n").filter {
                    $0.contains("order exception")
                }
                #expect(lines.count == 2)
                #expect(bad.allSatisfy { id in lines.contains { $0.contains(id) } })
                #expect(try await Self.list(["messages", "--failed"], data, in: folder).isEmpty)
            }
            try await house.terminate(.seconds(20))
        }
    }

    /// Customers whom somebody erased while their mails were owed.
    @Test func `is listed and logged when a mail can't be written`() async throws {
        try await TestFolder.with { folder in
            let data = folder.path("house")
            var house = try await HouseProcess.serve(
                Programs.orderhouse, data: data, arguments: Self.quiet, in: folder)
            _ = try await Self.placeUntilKilled(house)
            let sent = Self.mails(data)
            try Self.eraseEverybody(data)
            house = try await HouseProcess.serve(
                Programs.orderhouse, data: data, arguments: Self.quiet, in: folder)
            let orders = Array(try await Self.statuses(data, in: folder).keys)
            _ = try await Self.rest(data, orders, house, in: folder)
            try await house.terminate(.seconds(20))
            let failed = try await Self.list(["messages", "--failed"], data, in: folder)
            #expect(failed.count > 0 && failed.count + Self.mails(data) >= orders.count)
            #expect(Self.mails(data) >= sent)
            #expect(failed.allSatisfy { $0.root["reason"]?.string == "person-erased" })
            let order = try #require(failed.last?.root["order"]?.string)
            let one = try await Self.list(
                ["messages", "--failed", "--order", order], data, in: folder)
            #expect(one.count == 1)
            #expect(house.errorTail.contains("message failed"))
            try await Self.expectSound(data, in: folder)
        }
    }

    /// What erasing each person leaves in the vault.
    private static func eraseEverybody(_ data: String) throws {
        var opened: OpaquePointer?
        defer { sqlite3_close_v2(opened) }
        let path = try #require(
            FileManager.default.enumerator(atPath: data)?.compactMap { $0 as? String }
                .first { $0.hasSuffix("vault.sqlite") })
        try #require(sqlite3_open("\(data)/\(path)", &opened) == SQLITE_OK)
        let sql = "UPDATE person SET wrapped = x''"
        try #require(sqlite3_exec(opened, sql, nil, nil, nil) == SQLITE_OK)
    }

    @Test func `goes out soon after an orderly restart`() async throws {
        try await TestFolder.with { folder in
            let data = folder.path("house")
            var house = try await HouseProcess.serve(
                Programs.orderhouse, data: data, arguments: Self.quiet, in: folder)
            let placed = try await LoadClient.with(house.target, .init(connections: 32)) { client in
                _ = try await client.send(Self.cup)
                return try await Self.place(2_000, token: "tok_ok", tag: "a", client)
            }
            try await house.terminate(.seconds(20))
            house = try await HouseProcess.serve(
                Programs.orderhouse, data: data, arguments: Self.quiet, in: folder)
            _ = try await Self.rest(data, placed, house, in: folder)
            #expect(Self.mails(data) == 2_000)
            #expect(!house.errorTail.contains("breaker"), "nobody has failed")
            try await house.terminate(.seconds(20))
        }
    }

    /// Two hundred payments whose first answer is lost, and a hundred that never get one, say
    /// nothing of the provider: those beside them are paid at once.
    @Test func `is not held up by keys that fail or hang`() async throws {
        try await TestFolder.with { folder in
            let data = folder.path("house")
            let house = try await HouseProcess.serve(
                Programs.orderhouse, data: data,
                arguments: Self.quiet + ["--effect-timeout", "8"], in: folder)
            try await LoadClient.with(house.target, .init(connections: 16)) { client in
                _ = try await client.send(Self.cup)
                let never = try await Self.place(100, token: "tok_never", tag: "n", client)
                async let lost = Self.place(200, token: "tok_webhook", tag: "w", client)
                async let away = Self.place(100, token: "tok_unavailable", tag: "u", client)
                let good = try await Self.place(50, token: "tok_ok", tag: "g", client)
                // Long before the first of those that hang has timed out.
                let end = ContinuousClock.now + .seconds(5)
                var open = good
                while !open.isEmpty && ContinuousClock.now < end {
                    let found = try await Self.statuses(data, in: folder)
                    open.removeAll { Self.ends.contains(found[$0] ?? "") }
                }
                #expect(open.isEmpty, "\(open.count) good orders wait for others")
                let all = try await never + good + lost + away
                #expect(all.count == 450)
                let found = try await Self.rest(data, all, house, in: folder)
                #expect(all.allSatisfy { found[$0] == "completed" })
            }
            #expect(!house.errorTail.contains("breaker"), "\(house.errorTail)")
            #expect(Self.mails(data) == 450)
            try await house.terminate(.seconds(20))
            try await Self.expectSound(data, in: folder)
        }
    }

    /// Case H5: a payment that is told twice takes effect once.
    @Test func `is paid and mailed once though the provider repeats itself`() async throws {
        try await TestFolder.with { folder in
            let data = folder.path("house")
            let words = Self.quiet + ["--misbehavior", "300", "--effect-timeout", "2"]
            var house = try await HouseProcess.serve(
                Programs.orderhouse, data: data, arguments: words, in: folder)
            var all: [String] = []
            for (token, tag) in [("tok_twice", "t"), ("tok_webhook", "w")] {
                all += try await LoadClient.with(house.target, .init(connections: 16)) { client in
                    _ = try await client.send(Self.cup)
                    return try await Self.place(300, token: token, tag: tag, client)
                }
                try await house.kill9()
                house = try await HouseProcess.serve(
                    Programs.orderhouse, data: data, arguments: words, in: folder)
            }
            #expect(all.count == 600)
            // What a carrier's lost word tells is asked for after a while only.
            let found = try await Self.rest(data, all, house, in: folder, within: .seconds(180))
            #expect(all.allSatisfy { found[$0] == "completed" }, "\(Set(found.values))")
            #expect(Self.mails(data) == 600)
            try await house.terminate(.seconds(20))
            try await Self.expectSound(data, in: folder)
            try await Self.expectOnce("payment.authorized.v1", all.count, data, in: folder)
            try await Self.expectOnce("payment.captured.v1", all.count, data, in: folder)
        }
    }

    private static func expectOnce(
        _ type: String, _ count: Int, _ data: String, in folder: TestFolder
    ) async throws {
        let process = try ChildProcess(
            Programs.orderhouse, ["events", "--data", data, "--log", "payments/0"], in: folder)
        #expect(try await process.wait(.seconds(60)) == .exited(0))
        let lines = process.output.split(separator: "\n").filter { $0.contains(type) }
        let streams = try lines.map { line in
            try JSONDocument(parsing: Array(line.utf8)).root["stream"]?.string ?? ""
        }
        // A payment that is asked again says again what it is; the audit compares the books.
        #expect(Set(streams).count == count, "\(type)")
    }
}
