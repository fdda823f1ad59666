// SPDX-License-Identifier: Apache-2.0
/// A house small enough to be right, and to be made wrong on purpose: what the kill lab must find
/// in the real one is planted here.

import Contracts
import CrashLabs
import JSONCodec
import Kernel
import LoadGenerator
import NIOHTTP1
import ScriptedHTTP
import Synchronization

/// What is wrong with a fake house.
enum Planted: String, CaseIterable {
    case nothing
    /// A kill takes the last orders with it.
    case losesOrders
    /// A kill takes the stored answers with it.
    case forgetsKeys
    /// A kill takes those answers that reached nobody, and lets their orders stand.
    case forgetsUnsent
    /// A repeated request is answered, but not with the same bytes.
    case rewritesReplies
    case doesNotMarkReplays
    /// Two requests in a row are given the same order.
    case answersTwoWithOne
    /// Orders are not to be seen for a while after a restart.
    case hidesOrders
    /// Some orders never end.
    case leavesOrdersOpen
    case shipsDeclinedOrders
    /// Canceled orders are shipped nevertheless.
    case shipsCanceledOrders
    /// Canceled orders keep their units.
    case keepsCanceledStock
    /// There are orders that nobody placed.
    case inventsOrders
    case answersOddly
    /// Some requests are put off for ever.
    case neverAnswers
    case doesNotStartAgain
    case doesNotStop
    case failsItsAudit
}

/// Keeps its data in memory; a kill cuts its connections.
actor FakeHouse: KillableHouse {
    private let books: FakeBooks
    private let planted: Planted
    private var server: ScriptedServer?
    private(set) var starts = 0

    init(_ planted: Planted = .nothing) {
        self.planted = planted
        books = FakeBooks(planted)
    }

    func start(lifetime: Duration?) async throws -> LoadTarget? {
        starts += 1
        if planted == .doesNotStartAgain, starts > 2 {
            throw ProcessFailure.ended(.exited(65), tail: "the store is corrupt")
        }
        guard lifetime == nil else { return nil }
        books.restart()
        let server = try await ScriptedServer { [books] in books.serve($0) }
        self.server = server
        return server.target
    }

    func kill() async throws {
        try await server?.cutConnections()
        try await server?.stop()
        server = nil
        books.crash()
    }

    func stop() async throws {
        try await server?.stop()
        server = nil
        if planted == .doesNotStop, starts > 2 { throw ProcessFailure.overdue(tail: "draining") }
    }

    func audit() async throws -> AuditReport {
        planted == .failsItsAudit
            ? AuditReport(isOK: false, failures: ["S1: a sum is wrong"], checks: 1)
            : AuditReport(isOK: true, checks: 1)
    }
}

final class FakeBooks: Sendable {
    private struct Order {
        let id: OrderID
        let lines: [(sku: String, units: Int64)]
        let token: String
        var status: String
    }

    private struct Stored {
        let answer: Answer
        var isSent: Bool
    }

    private struct State {
        var stock: [String: Int64] = [:]
        var held: [String: Int64] = [:]
        var orders: [Order] = []
        var replies: [String: Stored] = [:]
        var writes = 0
        var seen: Set<String> = []
        var hidden = 0
    }

    private let planted: Planted
    private let state = Mutex(State())

    init(_ planted: Planted) { self.planted = planted }

    func restart() {
        state.withLock { $0.hidden = planted == .hidesOrders && !$0.orders.isEmpty ? 3 : 0 }
    }

    func crash() {
        state.withLock { state in
            switch planted {
            case .losesOrders: state.orders.removeLast(min(3, state.orders.count))
            case .forgetsKeys: state.replies = [:]
            case .forgetsUnsent: state.replies = state.replies.filter { $0.value.isSent }
            default: break
            }
        }
    }

    func serve(_ asked: Asked) -> Answer {
        state.withLock { state in
            let parts = asked.path.split(whereSeparator: { "/?".contains($0) })
            switch (asked.method, parts.count) {
            case ("PUT", 4): return count(String(parts[3]), asked, &state)
            case ("GET", 4): return item(String(parts[3]), state)
            case ("GET", 3) where parts[2].hasPrefix("ord_"):
                return read(String(parts[2]), &state)
            case ("GET", _): return list(asked.path, &state)
            default: return write(asked, parts.map(String.init), &state)
            }
        }
    }

    // MARK: Writing

    private func write(_ asked: Asked, _ parts: [String], _ state: inout State) -> Answer {
        let key = asked.headers["Idempotency-Key"].first ?? ""
        if planted == .neverAnswers, key.hasSuffix("7") { return .reply(503) }
        if let stored = state.replies[key] { return replayed(stored.answer) }
        state.writes += 1
        // One in six is carried out and not answered, one in six neither; none twice.
        let isSilent = state.writes % 3 == 2 && state.seen.insert(key).inserted
        if isSilent, state.writes % 6 == 2 { return .silence }
        let answer =
            parts.count == 4
            ? cancel(parts[2], &state) : place(asked, &state)
        // A refusal tells of no event and is not stored.
        if case .reply(409, _, _) = answer, parts.count == 4 { return answer }
        state.replies[key] = Stored(answer: answer, isSent: !isSilent)
        return isSilent ? .silence : answer
    }

