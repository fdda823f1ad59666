// SPDX-License-Identifier: Apache-2.0
/// A table by fact: what is in it leads to a command, everything else is skipped.

import Kernel
import Ports
import Testing

@testable import NodeEngine

@Suite struct `Reacting to facts` {
    private static let added = MeterEvent.added(.meter(1), 7, hops: 2)
    private static let reactions = Reactions<String>(
        .on(MeterEvent.addedKind) { $0.amount > 0 ? "add \($0.amount)" : nil },
        .on(EchoEvent.kind) { "echo \($0.amount)" })

    private static let log = LogName("meters")
    private static let provenance = Provenance(
        at: Timestamp(milliseconds: 9), cause: .fact(LogName("taps"), 4), trace: "00-t")

    private func follows(
        from fact: any Fact, in reactions: Reactions<String> = Self.reactions
    ) -> String? {
        let logged = LoggedFact(position: 3, fact: fact, provenance: Self.provenance)
        let command = reactions.command(for: logged, of: Self.log)
        #expect(reactions.reacts(to: fact) || command == nil)
        return command
    }

    @Test func `is done by the kind of a fact`() {
        #expect(follows(from: Self.added) == "add 7")
        let echo = EchoEvent(meter: .meter(1), amount: 3, hops: 0)
        #expect(follows(from: echo) == "echo 3")
        #expect(Self.reactions.names.map(\.text) == ["meter.added.v1", "echo.heard.v1"])
    }

    @Test func `may lead to nothing for this very fact`() {
        let none = MeterEvent.added(.meter(1), 0, hops: 2)
        #expect(follows(from: none) == nil)
    }

    @Test func `may look at all that is known of a fact`() {
        let reactions = Reactions<String>(
            .on(MeterEvent.addedKind) { added, envelope in
                #expect(envelope.fact.of(MeterEvent.self) == Self.added)
                #expect(envelope.provenance == Self.provenance)
                #expect(envelope.correlation == Self.added.correlation)
                return "\(added.amount) at \(envelope.log)/\(envelope.position)"
            })
        #expect(follows(from: Self.added, in: reactions) == "7 at meters/0/3")
    }

    @Test func `skips facts that are in no table`() {
        #expect(follows(from: MeterEvent.rang(.meter(1))) == nil)
        #expect(follows(from: TallyEvent(amount: 1)) == nil)
        #expect(follows(from: Self.added, in: Reactions()) == nil)
    }

    /// Codes are a service's own: the first fact of another one is another fact.
    @Test func `tells the same code of two services apart`() {
        let onlyMeters = Reactions<String>(.on(MeterEvent.addedKind) { _ in "add" })
        let echo = EchoEvent(meter: .meter(1), amount: 3, hops: 0)
        #expect(echo.wireName.code == Self.added.wireName.code)
        #expect(follows(from: echo, in: onlyMeters) == nil)
    }
}
