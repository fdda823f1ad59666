// SPDX-License-Identifier: Apache-2.0
/// A state that is written is read back the same: rows are caches of the log.

import Contracts
import GivenWhenThen
import Kernel
import OrdersDomain
import SampleFacts
import Testing

@Suite struct `Keeping an order` {
    @Test func `keeps the state after every part of every history`() throws {
        for history in History.all {
            try expectKept(history.order.order)
            let reminded = history.order.when(.wake(.sample), at: .noon + .days(2))
            try expectKept(reminded.entities.order)
        }
    }

    @Test(arguments: CancelReason.allCases)
    func `keeps every reason`(_ reason: CancelReason) throws {
        let canceling = given(OrderDecider.self, .placed).when(.cancel(.sample, reason))
        try expectKept(canceling.entities.order)
        try expectKept(canceling.when(.noteReleased(.sample)).entities.order)
    }

    @Test func `refuses a phase that no order has`() throws {
        let state = given(OrderDecider.self, .placed).order
        let text = json(state).replacing("\"reserving\"", with: "\"resting\"")
        #expect(throws: WireError.badField("phase")) {
            var reader = try reader(json: text)
            _ = try OrderState(from: &reader)
        }
    }

    @Test func `takes damaged rows without a trap`() {
        var chance = Chance(seed: 22)
        let states = History.all.map { binary($0.order.order) }
        for _ in 0..<5_000 {
            var bytes = chance.one(of: states)
            bytes[chance.below(bytes.count)] ^= 1 << UInt8(chance.below(8))
            var reader = WireReader(binary: bytes)
            let state = try? OrderState(from: &reader)
            #expect(state.map { binary($0).isEmpty } != true)
        }
    }

    @Test func `never changes the names of phases`() {
        let stages = Set(History.all.map(\.order.order.phase.slug))
        #expect(
            stages == [
                "absent", "reserving", "awaiting-payment", "confirmed", "in-fulfillment",
                "exception", "completed", "canceling", "canceled", "rejected",
            ])
    }
}