    private func replayed(_ answer: Answer) -> Answer {
        guard case .reply(let status, let headers, var body) = answer else { return answer }
        if planted == .rewritesReplies { body.append(UInt8(ascii: " ")) }
        let mark = planted == .doesNotMarkReplays ? [] : [("Idempotent-Replayed", "true")]
        return .reply(status, headers: headers + mark, body: body)
    }

    private func place(_ asked: Asked, _ state: inout State) -> Answer {
        guard let root = try? JSONDocument(parsing: asked.body).root, let list = root["lines"],
            let token = root["payment"]?["token"]?.string
        else { return .reply(400) }
        if planted == .answersOddly, state.writes % 6 == 4 { return .reply(418) }
        if planted == .answersTwoWithOne, state.writes % 6 == 4, let last = state.orders.last {
            return .reply(201, body: Self.json(last))
        }
        let lines = list.elements.compactMap { line in
            line["sku"]?.string.map { (sku: $0, units: line["quantity"]?.int64 ?? 0) }
        }
        var order = Order(
            id: OrderID(
                UUIDv7(
                    milliseconds: Int64(state.orders.count), bucket: 0,
                    entropy: UInt64(state.writes))),
            lines: lines, token: token, status: "awaiting-payment")
        let wanted = Dictionary(lines, uniquingKeysWith: +)
        let isShort = wanted.contains { sku, units in
            state.stock[sku, default: 0] - state.held[sku, default: 0] < units
        }
        guard !isShort else {
            order.status = "rejected"
            state.orders.append(order)
            let body =
                #"{"code":"insufficient-stock","instance":"/v1/orders/\#(order.id.text)"}"#
            return .reply(409, body: Array(body.utf8))
        }
        for (sku, units) in wanted { state.held[sku, default: 0] += units }
        state.orders.append(order)
        return .reply(201, body: Self.json(order))
    }

    private func cancel(_ id: String, _ state: inout State) -> Answer {
        guard let index = state.orders.firstIndex(where: { $0.id.text == id }) else {
            return .reply(404)
        }
        guard state.orders[index].status == "awaiting-payment" else {
            return .reply(409, body: Array(#"{"code":"too-late-to-cancel"}"#.utf8))
        }
        finish(index, "canceled", &state)
        let answer = Answer.reply(200, body: Self.json(state.orders[index]))
        if planted == .shipsCanceledOrders { state.orders[index].status = "completed" }
        return answer
    }

    private func finish(_ index: Int, _ status: String, _ state: inout State) {
        state.orders[index].status = status
        for line in state.orders[index].lines {
            if status == "completed" { state.stock[line.sku, default: 0] -= line.units }
            if status == "completed" || planted != .keepsCanceledStock {
                state.held[line.sku, default: 0] -= line.units
            }
        }
    }

    private func count(_ sku: String, _ asked: Asked, _ state: inout State) -> Answer {
        guard let root = try? JSONDocument(parsing: asked.body).root,
            let units = root["onHand"]?.int64
        else { return .reply(400) }
        state.stock[sku] = units
        return item(sku, state)
    }

    // MARK: Reading

    private func item(_ sku: String, _ state: State) -> Answer {
        let onHand = state.stock[sku, default: 0]
        let held = state.held[sku, default: 0]
        let body =
            #"{"sku":"\#(sku)","onHand":\#(onHand),"held":\#(held),"allocated":0,"available":"#
            + "\(onHand - held)}"
        return .reply(200, body: Array(body.utf8))
    }

    private func read(_ id: String, _ state: inout State) -> Answer {
        if state.hidden > 0 {
            state.hidden -= 1
            return .reply(404)
        }
        settle(&state)
        guard let order = state.orders.first(where: { $0.id.text == id }) else {
            return .reply(404)
        }
        return .reply(200, body: Self.json(order))
    }

    private func list(_ path: String, _ state: inout State) -> Answer {
        settle(&state)
        if planted == .inventsOrders, state.orders.last?.token != "tok_nobody" {
            let id = OrderID(UUIDv7(milliseconds: 1 << 40, bucket: 1, entropy: 1))
            state.orders.append(
                Order(id: id, lines: [], token: "tok_nobody", status: "completed"))
        }
        let after = path.split(separator: "after=").dropFirst().first.map(String.init) ?? ""
        let page = state.orders.filter { $0.id.text > after }.sorted { $0.id < $1.id }.prefix(100)
        let next = page.count == 100 ? page.last.map { "\"\($0.id.text)\"" } : nil
        let rows = page.map { String(decoding: Self.json($0), as: UTF8.self) }
        let body = #"{"data":[\#(rows.joined(separator: ","))],"nextCursor":\#(next ?? "null")}"#
        return .reply(200, body: Array(body.utf8))
    }

    /// Every order ends as soon as somebody looks.
    private func settle(_ state: inout State) {
        for index in state.orders.indices where state.orders[index].status == "awaiting-payment" {
            if planted == .leavesOrdersOpen, index.isMultiple(of: 9) { continue }
            let isDeclined =
                state.orders[index].token == "tok_declined" && planted != .shipsDeclinedOrders
            finish(index, isDeclined ? "canceled" : "completed", &state)
        }
    }

    private static func json(_ order: Order) -> [UInt8] {
        Array(#"{"id":"\#(order.id.text)","status":"\#(order.status)"}"#.utf8)
    }
}
