// SPDX-License-Identifier: Apache-2.0
/// A projection that can't take a fact stops there, alone, says so, and goes on when it is told to.

import Kernel
import MemoryAdapter
import Ports
import Testing

@testable import NodeEngine
@testable import Projections

/// Takes no tally of a certain number, as long as it is not mended.
private struct Squeamish: Projection {
    let name = "squeamish"
    let version = 1
    let tables = [ViewTable("squeamish", key: [.int("tally")], [.int("total")])]
    let follows = [FollowedFacts.only([TallyEvent.names[0]], of: "tallies")]
    let isMended: Bool

    struct Disgust: Error {}

    func project(_ envelope: Envelope, into changes: ViewChanges) throws {
        guard case .added(let tally, let amount)? = envelope.fact.of(TallyEvent.self) else {
            throw Disgust()
        }
        if tally == 13 && !isMended { throw Disgust() }
        try changes.increment(tables[0], [.int(tally)], tables[0]["total"], by: amount)
    }
}

@Suite struct `A projection that can't take a fact` {
    private let logs = ScriptedLogs()
    private let disk = MemoryViews.Disk()

    private func projector(_ projections: [any Projection]) throws -> Projector {
        let projector = Projector(
            projections, views: MemoryViews(disk), source: logs, codecs: LogCodec.all)
        try projector.open()
        return projector
    }

    @Test func `stops right before it, and lets the others go on`() throws {
        let projector = try projector([Squeamish(isMended: false), Sums()])
        logs.append([.added(1, 1)], to: .first)
        try projector.rest()
        logs.append([.added(2, 2)], to: .first, at: 1)
        logs.append([.named(13, "is not followed"), .added(13, 3), .added(4, 4)], to: .first, at: 2)
        logs.append([.added(5, 5)], to: .second, at: 3)
        try projector.rest()
        try projector.rest()
        let status = try projector.status("squeamish")
        #expect(status.state == .failed)
        #expect(status.failure?.log == .first && status.failure?.position == 4)
        #expect(status.failure?.reason == "Disgust()")
        #expect(status.positions == [.first: 2, .second: 0])
        let rows = try MemoryViews(disk).rows(of: Squeamish(isMended: false))
        #expect(rows == [[[.int(1), .int(1)], [.int(2), .int(2)]]])
        #expect(try projector.status("sums").state == .following)
        #expect(try MemoryViews(disk).rows(of: Sums())[0].count == 5)
        let notices = projector.takeNotices()
        #expect(notices.count == 1, "it is said once: \(notices)")
        #expect(notices.first?.level == .error)
        #expect(notices.first?.message == "projection failed, stopped at a fact")
        #expect(notices.first?.details["position"] == "4")
        #expect(notices.first?.details["log"] == "tallies/0")
    }

    @Test func `fails again when nothing was mended, and goes on when it was`() throws {
        logs.append([.added(13, 3)], to: .first)
        let first = try projector([Squeamish(isMended: false)])
        try first.rest()
        #expect(try first.status("squeamish").state == .failed)
        #expect(first.resume("squeamish") && !first.resume("nobody"))
        try first.rest()
        #expect(first.takeNotices().count == 2)
        let next = try projector([Squeamish(isMended: true)])
        try next.rest()
        #expect(try next.status("squeamish").state == .following)
        #expect(
            try MemoryViews(disk).rows(of: Squeamish(isMended: true)) == [[[.int(13), .int(3)]]])
    }

    @Test func `of an unknown version stops, though it may concern nobody`() throws {
        let projector = try projector([Squeamish(isMended: false), Journal()])
        logs.append([.added(1, 1)], to: .first)
        logs.append([.added(1, 1)], to: .first, code: 77)
        logs.append([.added(1, 1)], to: .first)
        try projector.rest()
        for name in ["squeamish", "journal"] {
            let failure = try #require(try projector.status(name).failure)
            #expect(failure.position == 2 && failure.reason.contains("#77"))
        }
    }

    @Test func `of another service is not looked at`() throws {
        let projector = try projector([Sums()])
        logs.append([.added(1, 1)], to: .other, code: 77)
        logs.append([.added(1, 1)], to: .first)
        try projector.rest()
        #expect(try projector.status("sums").state == .following)
    }

    @Test func `and a sum that overflows stop it at the fact`() throws {
        let projector = try projector([Sums()])
        logs.append([.added(1, .max), .added(2, 1)], to: .first)
        try projector.rest()
        logs.append([.added(2, 1), .added(1, 1)], to: .first)
        try projector.rest()
        let failure = try #require(try projector.status("sums").failure)
        #expect(failure.position == 4 && failure.reason.contains("overflow"))
        #expect(try projector.status("sums").positions[.first] == 2)
    }

    @Test func `keeps serving what it has while it is rebuilt`() throws {
        let projector = try projector([Squeamish(isMended: false)])
        logs.append([.added(1, 1)], to: .first)
        try projector.rest()
        logs.append([.added(13, 1)], to: .first)
        try projector.rest()
        #expect(try projector.rebuild("squeamish"))
        try projector.rest()
        // The new generation meets the same fact: the old rows stay.
        #expect(try projector.status("squeamish").state == .failed)
        #expect(try MemoryViews(disk).rows(of: Squeamish(isMended: false)).first?.count == 1)
    }
}
