// SPDX-License-Identifier: Apache-2.0
/// A repeated request meets its first answer, wherever that stands: in the batch, in memory, in the
/// log, behind an index row. Nothing is done twice.

import Kernel
import Ports
import Testing

@testable import NodeEngine

@Suite struct `A repeated request` {
    /// What may come between the request and its repetition.
    enum Between: CaseIterable {
        case nothing, otherWork, indexFlush, restart, flushAndRestart, eviction
    }

    private func pass(_ between: Between, _ bench: Bench) throws {
        switch between {
        case .nothing: break
        case .otherWork: for amount in 1...5 { _ = bench.ask(.add(.meter(2), Int64(amount))) }
        case .indexFlush: bench.rest()
        case .restart: try bench.restart()
        case .flushAndRestart:
            bench.rest()
            try bench.restart()
        case .eviction:
            bench.rest()
            for meter in 100..<120 as Range<UInt16> { _ = bench.ask(.add(.meter(meter), 1)) }
            bench.rest()
        }
    }

    @Test(arguments: Between.allCases)
    func `gets the first answer, byte for byte`(_ between: Between) throws {
        var limits = ServiceRunnerLimits()
        limits.cachedEntities = 8
        let bench = try Bench(runners: limits)
        let first = try #require(bench.ask(.add(.meter(1), 7), key: "one"))
        #expect(first.status == 200 && first.text == "value 7" && !first.isReplayed)
        try pass(between, bench)
        let events = try bench.meterEvents.count
        let again = try #require(bench.ask(.add(.meter(1), 7), key: "one"))
        #expect(again == first.replayed())
        #expect(try bench.meterEvents.count == events)
        // The entity has moved on; the answer has not.
        _ = bench.ask(.add(.meter(1), 1))
        #expect(bench.ask(.add(.meter(1), 7), key: "one") == first.replayed())
        #expect(try bench.meter(.meter(1)).value == 8)
    }

    @Test func `is found among many of one batch, in frames that stay short`() throws {
        var limits = ServiceRunnerLimits()
        limits.frameRecords = 7
        let bench = try Bench(runners: limits)
        let inputs = (1...50).map { number in
            bench.submission(.add(.meter(UInt16(number)), Int64(number)), key: "key \(number)")
        }
        let first = bench.turn(inputs.map { .submission($0) }).replies
        #expect(first.count == 50)
        let frames = try bench.store.frames(LogName("meters.replies"))
        #expect(frames.allSatisfy { (1...7).contains($0.count) })
        #expect(frames.reduce(0) { $0 + $1.count } == 50)
        #expect(frames.map(\.first) == stride(from: 1, through: 50, by: 7).map { Int64($0) })
        try bench.restart()
        for number in 1...50 {
            let again = bench.ask(
                .add(.meter(UInt16(number)), Int64(number)), key: "key \(number)")
            #expect(again?.isReplayed == true && again?.text == "value \(number)")
        }
    }

    @Test(arguments: Between.allCases)
    func `with another body is refused`(_ between: Between) throws {
        let bench = try Bench()
        _ = bench.ask(.add(.meter(1), 7), key: "one")
        try pass(between, bench)
        let other = try #require(bench.ask(.add(.meter(1), 8), key: "one", body: "other"))
        #expect(other.status == 422)
        #expect(other == EngineProblem.keyReused.reply())
        #expect(try bench.meter(.meter(1)).value == 7)
        // The refusal takes nothing from the first.
        #expect(bench.ask(.add(.meter(1), 7), key: "one")?.isReplayed == true)
    }

    @Test func `in the same batch waits for the same answer`() throws {
        let bench = try Bench(.withEchoes)
        let twins = (0..<3).map { _ in bench.submission(.add(.meter(1), 7, hops: 1), key: "one") }
        let other = bench.submission(.add(.meter(1), 8), key: "one", body: "other")
        let later = bench.submission(.add(.meter(1), 100))
        let turn = bench.turn((twins + [other, later]).map { .submission($0) })
        let replies = Dictionary(uniqueKeysWithValues: turn.replies)
        #expect(turn.replies.count == 5)
        let first = try #require(twins[0].ticket.flatMap { replies[$0] })
        #expect(first.text == "value 7" && !first.isReplayed)
        for twin in twins.dropFirst() {
            #expect(twin.ticket.flatMap { replies[$0] } == first.replayed())
        }
        #expect(other.ticket.flatMap { replies[$0]?.status } == 422)
        #expect(later.ticket.flatMap { replies[$0]?.text } == "value 114")
        #expect(try bench.meterEvents.count == 3)
    }

