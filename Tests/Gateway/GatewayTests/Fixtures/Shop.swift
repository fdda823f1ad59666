// SPDX-License-Identifier: Apache-2.0
/// A gateway in front of a real node that keeps everything in memory: orders, stock and payments
/// decide as they do in a house, one request a batch.

import Contracts
import Foundation
import Gateway
import HTTPTypes
import House
import Hummingbird
import HummingbirdTesting
import InventoryDomain
import InventoryService
import JSONCodec
import Kernel
import Logging
import MemoryAdapter
import NIOCore
import NodeEngine
import OrdersDomain
import OrdersService
import PaymentsService
import Ports
import Testing

/// The node; it answers one command after the other.
actor Kitchen {
    private let node: Node
    private var ticket: Ticket = 0

    init(_ disk: MemoryStore.Disk) throws {
        let limits = ServiceRunnerLimits.writeThrough
        node = Node(
            runners: [
                Orders.runner(
                    limits: limits, codec: LogCodec(of: Orders.self, keyText: { $0.text })),
                Inventory.runner(
                    limits: limits, codec: LogCodec(of: Inventory.self, keyText: { "\($0)" })),
                Payments.runner(
                    limits: limits, codec: LogCodec(of: Payments.self, keyText: { $0.text })),
            ],
            store: MemoryStore(disk), chain: NoChain(), note: NoNote())
        try node.open()
    }

    func submit(
        _ runner: Int, _ command: any Sendable, _ principal: Principal,
        _ request: NodeEngine.Request
    ) -> Reply {
        ticket += 1
        let submission = Submission(
            runner: runner, command: command, principal: principal, request: request, ticket: ticket
        )
        let turn = node.turn([.submission(submission)], at: Shop.noon, seed: ticket)
        return turn.replies.first { $0.0 == ticket }?.1 ?? EngineProblem.stopping.reply()
    }
}

struct Shop: Sendable {
    static let noon = Timestamp(milliseconds: 1_790_000_000_000)

    let backend: Backend
    private let isUnreadable = Flag()

    init() throws {
        let disk = MemoryStore.Disk()
        let kitchen = try Kitchen(disk)
        let reader = Unreliable(MemoryStore(disk), isUnreadable)
        backend = Backend(
            submitOrder: { command, principal, request, _ in
                await kitchen.submit(0, command, principal, request)
            },
            submitStock: { command, principal, request, _ in
                await kitchen.submit(1, command, principal, request)
            },
            order: { id in
                try reader.row(RowKey("orders_0", id.bytes)).map { row in
                    let stored = try StateRow.read(row.value, of: OrderState.self)
                    return Entity(state: stored.state, version: stored.version)
                }
            },
            orderEvents: { _ in nil },
            orders: { after, limit in
                try reader.rows("orders_0", after?.bytes, limit).compactMap { row in
                    guard let id = OrderID(table: 0, bytes: row.key) else { return nil }
                    let stored = try StateRow.read(row.value, of: OrderState.self)
                    return .order(id, Entity(state: stored.state, version: stored.version))
                }
            },
            stock: { key in
                try reader.row(RowKey("stock_0", InventoryKey.item(key).bytes)).map { row in
                    let stored = try StateRow.read(row.value, of: InventoryState.self)
                    return Entity(state: stored.state, version: stored.seen)
                }
            },
            vault: OpenVault(),
            makeID: { [counter = Counter()] bucket in
                UUIDv7(
                    milliseconds: Shop.noon.milliseconds, bucket: bucket, entropy: counter.next())
            },
            entropy: Counter(), isReady: { true }, status: { Array("{}".utf8) })
    }

    static let verboseBytes = 16 << 20

    /// The same shop, with a status that fits into no socket's buffer.
    var verbose: Backend {
        let status = [UInt8](repeating: UInt8(ascii: " "), count: Self.verboseBytes)
        return changed(submitStock: backend.submitStock, status: { status })
    }

    /// The same shop, where it takes a while to count stock.
    var sluggish: Backend {
        changed(
            submitStock: { [backend] command, principal, request, trace in
                try? await Task.sleep(for: .seconds(2))
                return await backend.submitStock(command, principal, request, trace)
            }, status: backend.status)
    }

