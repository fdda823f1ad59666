// SPDX-License-Identifier: Apache-2.0
/// Every problem has its line on the reference page and its page in the house, and nothing else
/// has; the door's own ones can be met.

import Foundation
import Gateway
import HTTPTypes
import House
import Ports
import Testing

@Suite struct `Telling problems` {
    /// The reference page's rows: type, status, meaning, advice.
    private static func rows() throws -> [[String]] {
        var root = URL(filePath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        let page = try String(
            contentsOf: root.appending(path: "docs/reference/problems.md"), encoding: .utf8)
        return page.split(separator: "\n").filter { $0.hasPrefix("| `/problems/") }.map { line in
            line.dropFirst(2).dropLast(2).components(separatedBy: " | ")
        }
    }

    @Test func `the page lists exactly what the program lists, in its order`() throws {
        let rows = try Self.rows()
        #expect(rows.allSatisfy { $0.count == 4 && $0[3].hasSuffix(".") })
        let written = rows.map { $0.prefix(3).joined(separator: " | ") }
        let known = HouseProblems.all.map { "`/problems/\($0.code)` | \($0.status) | \($0.title)" }
        #expect(Set(written).subtracting(known) == [], "on the page, but not in the program")
        #expect(Set(known).subtracting(written) == [], "in the program, but not on the page")
        #expect(written == known)
    }

    @Test func `the program prints the same table`() throws {
        let lines = HouseProblems.table.split(separator: "\n").dropFirst(2)
        #expect(lines.count == HouseProblems.all.count)
        for (line, row) in zip(lines, try Self.rows()) {
            let code = row[0].replacing("/problems/", with: "")
            #expect(line == "| \(row[1]) | \(code) | \(row[2]) |")
        }
    }

    @Test func `each type leads to a page of the house`() async throws {
        let shop = try Shop()
        for problem in HouseProblems.all {
            let page = try await shop.ask(.get, "/problems/\(problem.code)")
            #expect(page.status == 200)
            #expect(page.text == String(decoding: problem.body(), as: UTF8.self))
        }
        #expect(try await shop.ask(.get, "/problems/none").code == "not-found")
    }

    @Test(arguments: [
        (HTTPRequest.Method.delete, "/v1/orders", "GET, HEAD, POST"),
        (.put, "/v1/orders/ord_1", "GET, HEAD"), (.get, "/v1/orders/ord_1/cancel", "POST"),
        (.patch, "/v1/stock/main/CUP", "GET, HEAD, PUT"), (.post, "/health/live", "GET, HEAD"),
    ])
    func `a method that a path does not know is answered with those that it does`(
        _ method: HTTPRequest.Method, _ path: String, _ allowed: String
    ) async throws {
        let answer = try await Shop().ask(method, path, key: "a")
        #expect(answer.status == 405 && answer.code == "method-not-allowed")
        #expect(answer.headers[.allow] == allowed)
    }

    @Test func `a head is a get without its body`() async throws {
        let shop = try Shop()
        let tag = try await shop.count(10, key: "a").tag
        let head = try await shop.ask(.head, "/v1/stock/main/CUP")
        #expect(head.status == 200 && head.tag == tag && head.text.isEmpty)
    }

    @Test func `the door's own problems can all be met`() async throws {
        let shop = try Shop()
        var met: Set<String> = []
        func meet(_ answer: Shop.Answer) throws {
            let code = try #require(answer.code)
            let problem = try #require(HouseProblems.all.first { $0.code == code })
            #expect(answer.status == problem.status)
            #expect(answer.headers[.contentType] == "application/problem+json")
            #expect(answer.headers[.init("X-Request-Id")!] != nil)
            #expect((answer.headers[.retryAfter] != nil) == (answer.status == 503))
            met.insert(code)
        }
        let path = "/v1/stock/main/CUP"
        try meet(await shop.ask(.put, path, "{", key: "a"))
        try meet(await shop.ask(.put, path, "{}", key: "a"))
        try meet(await shop.ask(.put, path, #"{"onHand":1}"#))
        try meet(await shop.ask(.put, path, #"{"onHand":1}"#, key: "a b"))
        try meet(await shop.ask(.put, path, #"{"onHand":-1}"#, key: "a"))
        try meet(await shop.ask(.put, path, #"{"onHand":1}"#, key: "a", ifMatch: "no"))
        try meet(await shop.ask(.put, path, String(repeating: " ", count: 300_000), key: "a"))
        try meet(await shop.ask(.get, path))
        try meet(await shop.ask(.get, "/v2"))
        try meet(await shop.ask(.delete, path))
        shop.failReads()
        try meet(await shop.ask(.get, path))
        #expect(
            met == [
                "malformed-request", "validation-failed", "idempotency-key-required",
                "bad-idempotency-key", "negative-count", "bad-if-match", "body-too-large",
                "unknown-stock", "not-found", "method-not-allowed", "read-unavailable",
            ])
    }

    @Test func `an order with too many lines is told the rule`() async throws {
        let line = #"{"sku":"CUP","quantity":1,"unitPrice":"1"}"#
        let lines = Array(repeating: line, count: 2_001).joined(separator: ",")
        let answer = try await Shop().ask(
            .post, "/v1/orders", #"{"currency":"GBP","lines":[\#(lines)]}"#, key: "a")
        #expect(answer.status == 422 && answer.code == "too-many-lines")
    }
}
