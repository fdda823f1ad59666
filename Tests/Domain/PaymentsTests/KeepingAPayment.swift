// SPDX-License-Identifier: Apache-2.0
/// A payment's state is written and read back the same, and nothing else is taken for one.

import Contracts
import GivenWhenThen
import Kernel
import PaymentsDomain
import SampleFacts
import Testing

@Suite struct `Keeping a payment` {
    @Test(arguments: Stage.allCases)
    func `keeps every stage`(_ stage: Stage) throws {
        try expectKept(stage.payment.payment)
    }

    @Test(arguments: [3, -1, Int64.max])
    func `refuses a kind that it never wrote`(_ kind: Int64) {
        var writer = WireWriter()
        writer.field("kind", kind)
        writer.field("payment", OrderID.sample.payment())
        writer.field("order", OrderID.sample)
        #expect(throws: WireError.badField("kind")) {
            var reader = WireReader(binary: writer.bytes)
            _ = try PaymentState(from: &reader)
        }
    }

    @Test func `refuses a phase that no payment has`() throws {
        let text = json(Stage.authorized.payment.payment)
        #expect(throws: WireError.badField("phase")) {
            var reader = try reader(
                json: text.replacing("\"authorized\"", with: "\"authorised\""))
            _ = try PaymentState(from: &reader)
        }
    }

    @Test func `takes damaged rows without a trap`() {
        var chance = Chance(seed: 42)
        let states = Stage.allCases.map { binary($0.payment.payment) }
        for _ in 0..<5_000 {
            var bytes = chance.one(of: states)
            bytes[chance.below(bytes.count)] ^= 1 << UInt8(chance.below(8))
            var reader = WireReader(binary: bytes)
            let state = try? PaymentState(from: &reader)
            #expect(state.map { binary($0).isEmpty } != true)
        }
    }
}
