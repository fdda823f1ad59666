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
        for member in ServiceShard.all(shards: 1) {
            #expect(!member.subscribesTo.isEmpty)
            #expect(services.subtracting([member.log.service]).isSuperset(of: member.subscribesTo))
        }
    }

    @Test func `has for each a codec of its log, shared, and others for whoever wants its own`() {
        for member in ServiceShard.all(shards: 2) {
            #expect(member.codec.service == member.log.service)
            #expect(member.codec === member.codec)
            #expect(member.makeCodec() !== member.codec)
            #expect(member.makeCodec().names == member.codec.names)
            let runner = member.runner(ServiceRunnerLimits())
            #expect(runner.log == member.log && runner.subscribesTo == member.subscribesTo)
        }
    }

    @Test(arguments: 1...5)
    func `gives each bucket to one shard, whose partitions say the same`(shards: Int) {
        let all = ServiceShard.all(shards: shards)
        for bucket in 0..<4_096 as Range<UInt16> {
            let owners = all.prefix(shards).filter { $0.owns(bucket) }
            #expect(
                owners.map(\.log.shard) == [ServiceShard.shard(of: bucket, among: shards)])
            for member in all {
                let isConcerned = member.partitions?.contains(Partitions.of(bucket: bucket))
                #expect((isConcerned ?? true) == member.owns(bucket))
            }
        }
        #expect(all.suffix(5).allSatisfy { $0.partitions == nil })
    }
}
