// SPDX-License-Identifier: Apache-2.0
/// One log of the house: a service, or a shard of it.

package import NodeEngine
package import Ports

package struct ServiceShard: Sendable {
    package let module: ServiceModule
    package let log: LogName
    /// How many shards the service has.
    package let count: Int
    package let partitioning: Partitioning

    package init(
        _ module: ServiceModule, shard: Int = 0, of count: Int = 1,
        partitioning: Partitioning = .standard
    ) {
        self.module = module
        self.count = count
        self.partitioning = partitioning
        log = LogName(module.name, shard)
    }

    /// The shards of `modules`, in their order.
    package static func all(
        of modules: [ServiceModule], orderShards: Int, partitioning: Partitioning
    ) -> [ServiceShard] {
        modules.flatMap { module in
            let count = module.sharding == .byOrder ? orderShards : 1
            return (0..<count).map {
                ServiceShard(module, shard: $0, of: count, partitioning: partitioning)
            }
        }
    }

    package var subscribesTo: [String] { module.subscribesTo }
    package var codec: LogCodec { module.codec }
    package func makeCodec() -> LogCodec { module.makeCodec() }

    package func runner(_ limits: ServiceRunnerLimits) -> any AnyServiceRunner {
        module.makeRunner(place(limits))
    }

    /// Where a runner of this shard works.
    package func place(_ limits: ServiceRunnerLimits) -> RunnerPlace {
        RunnerPlace(
            shard: log.shard, limits: limits, codec: makeCodec(), ownsBucket: { owns($0) })
    }

    /// The shard that owns `bucket`: each owns a range of partitions, and so of buckets.
    package func owner(of bucket: UInt16) -> Int {
        owner(ofPartition: partitioning.of(bucket: bucket))
    }

    private func owner(ofPartition partition: UInt16) -> Int {
        Int(partition) * count / Int(partitioning.count)
    }

    /// Whether facts about `bucket` are for this shard.
    package func owns(_ bucket: UInt16) -> Bool { count == 1 || owner(of: bucket) == log.shard }

    /// The partitions of other logs that concern this shard; nil for all.
    package var partitions: Set<UInt16>? {
        guard count > 1 else { return nil }
        return Set((0..<partitioning.count).filter { owner(ofPartition: $0) == log.shard })
    }

    /// The partitions that concern at least one of `shards`; nil for all.
    package static func partitions(of shards: [ServiceShard]) -> Set<UInt16>? {
        var all: Set<UInt16> = []
        for shard in shards {
            guard let own = shard.partitions else { return nil }
            all.formUnion(own)
        }
        return all
    }
}

extension ServiceShard: Hashable {
    package static func == (one: ServiceShard, other: ServiceShard) -> Bool {
        one.log == other.log && one.count == other.count
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(log) }
}
