// SPDX-License-Identifier: Apache-2.0
/// Whatever gets lost between house and provider: once it stops, house and provider agree, nothing
/// was taken twice, and nothing stays set aside for an order that is off.

import Contracts
import GivenWhenThen
import Kernel
import PaymentsDomain
import SampleFacts
import Testing

@Suite struct `Agreeing with the provider` {
    private enum Story: Int, CaseIterable {
        /// The goods leave, the money is taken.
        case sold
        /// The order is canceled at some point.
        case canceled
        /// It is canceled before its payment was requested.
        case neverMeant
        /// Both are asked for, which no order does.
        case confused
    }

    @Test func `holds under every fault that ends`() throws {
        try play(1_500, seed: 50_000, .init(transitMax: .seconds(40)))
    }

    @Test func `holds when answers come late, too`() throws {
        try play(1_500, seed: 60_000, .init(areAnswersLate: true, transitMax: .seconds(40)))
    }

    /// Past the key's window nothing is done again: some of it is left for a person to settle.
    @Test func `holds when the faults outlast the key`() throws {
        try play(300, seed: 70_000, .init(faultsMax: .hours(60)))
    }

    private func play(
        _ count: UInt64, seed: UInt64, _ manners: ProviderWorld.Manners
    ) throws {
        var ends: Set<String> = []
        var verbs: Set<String> = []
        for seed in seed..<seed + count {
            var chance = Chance(seed: seed)
            let story = chance.one(of: Story.allCases)
            let isDeclined = chance.comesUp(20)
            var world = ProviderWorld(seed: seed, manners, isDeclined: isDeclined)
            tell(story, to: &world, &chance, within: manners.faultsMax)
            try world.run()
            let end = try settle(world, story, isWindowOver: manners.faultsMax > .hours(22))
            ends.insert(end)
            verbs.formUnion(world.payment.history.map(\.verb))
            world.payment.expectFoldsAgree(at: [OrderID.sample.payment()])
        }
        // The worlds are as bad as they should be.
        #expect(ends.isSuperset(of: ["captured", "voided", "declined", "tombstone"]))
        #expect(verbs.isSuperset(of: ["attempted", "deferred", "void-requested", "captured"]))
    }

    private func tell(
        _ story: Story, to world: inout ProviderWorld, _ chance: inout Chance,
        within span: Span
    ) {
        func repeatedly(_ command: PaymentCommand, from first: Timestamp) {
            for count in 0...chance.below(3) {
                let later = count == 0 ? .milliseconds(0) : chance.span(upTo: span)
                world.schedule(command, at: first + later)
            }
        }
        let request = Timestamp.noon + .seconds(1)
        let sometime = request + chance.span(upTo: chance.comesUp(50) ? .seconds(30) : span)
        repeatedly(.authorize, from: request)
        switch story {
        // Until it is authorized a capture means nothing: the last one comes after all faults.
        case .sold:
            repeatedly(.capture, from: sometime)
            world.schedule(.capture, at: .noon + span + .days(3))
        case .canceled: repeatedly(.giveBack, from: sometime)
        case .neverMeant: repeatedly(.giveBack, from: .noon)
        case .confused:
            repeatedly(.capture, from: sometime)
            repeatedly(.giveBack, from: request + chance.span(upTo: span))
        }
    }

    /// The end of a world, in one word.
    private func settle(
        _ world: ProviderWorld, _ story: Story, isWindowOver: Bool
    ) throws -> String {
        let books = world.books
        if case .tombstone = world.payment.payment {
            #expect(!books.isAuthorized && books.captures == 0)
            #expect(story == .neverMeant)
            return "tombstone"
        }
        let open = try #require(world.payment.open)
        #expect(world.payment.payment.isAtRest)
        #expect(open.due == nil)
        switch open.phase {
        case .captured: #expect(books.captures == 1)
        case .voided: #expect(books.captures == 0 && (!books.isSetAside || isWindowOver))
        case .declined, .captureFailed:
            #expect(books.captures == 0)
            #expect(!books.isSetAside || isWindowOver)
        case .authorizing, .authorized, .capturing, .voiding:
            Issue.record("left \(open.phase) in story \(story)")
        }
        switch story {
        case .sold: #expect(open.phase != .voided)
        case .canceled, .neverMeant: #expect(open.phase == .voided || open.phase == .declined)
        case .confused: break
        }
        if !isWindowOver { #expect(open.note != "expired") }
        return open.phase.rawValue
    }
}
