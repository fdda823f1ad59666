// SPDX-License-Identifier: Apache-2.0
/// Makes the nodes of a house: their stores, their threads, and how facts go from one to another.

import Foundation
import Kernel
import MemoryAdapter
import NodeEngine
import NodeRuntime
import Ports
import SQLiteAdapter
import ServiceModel
import SystemAdapter

/// What the nodes of one house share.
struct NodeContext: Sendable {
    let settings: HouseSettings
    let clock: TrustedClock
    let entropy: any Entropy
    let bus: (any Bus)?
    /// That of all their logs.
    let partitioning: Partitioning
    let plans: [NodePlan]

    func folder(_ plan: NodePlan) -> String { "\(settings.data)/nodes/\(plan.name)" }
    func file(_ plan: NodePlan) -> String { "\(folder(plan))/store.sqlite" }

    func node(_ plan: NodePlan) throws -> RunningNode {
        try FileManager.default.createDirectory(
            atPath: folder(plan), withIntermediateDirectories: true)
        let recent = RecentTable()
        var limits = settings.runner
        limits.callsMax = 0  // Until the workers have told their slots.
        let reader = SQLiteReader(path: file(plan))
        let host = NodeHost(
            name: plan.name, clock: clock, entropy: entropy, settings: settings.host
        ) {
            [limits] in
            Node(
                runners: plan.shards.map { $0.runner(limits) },
                store: SQLiteStore(path: file(plan), configuration: settings.store),
                chain: SHA256Chain(key: settings.chainKey),
                note: try MappedNote(path: "\(folder(plan))/running"), recent: recent,
                remote: remoteLogs(for: plan), limits: settings.node)
        }
        guard let bus else {
            return RunningNode(
                plan: plan, host: host, reader: NodeReader(reader: reader, recent: recent),
                publisher: nil, filler: nil)
        }
        let publisher = OutboxPublisher(
            settings: publisherSettings, reader: reader, bus: bus, codecs: codecs(plan), host: host)
        let filler = GapFiller(source: houseSource, host: host)
        host.connect { outlets in
            outlets.committed = { publisher.wake() }
            outlets.gaps = { filler.fill($0) }
        }
        for remote in remoteLogs(for: plan) {
            bus.subscribe(remote.name, partitions: remote.partitions) { messages in
                host.post(messages.map { .message($0) })
            }
        }
        return RunningNode(
            plan: plan, host: host, reader: NodeReader(reader: reader, recent: recent),
            publisher: publisher, filler: filler)
    }

    private var publisherSettings: OutboxPublisher.Settings {
        var publisher = OutboxPublisher.Settings()
        publisher.interval = settings.publisherInterval
        publisher.partitioning = partitioning
        return publisher
    }

    private func codecs(_ plan: NodePlan) -> [LogName: LogCodec] {
        Dictionary(uniqueKeysWithValues: plan.shards.map { ($0.log, $0.makeCodec()) })
    }

    /// The logs of other nodes that someone in `plan` follows.
    private func remoteLogs(for plan: NodePlan) -> [RemoteLog] {
        bus == nil ? [] : plan.remoteLogs(among: plans)
    }

    /// Any node's log, read from the file of the node that writes it.
    private var houseSource: HouseLogSource {
        var sources: [LogName: StoreLogSource] = [:]
        for plan in plans {
            let source = StoreLogSource(
                reader: SQLiteReader(path: file(plan)), codecs: codecs(plan),
                partitioning: partitioning)
            for shard in plan.shards { sources[shard.log] = source }
        }
        return HouseLogSource(sources: sources)
    }
}

private struct HouseLogSource: LogSource {
    let sources: [LogName: StoreLogSource]

    func facts(
        of log: LogName, partition: UInt16, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [BusMessage] {
        guard let source = sources[log] else { return [] }
        return try source.facts(of: log, partition: partition, after: position, limit: limit)
    }
}