    @Test func `of another principal is another request`() throws {
        let bench = try Bench()
        let anna = try #require(Principal("anna"))
        let mine = Request(principal: .anonymous, key: "one", about: [1])
        #expect(mine == Request(principal: .anonymous, key: "one", about: [1]))
        for other in [
            Request(principal: anna, key: "one", about: [1]),
            Request(principal: .anonymous, key: "two", about: [1]),
        ] { #expect(other.identity != mine.identity && other.fingerprint == mine.fingerprint) }
        let body = Request(principal: .anonymous, key: "one", about: [2])
        #expect(body.identity == mine.identity && body.fingerprint != mine.fingerprint)
        // A name and a key can't be mixed up.
        let ab = Request(principal: anna, key: "b", about: [])
        #expect(ab.identity != Request(principal: .anonymous, key: "annab", about: []).identity)
        _ = bench.ask(.add(.meter(1), 1), key: "one")
    }

    @Test func `that is brief is answered without a body, and its refusal with one`() throws {
        let bench = try Bench()
        func ask(_ command: MeterCommand, _ key: String, isBrief: Bool) throws -> Reply {
            let submission = Submission(
                runner: 0, command: command, principal: .anonymous,
                request: Request(
                    principal: .anonymous, key: key, about: [], isBrief: isBrief), ticket: 1)
            return try #require(bench.turn([.submission(submission)]).replies.first).1
        }
        let brief = try ask(.add(.meter(1), 7), "one", isBrief: true)
        #expect(brief == Reply(status: 200, body: [], version: 1, location: "/meters"))
        let whole = try ask(.add(.meter(1), 7), "two", isBrief: false)
        #expect(whole.text == "value 14")
        let refused = try ask(.move(.meter(2), .meter(1), 5), "three", isBrief: true)
        #expect(refused.status == 409 && refused.text.contains("short"))
        try bench.restart()
        #expect(try ask(.add(.meter(1), 7), "one", isBrief: true) == brief.replayed())
        #expect(try ask(.add(.meter(1), 7), "two", isBrief: false) == whole.replayed())
        let kept = try bench.store.frames(LogName("meters.replies")).flatMap {
            try StoredReply.all(in: $0)
        }
        #expect(kept.map { $0.reply?.body } == [[], whole.body])
    }

    @Test func `that changed nothing is decided again`() throws {
        let bench = try Bench()
        #expect(bench.ask(.move(.meter(1), .meter(2), 5), key: "one")?.status == 409)
        _ = bench.ask(.add(.meter(1), 5))
        let second = bench.ask(.move(.meter(1), .meter(2), 5), key: "one")
        #expect(second?.status == 200 && second?.isReplayed == false)
        #expect(bench.ask(.move(.meter(1), .meter(2), 5), key: "one")?.isReplayed == true)
    }

    @Test func `of a refused commit is new`() throws {
        let bench = try Bench()
        bench.store.moods = [.refusing(.full)]
        let asked = (0..<2).map { _ in bench.submission(.add(.meter(1), 7), key: "one") }
        let other = bench.submission(.add(.meter(1), 8), key: "one", body: "other")
        let turn = bench.turn((asked + [other]).map { .submission($0) })
        // Nobody's key was used, so nobody reused it.
        let full = EngineProblem.storageFull.reply()
        #expect(turn.replies.map(\.1) == Array(repeating: full, count: 3))
        let after = bench.ask(.add(.meter(1), 8), key: "one", body: "other")
        #expect(after?.status == 200 && after?.isReplayed == false)
        #expect(try bench.meter(.meter(1)).value == 8)
    }

    @Test func `is found by its key among many`() throws {
        var limits = ServiceRunnerLimits()
        limits.replyIndex = 50
        let bench = try Bench(runners: limits)
        for round in 0..<4 {
            bench.turn((0..<40).map { index in
                .submission(bench.submission(.add(.meter(1), 1), key: "\(round)/\(index)"))
            })
        }
        for key in ["0/0", "1/39", "2/17", "3/0", "3/39"] {
            #expect(bench.ask(.add(.meter(1), 1), key: key)?.isReplayed == true)
        }
        #expect(try bench.meter(.meter(1)).value == 160)
    }
}
