// SPDX-License-Identifier: Apache-2.0
/// A table by fact: what is in it leads to a command, everything else is skipped.

import Kernel
import Testing

@testable import NodeEngine

@Suite struct `Reacting to facts` {
    private static let added = MeterEvent.added(.meter(1), 7, hops: 2)
    private static let reactions = Reactions<String>(
        .on(MeterEvent.addedKind) { $0.amount > 0 ? "add \($0.amount)" : nil },
        .on(EchoEvent.kind) { "echo \($0.amount)" })

    @Test func `is done by the kind of a fact`() {
        #expect(Self.reactions.command(for: Self.added) == "add 7")
        let echo = EchoEvent(meter: .meter(1), amount: 3, hops: 0)
        #expect(Self.reactions.command(for: echo) == "echo 3")
        #expect(Self.reactions.names.map(\.text) == ["meter.added.v1", "echo.heard.v1"])
    }

    @Test func `may lead to nothing for this very fact`() {
        let none = MeterEvent.added(.meter(1), 0, hops: 2)
        #expect(Self.reactions.command(for: none) == nil)
    }

    @Test func `skips facts that are in no table`() {
        #expect(Self.reactions.command(for: MeterEvent.rang(.meter(1))) == nil)
        #expect(Self.reactions.command(for: TallyEvent(amount: 1)) == nil)
        #expect(Reactions<String>().command(for: Self.added) == nil)
    }

    /// Codes are a service's own: the first fact of another one is another fact.
    @Test func `tells the same code of two services apart`() {
        let onlyMeters = Reactions<String>(.on(MeterEvent.addedKind) { _ in "add" })
        let echo = EchoEvent(meter: .meter(1), amount: 3, hops: 0)
        #expect(echo.wireName.code == Self.added.wireName.code)
        #expect(onlyMeters.command(for: echo) == nil)
    }
}
