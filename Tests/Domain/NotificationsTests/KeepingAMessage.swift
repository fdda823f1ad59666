// SPDX-License-Identifier: Apache-2.0
/// A message's state is written and read back the same, and nothing else is taken for one.

import Contracts
import GivenWhenThen
import Kernel
import NotificationsDomain
import SampleFacts
import Testing

@Suite struct `Keeping a message` {
    @Test(arguments: Stage.allCases)
    func `keeps every stage`(_ stage: Stage) throws {
        try expectKept(stage.message.message)
    }

    /// An address is kept no longer than somebody needs it.
    @Test(arguments: Stage.allCases)
    func `keeps the recipient until it was sent or given up`(_ stage: Stage) {
        guard let open = stage.message.open else { return }
        #expect(open.recipient == (open.phase == .sending ? .sample : nil))
    }

    @Test func `keeps every kind`() throws {
        for kind in MessageKind.allCases {
            let messages = given(MessageDecider.self, .queued(kind))
            try expectKept(messages[OrderID.sample.message(kind)])
        }
    }

    @Test func `refuses a phase and a kind that no message has`() throws {
        let text = json(Stage.sending.message.message)
        #expect(throws: WireError.badField("phase")) {
            var reader = try reader(json: text.replacing("\"sending\"", with: "\"flying\""))
            _ = try MessageState(from: &reader)
        }
        #expect(throws: WireError.badField("kind")) {
            var reader = try reader(json: text.replacing("order-confirmed", with: "order-lost"))
            _ = try MessageState(from: &reader)
        }
    }

    @Test func `takes damaged rows without a trap`() {
        var chance = Chance(seed: 62)
        let states = Stage.allCases.map { binary($0.message.message) }
        for _ in 0..<5_000 {
            var bytes = chance.one(of: states)
            bytes[chance.below(bytes.count)] ^= 1 << UInt8(chance.below(8))
            var reader = WireReader(binary: bytes)
            let state = try? MessageState(from: &reader)
            #expect(state.map { binary($0).isEmpty } != true)
        }
    }
}
