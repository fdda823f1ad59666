// SPDX-License-Identifier: Apache-2.0
/// A gateway in front of a real node that keeps everything in memory: orders, stock and payments
/// decide as they do in a house, one request a batch.

import CatalogService
import Foundation
import Gateway
import HTTPTypes
import House
import Hummingbird
import HummingbirdTesting
import InventoryService
import JSONCodec
import Kernel
import Logging
import MemoryAdapter
import NIOCore
import NodeEngine
import OrdersService
import PaymentsService
import Ports
import Projections
import ServiceModel
import Testing

/// The node; it answers one command after the other.
actor Kitchen {
    static let modules = [
        Orders.module, Inventory.module, Payments.module, Catalog.module,
    ]
    static var services: [String] { modules.map(\.name) }

    private let node: Node
    private var ticket: Ticket = 0

    init(_ disk: MemoryStore.Disk) throws {
        let limits = ServiceRunnerLimits.writeThrough
        node = Node(
            runners: Self.modules.map { ServiceShard($0).runner(limits) },
            store: MemoryStore(disk), chain: NoChain(), note: NoNote())
        try node.open()
    }

    func submit(
        _ runner: Int, _ command: any Sendable, _ principal: Principal,
        _ request: NodeEngine.Request?
    ) -> Reply {
        ticket += 1
        let submission = Submission(
            runner: runner, command: command, principal: principal, request: request, ticket: ticket
        )
        let turn = node.turn([.submission(submission)], at: Shop.noon, seed: ticket)
        return turn.replies.first { $0.0 == ticket }?.1 ?? EngineProblem.stopping.reply()
    }
}

/// The doors to that node.
struct KitchenDoors: Doors {
    let kitchen: Kitchen
    let reader: Unreliable
    let counter = Counter()
    /// How long it takes to count stock.
    var countingTime = Duration.zero

    var prices: any Prices { CatalogPrices(self) }
    var vault: any Vault { OpenVault() }
    var views: any ViewDoor { EmptyViews() }
    var timeZones: any TimeZones { NoTimeZones() }
    var facts: any FactDoor { NoFacts() }

    func makeID(bucket: UInt16) async throws -> UUIDv7 {
        UUIDv7(milliseconds: Shop.noon.milliseconds, bucket: bucket, entropy: counter.next())
    }

    func door<S: Service & SendableMetatype>(to service: S.Type) -> any Door<S> {
        KitchenDoor<S>(doors: self)
    }
}

private struct KitchenDoor<S: Service & SendableMetatype>: Door {
    let doors: KitchenDoors

    private var runner: Int { Kitchen.services.firstIndex(of: S.name) ?? 0 }

    func submit(
        _ command: S.Rules.Command, by principal: Principal, request: NodeEngine.Request?,
        trace: String?
    ) async -> Reply {
        if S.name == Inventory.name { try? await Task.sleep(for: doors.countingTime) }
        return await doors.kitchen.submit(runner, command, principal, request)
    }

    private func entity(_ row: Row) throws -> Entity<S.Rules.State> {
        let stored = try StateRow.read(row.value, of: S.Rules.State.self)
        return Entity(
            state: stored.state, version: S.isChangedByOthers ? stored.seen : stored.version)
    }

    func entity(_ key: S.Rules.Key) throws -> Entity<S.Rules.State>? {
        let place = RowKey("\(S.Rules.Key.tables[key.table])_0", key.bytes)
        return try doors.reader.row(place).map { try entity($0) }
    }

    func events(of key: S.Rules.Key) throws -> [UInt8]? { nil }

    func page(after: S.Rules.Key?, limit: Int) throws -> [Listed<S>] {
        try doors.reader.rows("\(S.Rules.Key.tables[0])_0", after?.bytes, limit)
            .compactMap { row in
                guard let key = S.Rules.Key(table: 0, bytes: row.key) else { return nil }
                return Listed(key: key, entity: try entity(row))
            }
    }
}

struct Shop: Sendable {
    static let noon = Timestamp(milliseconds: 1_790_000_000_000)

    let disk = MemoryStore.Disk()
    let doors: KitchenDoors
    private let isUnreadable = Flag()

    init() throws {
        doors = KitchenDoors(
            kitchen: try Kitchen(disk), reader: Unreliable(MemoryStore(disk), isUnreadable))
    }

    var api: API { Self.api(doors) }

    static let verboseBytes = 16 << 20

    /// The same shop, with a status that fits into no socket's buffer.
    var verbose: API {
        let status = [UInt8](repeating: UInt8(ascii: " "), count: Self.verboseBytes)
        return Self.api(doors, status: status)
    }

    /// The same shop, where it takes a while to count stock.
    var sluggish: API {
        var doors = doors
        doors.countingTime = .seconds(2)
        return Self.api(doors)
    }

    private static func api(
        _ doors: KitchenDoors, status: [UInt8] = Array("{}".utf8)
    ) -> API {
        API(
            routes: Kitchen.modules.flatMap { $0.routes(doors) }, problems: HouseProblems.all,
            entropy: doors.counter, status: { API.HouseStatus(isReady: true, json: status) })
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
        ifMatch: String? = nil, ifNoneMatch: String? = nil, principal: String? = nil
    ) async throws -> Answer {
        var headers = HTTPFields()
        if let key { headers[.init("Idempotency-Key")!] = key }
        if let ifMatch { headers[.ifMatch] = ifMatch }
        if let ifNoneMatch { headers[.ifNoneMatch] = ifNoneMatch }
        if let principal { headers[.init("X-Principal")!] = principal }
        let responder = api.responder(logger: Logger(label: "test"))
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

struct Unreliable: Sendable {
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

final class Counter: Entropy {
    private let lock = NSLock()
    nonisolated(unsafe) private var count: UInt64 = 0

    func next() -> UInt64 {
        lock.withLock {
            count += 1
            return count
        }
    }
}

/// No read models.
private struct EmptyViews: ViewDoor {
    func answer(
        _ questions: [ViewQuestion], of schema: ViewSchema
    ) throws(ViewFailure) -> ViewAnswer {
        throw .notReady
    }

    func status(of projection: String) -> ProjectionStatus? { nil }

    func wait(
        for projection: String, at positions: [LogName: Int64], atMost patience: Span
    ) async -> Bool {
        false
    }
}

private struct NoTimeZones: TimeZones {
    func offset(of name: String) -> (@Sendable (Timestamp) -> Int64)? { nil }
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

/// Nothing ever happened.
private struct NoFacts: FactDoor {
    var codecs: [LogName: LogCodec] { [:] }
    var heads: [LogName: Int64] { [:] }

    func frames(
        of log: LogName, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [Frame] { [] }

    func waitForMore(than heads: [LogName: Int64], atMost patience: Span) async -> Span {
        .milliseconds(0)
    }
}
