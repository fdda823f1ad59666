// SPDX-License-Identifier: Apache-2.0
/// A random life of a node: commands, repeated requests, passing time, refused, lost and unreadable
/// commits, deaths. After every turn the node is compared with what its logs say.

import Kernel
import Ports
import Testing

@testable import NodeEngine

final class Story {
    /// What may go wrong, in per cent of the turns.
    struct Troubles {
        var refused = 0
        var silent = 0
        var unreadable = 0
        var deaths = 0

        static let none = Troubles()
        static let many = Troubles(refused: 12, silent: 8, unreadable: 6, deaths: 6)
    }

    let bench: Bench
    private let troubles: Troubles
    private var draws: Draws
    private var serial: Int64 = 0
    /// What nobody waits for, to be posted until it is settled.
    private var posts: [Submission] = []
    /// The amounts of posts: each must be counted once in the end.
    private(set) var posted: Set<Int64> = []
    private(set) var started: [Meters.Call] = []
    private var answered: [String: (body: String, reply: Reply)] = [:]

    init(
        seed: UInt64, _ troubles: Troubles, runners: ServiceRunnerLimits,
        nodes: NodeLimits = NodeLimits()
    )
        throws
    {
        bench = try Bench(.withTallies, runners: runners, nodes: nodes)
        self.troubles = troubles
        draws = Draws(seed: seed)
    }

    func live(turns: Int) throws {
        for _ in 0..<turns {
            try act()
            try compare()
        }
        try end()
    }

    // MARK: Acting

    private func act() throws {
        if draws.hits(troubles.deaths) { try bench.restart() }
        bench.pass(.milliseconds(Int64(draws.below(4_000))))
        if draws.hits(troubles.refused) { bench.store.moods = [.refusing(.full)] }
        if draws.hits(troubles.silent) { bench.store.moods = [.silent(isKept: draws.hits(50))] }
        bench.store.isUnreadable = draws.hits(troubles.unreadable)
        var asked: [(Submission, key: String?, body: String)] = []
        for _ in 0..<(draws.hits(25) ? 0 : draws.below(7)) { asked.append(submission()) }
        if draws.hits(40) { post() }
        let inputs = posts + asked.map(\.0)
        posts = []
        let turn = bench.turn(inputs.map { .submission($0) })
        bench.store.isUnreadable = false
        bench.store.moods = []
        try settle(turn, asked)
    }

    /// Meters 0 to 3 are never closed.
    private func meter() -> MeterKey {
        let number = UInt16(draws.below(12))
        return draws.hits(25) ? .pool(number) : .meter(number)
    }

    private func submission() -> (Submission, key: String?, body: String) {
        serial += 1
        let key = meter()
        let command: MeterCommand =
            switch draws.below(9) {
            case 0: .move(key, .meter(UInt16(draws.below(4) + 20)), Int64(draws.below(50)))
            case 1: .remind(key, at: bench.now.advanced(by: .seconds(Int64(draws.below(8)))))
            case 2: .call(key)
            case 3 where key.number > 3: .close(key)
            case 4: .look(key)
            case 5: .add(key, serial, hops: Int64(draws.below(4)))
            case 6: .add(key, serial)
            default: .add(.meter(UInt16(draws.below(4))), serial)
            }
        guard case .add(let meter, _, 0) = command, meter.number < 4, meter.table == 0 else {
            return (bench.submission(command), nil, "")
        }
        let request = "key-\(draws.below(40))"
        let body = draws.hits(80) ? "same" : "other"
        return (bench.submission(command, key: request, body: body), request, body)
    }

    /// Something that nobody waits for: an answer to a call, or a notice.
    private func post() {
        if draws.hits(50), let call = started.last {
            let answer = MeterCommand.answer(call.key, draws.hits(70))
            posts.append(bench.submission(answer, isAsked: false))
        } else {
            serial += 1
            posted.insert(serial)
            posts.append(bench.submission(.add(.meter(0), serial), isAsked: false))
        }
    }

    // MARK: Comparing

