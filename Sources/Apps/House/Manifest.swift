// SPDX-License-Identifier: Apache-2.0
/// What is decided when a house is founded.

import JSONCodec
import Ports

struct Manifest: Equatable, CustomStringConvertible {
    let topology: HouseSettings.Topology
    let orderShards: Int
    let partitions: Int

    /// The nodes of the house that was founded so; none when it could not be.
    var plans: [NodePlan] {
        guard let partitioning = Partitioning(count: partitions) else { return [] }
        return NodePlan.all(topology, shards: orderShards, partitioning: partitioning)
    }

    init(_ settings: HouseSettings) {
        topology = settings.topology
        orderShards = settings.orderShards
        partitions = settings.partitions
    }

    init?(bytes: [UInt8]) {
        guard let root = try? JSONDocument(parsing: bytes).root,
            let topology = root["topology"]?.string.flatMap(HouseSettings.Topology.init),
            let shards = root["orderShards"]?.int64, (1...8).contains(shards),
            let partitions = root["partitions"]?.int64,
            let partitioning = Int(exactly: partitions).flatMap({ Partitioning(count: $0) })
        else { return nil }
        self.topology = topology
        orderShards = Int(shards)
        self.partitions = Int(partitioning.count)
    }

    var bytes: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("topology")
        json.string(topology.rawValue)
        json.key("orderShards")
        json.int(Int64(orderShards))
        json.key("partitions")
        json.int(Int64(partitions))
        json.endObject()
        return json.bytes
    }

    var description: String {
        "--topology \(topology.rawValue) --order-shards \(orderShards) --partitions \(partitions)"
    }
}
