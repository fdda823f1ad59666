// SPDX-License-Identifier: Apache-2.0
/// The composition: which nodes there are, what serves them from outside, and in which order they
/// start and stop. The whole topology is on this page.

import Foundation
package import Gateway
import JSONCodec
import Kernel
import MaildirAdapter
import MemoryAdapter
import NodeEngine
import NodeRuntime
import OrdersService
package import Ports
import SandboxAdapter
import ServiceModel
import ServiceModules
package import ServiceLifecycle
import SystemAdapter
import VaultAdapter

/// A house with its data directory locked, ready to run.
package final class House: Sendable {
    package let settings: HouseSettings
    package var clock: any Ports.Clock { watch.clock }
    package let entropy: any Entropy
    /// The numbers of new orders.
    let ids: IDGenerator
    private let files: FileVault
    package var vault: any Vault { files }
    /// What the HTTP door counts.
    package let doorFigures = DoorFigures()
    let unreadable = Unreadable()
    let nodes: [RunningNode]
    /// What is read of the house but for single orders: projections of its facts.
    package let readSide: ReadSide
    private let lock: FileLock
    private let provider: SandboxPayments
    private let carrier: SandboxCarrier
    private let workers: Workers
    private let mailer: Maildir
    private let watch: ClockWatch

    /// Locks the data directory and puts the house together. Nothing runs yet.
    /// `bus` replaces the one between the nodes of a split house.
    package init(_ asked: HouseSettings, bus: (any Bus)? = nil) throws {
        let settings = try DataDirectory.prepare(asked)
        self.settings = settings
        lock = try DataDirectory.lock(settings)
        watch = ClockWatch(settings)
        let clock = watch.clock
        entropy = SystemEntropy()
        let data = settings.data
        files = try DataDirectory.open("the vault", in: data) { try FileVault(directory: data) }
        provider = try DataDirectory.open("the provider's books", in: data) {
            try SandboxPayments(
                books: Books.payments(data), clock: clock, settings: settings.payments)
        }
        carrier = try DataDirectory.open("the carrier's books", in: data) {
            try SandboxCarrier(
                books: Books.carrier(data), clock: clock, settings: settings.carrier)
        }
        mailer = try DataDirectory.open("the mails", in: data) {
            try Maildir(root: "\(data)/mail", clock: clock, isDurable: settings.isMailDurable)
        }
        let partitioning = try DataDirectory.partitioning(settings)
        let plans = NodePlan.all(
            settings.topology, shards: settings.orderShards, partitioning: partitioning)
        let context = NodeContext(
            settings: settings, clock: clock, entropy: entropy,
            bus: settings.topology == .split ? bus ?? InProcessBus() : nil,
            partitioning: partitioning, plans: plans)
        nodes = try plans.map { plan in
            try DataDirectory.open("nodes/\(plan.name)", in: data) { try context.node(plan) }
        }
        readSide = try DataDirectory.open("the read models", in: data) { [nodes] in
            try ReadSide(settings, clock: clock, nodes: nodes)
        }
        ids = IDGenerator(clock: clock, entropy: entropy, logs: settings.orderShards)
        workers = Workers(
            ServiceModule.all,
            ports: OutsidePorts(
                provider: provider, carrier: carrier, mailer: mailer, vault: files),
            clock: clock, timeout: settings.effectTimeout)
        workers.connect(nodes)
        connectIDs()
    }

    /// Everything that runs for the life of the house, in dependency order: the last to start is
    /// the first to stop.
    package var services: [any ServiceLifecycle.Service] {
        var services: [any ServiceLifecycle.Service] = nodes.map { NodeService(host: $0.host) }
        services += nodes.compactMap(\.publisher).map { publisher in
            Looping("publisher") { try await publisher.run() }
        }
        services += nodes.compactMap(\.filler).map { filler in
            Looping("gaps") { try await filler.run() }
        }
        services.append(
            Looping("mail-spool") { [mailer] in
                await mailer.run { try await Task.sleep(for: .seconds(2)) }
            })
        services += workers.services + readSide.services
        services += [
            Looping("provider") { [provider] in await provider.run() },
            Looping("carrier") { [carrier] in await carrier.run() },
            Looping("clock") { [watch] in try await watch.run() },
        ]
        return services
    }

    /// New orders have greater numbers than all that a node finds when it opens.
    private func connectIDs() {
        for node in nodes {
            let logs = node.plan.shards.map(\.log).filter { $0.service == Orders.name }
            node.host.connect { outlets in
                outlets.opened = { [ids] opened in
                    for log in logs {
                        let keys = opened.greatestKeys(of: log)
                        ids.start(after: keys.first.flatMap { UUIDv7(bytes: $0) })
                    }
                }
            }
        }
    }

    /// True when every node has opened its store.
    package var isReady: Bool { nodes.allSatisfy { $0.host.snapshot.isOpen } }

    /// Nodes, logs and outboxes for operators, as a JSON object.
    package var status: [UInt8] {
        var json = JSONWriter(capacity: 1_024)
        json.beginObject()
        json.key("status")
        json.string(isReady ? "ready" : "starting")
        json.key("nodes")
        json.beginArray()
        for node in nodes { Self.write(node, to: &json) }
        json.endArray()
        writeOwed(to: &json)
        writeCalls(to: &json)
        json.key("projections")
        readSide.write(to: &json, at: clock.now())
        json.key("unreadable")
        unreadable.write(to: &json)
        json.key("door")
        doorFigures.write(to: &json)
        json.key("clock")
        write(watch.clock.status, to: &json)
        json.endObject()
        return json.bytes
    }

    /// Effects that are owed, by service and operation: those that are due or under way.
    private func writeOwed(to json: inout JSONWriter) {
        let now = clock.now()
        json.key("owed")
        json.beginArray()
        for (service, calls) in nodes.flatMap(\.host.snapshot.owed) {
            AuditReport.Owed(service, calls, at: now).write(to: &json)
        }
        json.endArray()
    }

    /// How the calls to outside services stand.
    private func writeCalls(to json: inout JSONWriter) {
        json.key("calls")
        json.beginArray()
        for status in workers.status {
            json.beginObject()
            json.key("service")
            json.string(status.service)
            json.key("operation")
            json.string(status.operation)
            json.key("breaker")
            json.string(status.breaker)
            json.key("underWay")
            json.int(Int64(status.underWay))
            json.endObject()
        }
        json.endArray()
    }

    private func write(_ clock: TrustedClock.Status, to json: inout JSONWriter) {
        json.beginObject()
        json.key("now")
        json.string(clock.at.text)
        // How far the wall clock is ahead of the time that the house goes by.
        json.key("wallAheadMilliseconds")
        json.int(clock.wall.since(clock.at).milliseconds)
        json.key("isDoubted")
        json.bool(clock.isDoubted)
        json.endObject()
    }

    private static func write(_ node: RunningNode, to json: inout JSONWriter) {
        let snapshot = node.host.snapshot
        json.beginObject()
        json.key("name")
        json.string(node.plan.name)
        json.key("isOpen")
        json.bool(snapshot.isOpen)
        for (name, value) in [
            ("epoch", snapshot.epoch), ("turns", snapshot.turns), ("inputs", snapshot.inputs),
            ("events", snapshot.events), ("refusedCommits", snapshot.refused),
            ("parked", Int64(snapshot.parked)),
        ] {
            json.key(name)
            json.int(value)
        }
        json.key("logs")
        json.beginObject()
        for (log, head) in snapshot.heads.sorted(by: { $0.key < $1.key }) {
            json.key(log.description)
            json.int(head)
        }
        json.endObject()
        json.key("outbox")
        json.beginArray()
        for view in node.publisher?.views ?? [] {
            json.beginObject()
            json.key("log")
            json.string(view.log.description)
            json.key("sent")
            json.int(view.sent)
            json.key("ready")
            json.int(view.ready)
            json.key("failedAttempts")
            json.int(Int64(view.attempts))
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }
}

/// Where the sandbox keeps its books.
package enum Books {
    package static func payments(_ data: String) -> String { "\(data)/sandbox/payments.books" }
    package static func carrier(_ data: String) -> String { "\(data)/sandbox/carrier.books" }
}

/// A loop that ends when the house stops.
struct Looping: ServiceLifecycle.Service {
    let name: String
    let body: @Sendable () async throws -> Void

    init(_ name: String, _ body: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.body = body
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { try? await body() }
    }
}

/// A node's thread. On a stop it finishes what it took on.
struct NodeService: ServiceLifecycle.Service {
    let host: NodeHost

    func run() async throws {
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await host.run()
            } onGracefulShutdown: {
                host.stop()
            }
        } onCancel: {
            host.stop()
        }
    }
}
