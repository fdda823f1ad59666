// SPDX-License-Identifier: Apache-2.0
/// A shipment's state is written and read back the same, and nothing else is taken for one.

import Contracts
import GivenWhenThen
import Kernel
import SampleFacts
import ShippingDomain
import Testing

@Suite struct `Keeping a shipment` {
    @Test(arguments: Stage.allCases)
    func `keeps every stage`(_ stage: Stage) throws {
        try expectKept(stage.shipment.shipment)
    }

    /// An address is kept no longer than somebody needs it.
    @Test(arguments: Stage.allCases)
    func `keeps the recipient until the carrier has the label`(_ stage: Stage) {
        guard let open = stage.shipment.open else { return }
        #expect(open.recipient == (open.phase == .labeling ? .sample : nil))
    }

    @Test(arguments: [3, -1, Int64.max])
    func `refuses a kind that it never wrote`(_ kind: Int64) {
        var writer = WireWriter()
        writer.field("kind", kind)
        writer.field("shipment", OrderID.sample.shipment())
        writer.field("order", OrderID.sample)
        #expect(throws: WireError.badField("kind")) {
            var reader = WireReader(binary: writer.bytes)
            _ = try ShipmentState(from: &reader)
        }
    }

    @Test func `refuses a phase that no shipment has`() throws {
        let text = json(Stage.labeled.shipment.shipment)
        #expect(throws: WireError.badField("phase")) {
            var reader = try reader(json: text.replacing("\"labeled\"", with: "\"labelled\""))
            _ = try ShipmentState(from: &reader)
        }
    }

    @Test func `takes damaged rows without a trap`() {
        var chance = Chance(seed: 52)
        let states = Stage.allCases.map { binary($0.shipment.shipment) }
        for _ in 0..<5_000 {
            var bytes = chance.one(of: states)
            bytes[chance.below(bytes.count)] ^= 1 << UInt8(chance.below(8))
            var reader = WireReader(binary: bytes)
            let state = try? ShipmentState(from: &reader)
            #expect(state.map { binary($0).isEmpty } != true)
        }
    }
}
