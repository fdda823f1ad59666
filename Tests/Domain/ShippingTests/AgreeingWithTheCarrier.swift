// SPDX-License-Identifier: Apache-2.0
/// Whatever gets lost between house and carrier: in the end both say the same of the parcel, and no
/// label is bought twice.

import Contracts
import GivenWhenThen
import Kernel
import SampleFacts
import ShippingDomain
import Testing

@Suite struct `Agreeing with the carrier` {
    @Test func `holds under every fault that ends`() throws {
        var ends: Set<String> = []
        for seed in UInt64(80_000)..<80_600 {
            var chance = Chance(seed: seed)
            let isCanceled = chance.comesUp(60)
            var world = CarrierWorld(seed: seed)
            tell(&world, &chance, isCanceled: isCanceled)
            try world.run()
            ends.insert(try end(of: world, isCanceled: isCanceled))
            world.shipment.expectFoldsAgree(at: [OrderID.sample.shipment()])
        }
        #expect(ends == ["tombstone", "delivered", "canceled", "too late"])
    }

    private func tell(_ world: inout CarrierWorld, _ chance: inout Chance, isCanceled: Bool) {
        let begin = Timestamp.noon + .seconds(1)
        world.schedule(.create, at: begin)
        for _ in 0..<chance.below(4) {
            let commands: [ShipmentCommand] = [.create, .announce]
            world.schedule(chance.one(of: commands), at: begin + chance.span(upTo: .hours(8)))
        }
        guard isCanceled else { return }
        let isEarly = chance.comesUp(10)
        for _ in 0...chance.below(3) {
            let time = isEarly ? .noon : begin + chance.span(upTo: .hours(3))
            world.schedule(.cancel, at: time)
        }
    }

    private func end(of world: CarrierWorld, isCanceled: Bool) throws -> String {
        let verbs = world.shipment.history.map(\.verb)
        #expect(!(verbs.contains("canceled") && verbs.contains("shipped")))
        #expect(world.labels <= 1)
        if case .tombstone = world.shipment.shipment {
            #expect(world.truth == nil)
            return "tombstone"
        }
        let open = try #require(world.shipment.open)
        #expect(world.shipment.shipment.isAtRest)
        switch open.phase {
        case .delivered:
            #expect(world.truth == .delivered)
            #expect(verbs.firstIndex(of: "shipped") != nil)
            return isCanceled ? "too late" : "delivered"
        case .canceled:
            #expect(world.truth == .canceled)
            #expect(isCanceled)
            return "canceled"
        case .labeling, .labeled, .shipped, .canceling:
            Issue.record("left \(open.phase)")
            return "\(open.phase)"
        }
    }
}