    private func settle(
        _ turn: Turn, _ asked: [(Submission, key: String?, body: String)]
    ) throws {
        posts.append(contentsOf: turn.again)
        for submission in turn.again { #expect(submission.ticket == nil) }
        #expect(turn.replies.count == asked.count, "everybody gets one answer")
        for (submission, key, body) in asked {
            let replies = turn.replies.filter { $0.0 == submission.ticket }.map(\.1)
            let reply = try #require(replies.first, "everybody gets an answer")
            #expect(replies.count == 1)
            if let key { judge(reply, key, body) }
        }
        for effect in turn.effects {
            let call = try #require(effect.effect as? Meters.Call)
            #expect(!started.contains(call), "an attempt is made once")
            // An attempt that nobody answered, or that a death interrupted, is no failure.
            #expect(!effect.isRetry || call.attempt > 1)
            started.append(call)
        }
    }

    private func judge(_ reply: Reply, _ key: String, _ body: String) {
        if reply.status == 503 { return }
        guard let first = answered[key] else {
            #expect(reply.status == 200, "a key of nobody else's")
            #expect(!reply.isReplayed)
            answered[key] = (body, reply)
            return
        }
        if first.body == body {
            #expect(reply == first.reply.replayed())
        } else {
            #expect(reply.status == 422)
        }
    }

    private func compare() throws {
        let meters = try Witness(Meters.self, frames: bench.store.frames(Bench.meters))
        let echoes = try Witness(Echoes.self, frames: bench.store.frames(Bench.echoes))
        let tallies = try Witness(Tallies.self, frames: bench.store.frames(Bench.tallies))
        try meters.compare(bench.runner(Meters.self), bench.store, now: bench.now)
        try echoes.compare(bench.runner(Echoes.self), bench.store, now: bench.now)
        try tallies.compare(bench.runner(Tallies.self), bench.store, now: bench.now)
        try compareLinks()
        // Whenever it dies, the next node holds the same.
        let logs = [Bench.meters, Bench.echoes, Bench.tallies]
        let logsOfReplies = logs.map { LogName("\($0.service).replies") }
        let copy = try bench.disk.copy(logs + logsOfReplies)
        let next = try Bench(.withTallies, disk: copy, runners: bench.runnerLimits)
        try meters.compare(next.runner(Meters.self), next.store, now: bench.now)
        try echoes.compare(next.runner(Echoes.self), next.store, now: bench.now)
        try tallies.compare(next.runner(Tallies.self), next.store, now: bench.now)
    }

    /// What was heard through a link is what was said up to its cursor, once and in order.
    private func compareLinks() throws {
        let echoes = try bench.events(Bench.echoes, EchoEvent.self).map(\.amount)
        let link = try #require(
            bench.node.localSubscriptions.first { $0.from == Bench.meters && $0.to == Bench.echoes }
        )
        var added: [Int64] = []
        for (index, event) in try bench.meterEvents.enumerated() where index < link.cursor {
            if case .added(_, let amount, _) = event { added.append(amount) }
        }
        #expect(echoes == added)
        #expect(link.cursor == link.committedCursor)
    }

    private func end() throws {
        while !posts.isEmpty {
            let inputs = posts
            posts = []
            posts.append(contentsOf: bench.turn(inputs.map { .submission($0) }).again)
        }
        bench.rest()
        try compare()
        let meters = try Witness(Meters.self, frames: bench.store.frames(Bench.meters))
        try meters.compareRows(bench.runner(Meters.self), bench.store)
        try Witness(Echoes.self, frames: bench.store.frames(Bench.echoes))
            .compareRows(bench.runner(Echoes.self), bench.store)
        try compareCounts()
    }

    private func compareCounts() throws {
        var counts: [Int64: Int] = [:]
        var attempts: Set<String> = []
        for event in try bench.meterEvents {
            switch event {
            case .added(_, let amount, let hops) where hops == 0: counts[amount, default: 0] += 1
            case .called(let key, let attempt, _): attempts.insert("\(key)/\(attempt)")
            default: break
            }
        }
        for amount in posted { #expect(counts[amount] == 1, "post \(amount)") }
        for (_, count) in counts { #expect(count == 1) }
        for call in started { #expect(attempts.contains("\(call.key)/\(call.attempt)")) }
    }
}