    private func changed(
        submitStock: @escaping Backend.Submit<StockCommand>,
        status: @escaping @Sendable () -> [UInt8]
    ) -> Backend {
        Backend(
            submitOrder: backend.submitOrder, submitStock: submitStock,
            order: backend.order, orderEvents: backend.orderEvents, orders: backend.orders,
            stock: backend.stock, vault: backend.vault, makeID: backend.makeID,
            entropy: backend.entropy, isReady: backend.isReady, status: status)
    }

    /// What the shop answers.
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPFields
        let text: String

        var tag: String? { headers[.eTag] }
        var code: String? { json?["code"]?.string }
        var version: Int64? { json?["version"]?.int64 }
        var json: JSONView? { try? JSONDocument(parsing: Array(text.utf8)).root }
    }

    func ask(
        _ method: HTTPRequest.Method, _ path: String, _ body: String = "", key: String? = nil,
        ifMatch: String? = nil, principal: String? = nil
    ) async throws -> Answer {
        var headers = HTTPFields()
        if let key { headers[.init("Idempotency-Key")!] = key }
        if let ifMatch { headers[.ifMatch] = ifMatch }
        if let principal { headers[.init("X-Principal")!] = principal }
        let responder = HTTPDoor.responder(
            backend, problems: HouseProblems.all, logger: Logger(label: "test"))
        return try await Application(responder: responder).test(.router) { [headers] client in
            try await client.execute(
                uri: path, method: method, headers: headers, body: ByteBuffer(string: body)
            ) { response in
                Answer(
                    status: response.status.code, headers: response.headers,
                    text: String(buffer: response.body))
            }
        }
    }

    func count(
        _ units: Int, key: String, ifMatch: String? = nil
    ) async throws -> Answer {
        try await ask(
            .put, "/v1/stock/main/CUP", #"{"onHand":\#(units)}"#, key: key, ifMatch: ifMatch)
    }

    func place(_ units: Int, key: String) async throws -> Answer {
        try await ask(
            .post, "/v1/orders",
            """
            {"currency":"GBP","lines":[{"sku":"CUP","quantity":\(units),"unitPrice":"2.55"}],
             "customer":{"name":"Ann","email":"ann@example.org",
                         "address":{"line1":"1 High Street","city":"Leeds","country":"GB"}},
             "payment":{"token":"tok_ok"}}
            """, key: key)
    }

    func failReads() { isUnreadable.set() }
}

/// A switch that is only ever thrown once.
final class Flag: Sendable {
    private let lock = NSLock()
    nonisolated(unsafe) private var isSet = false

    func set() { lock.withLock { isSet = true } }
    var value: Bool { lock.withLock { isSet } }
}

private struct Unreliable: Sendable {
    let store: any Reader
    let isUnreadable: Flag

    init(_ store: any Reader, _ isUnreadable: Flag) {
        self.store = store
        self.isUnreadable = isUnreadable
    }

    func row(_ key: RowKey) throws -> Row? {
        if isUnreadable.value { throw StoreFailure.unavailable }
        return try store.row(key)
    }

    func rows(_ table: String, _ after: [UInt8]?, _ limit: Int) throws -> [Row] {
        if isUnreadable.value { throw StoreFailure.unavailable }
        return try store.rows(in: table, after: after, isDueOnly: false, limit: limit)
    }
}

private struct NoChain: Chain {
    func link(_ head: [UInt8], _ bytes: [UInt8]) -> [UInt8] { [] }
}

private final class NoNote: PoisonNote {
    let left: InputID? = nil
    func begin(_ input: InputID) {}
    func end() {}
}

private final class Counter: Entropy {
    private let lock = NSLock()
    nonisolated(unsafe) private var count: UInt64 = 0

    func next() -> UInt64 {
        lock.withLock {
            count += 1
            return count
        }
    }
}

/// Seals nothing.
private struct OpenVault: Vault {
    func seal(
        _ plain: [UInt8], contact: String
    ) async throws(VaultFailure) -> (person: UUIDv7, box: [UInt8]) {
        (UUIDv7(milliseconds: 1, bucket: 1, entropy: 1), plain)
    }

    func open(_ box: [UInt8], person: UUIDv7) throws(VaultFailure) -> [UInt8] { box }
    func erase(_ person: UUIDv7) throws(VaultFailure) {}
}
