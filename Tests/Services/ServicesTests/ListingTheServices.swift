// SPDX-License-Identifier: Apache-2.0
/// The one list of the services, from which houses, real and simulated, are put together.

import Kernel
import NodeEngine
import Ports
import ServiceModel
import ServiceModules
import Testing

@Suite struct `The list of services` {
    @Test(arguments: 1...5)
    func `has the shards of the orders first, then one log for each other service`(shards: Int) {
        let logs = ServiceShard.all(shards: shards).map(\.log)
        #expect(Set(logs).count == shards + 5)
        #expect(logs.prefix(shards).enumerated().allSatisfy { $1.shard == $0 })
        #expect(Set(logs.prefix(shards).map(\.service)).count == 1)
        #expect(Set(logs.suffix(5).map(\.service)).count == 5)
        #expect(logs.suffix(5).allSatisfy { $0.shard == 0 })
    }

    @Test func `lets each hear only services that there are, and not itself`() {
        let services = Set(ServiceShard.all(shards: 1).map(\.log.service))
        for shard in ServiceShard.all(shards: 1) {
            #expect(!shard.subscribesTo.isEmpty)
            #expect(services.subtracting([shard.log.service]).isSuperset(of: shard.subscribesTo))
        }
    }

    @Test func `has for each a codec of its log, shared, and others for whoever wants its own`() {
        for shard in ServiceShard.all(shards: 2) {
            #expect(shard.codec.service == shard.log.service)
            #expect(shard.codec === shard.codec)
            #expect(shard.makeCodec() !== shard.codec)
            #expect(shard.makeCodec().names == shard.codec.names)
            let runner = shard.runner(ServiceRunnerLimits())
            #expect(runner.log == shard.log && runner.subscribesTo == shard.subscribesTo)
        }
    }

    @Test(arguments: 1...8, [8, 64, 4_096])
    func `gives each shard a range of buckets, whose partitions say the same`(
        shards: Int, count: Int
    ) throws {
        let partitioning = try #require(Partitioning(count: count))
        let all = ServiceShard.all(shards: shards, partitioning: partitioning)
        let owner = (0..<4_096 as Range<UInt16>).map { all[0].owner(of: $0) }
        #expect(owner == owner.sorted() && Set(owner) == Set(0..<shards))
        // An expectation for each of four million pairs would take minutes.
        var wrong: [String] = []
        let partitions = all.map(\.partitions)
        for bucket in 0..<4_096 as Range<UInt16> {
            let owners = all.prefix(shards).filter { $0.owns(bucket) }.map(\.log.shard)
            if owners != [owner[Int(bucket)]] { wrong.append("\(bucket) has \(owners)") }
            let partition = partitioning.of(bucket: bucket)
            for (shard, own) in zip(all, partitions)
            where (own?.contains(partition) ?? true) != shard.owns(bucket) {
                wrong.append("\(shard.log) and \(bucket)")
            }
        }
        #expect(wrong == [])
        #expect(all.suffix(5).allSatisfy { $0.partitions == nil })
    }
}
