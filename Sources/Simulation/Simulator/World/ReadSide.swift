// SPDX-License-Identifier: Apache-2.0
/// Who follows the logs of a world: a process that fills read models by the house's own projector,
/// and somebody outside who reads the feed, page by page.

import Kernel
import MemoryAdapter
import NodeEngine
import OrderQueriesService
import Ports
import Projections
import ServiceModel
import ServiceModules

final class ReadSide {
    let projections: [any Projection]
    let source: StoreSource
    let codecs: [LogName: LogCodec]
    let settings: Projector.Settings

    // MARK: The process that fills read models

    /// What it keeps; outlives it.
    private(set) var disk = MemoryViews.Disk()
    /// What a loss of power leaves, when something is not synced.
    private var synced: MemoryViews.Disk?
    var process: Process?
    /// Grows with every process, so that what was meant for an earlier one finds nobody.
    private(set) var incarnation = 0
    var isPlanned = false
    var busyUntil: Instant = 0
    /// What went wrong with its store so far.
    var mishaps = 0
    /// Projections that an operator wants to have made again.
    var rebuilds: [String] = []

    struct Process {
        let projector: Projector
        let store: FaultyViews
        /// False when the store is to be opened, or opened again.
        var isOpen = false
    }

    // MARK: The reader of the feed

    let facts: SimulatedFacts
    let filter: FactFeed.Filter
    /// What it was given with its last page.
    var place = FeedCursor()
    var pages = 0
    var isPagePlanned = false

    init(_ plan: Plan, _ placement: Placement, _ nodes: [SimulatedNode], _ overrides: Overrides) {
        var readers: [LogName: any Reader] = [:]
        var codecs: [LogName: LogCodec] = [:]
        for (number, role) in placement.roles.enumerated() {
            readers[role.log] = nodes[placement.places[number].node].medium.reader
            codecs[role.log] = placement.codecs[number]
        }
        projections = overrides.projections(ReadModels.all)
        source = StoreSource(readers)
        self.codecs = codecs
        facts = SimulatedFacts(codecs: codecs, source: source)
        var settings = Projector.Settings()
        settings.batchMax = plan.setting.viewFacts
        settings.fetchMax = plan.setting.viewFacts
        self.settings = settings
        // As `/v1/orders/changes` does it, or as `/v1/events`.
        var filter = FactFeed.Filter()
        if SplitMix.mix(plan.seed ^ 0x66_6565_64) % 2 == 0 { filter.services = ["orders"] }
        self.filter = filter
    }

    /// From here on nothing reaches the medium until the process is gone.
    func loseSync() { synced = synced ?? disk.copy() }

    /// The process is gone; true when the medium has lost what it took last.
    func die() -> Bool {
        process = nil
        incarnation += 1
        isPlanned = false
        guard let synced else { return false }
        disk = synced
        self.synced = nil
        return true
    }
}

/// The logs of a world for those who read all of them.
struct SimulatedFacts: FactDoor {
    let codecs: [LogName: LogCodec]
    let source: StoreSource

    /// What can't be read is not longer than it was.
    var heads: [LogName: Int64] { (try? source.heads()) ?? [:] }

    func frames(
        of log: LogName, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [Frame] {
        try source.frames(of: log, after: position, limit: limit)
    }

    /// Nobody waits here: readers are woken by the world.
    func waitForMore(than heads: [LogName: Int64], atMost patience: Span) async -> Span { patience }
}

/// A fact as a simulated reader of the feed is shown it: its place.
enum FeedItem {
    static func render(_ record: Record, _ codec: LogCodec) -> [UInt8] {
        var bytes = WireBytes(capacity: 32)
        bytes.appendCounted(record.log.service)
        bytes.appendVarint(Int64(record.log.shard))
        bytes.appendVarint(record.position)
        return bytes.array
    }

    static func place(_ item: [UInt8]) -> (log: LogName, position: Int64)? {
        var reader = WireReader(binary: item)
        guard let service = try? reader.counted(), let shard = try? reader.varint(),
            let position = try? reader.varint()
        else { return nil }
        return (LogName(service, Int(shard)), position)
    }
}
