// SPDX-License-Identifier: Apache-2.0
/// What ends the process, or can't be read, is set aside after a few tries: visibly, and so that
/// whatever comes behind it waits and all the rest goes on.

import Kernel
import Ports
import Testing

@testable import NodeEngine

@Suite struct `An input that ends the process` {
    private func request(_ key: String) -> InputID {
        Request(principal: .anonymous, key: key, about: Array("body".utf8)).identity
    }

    @Test func `as a command is answered by a problem in the end`() throws {
        let bench = try Bench()
        for death in 1...3 {
            try bench.restart(leaving: request("bad"))
            #expect(bench.note.left == nil, "counted")
            #expect(bench.meterRunner.parking.deaths[request("bad")] == death)
            if death < 3 { #expect(!bench.meterRunner.parking.isPoison(request("bad"))) }
        }
        let replies = [
            bench.ask(.add(.meter(1), 1), key: "bad"), bench.ask(.add(.meter(1), 2), key: "good"),
            bench.ask(.add(.meter(1), 4), key: "bad"),
        ]
        #expect(replies[0] == EngineProblem.parked.reply())
        #expect(replies[1]?.status == 200)
        #expect(replies[2] == EngineProblem.parked.reply())
        #expect(!bench.note.begun.contains(request("bad")))
        // It stays so.
        try bench.restart()
        #expect(bench.ask(.add(.meter(1), 1), key: "bad")?.status == 500)
        #expect(try bench.meter(.meter(1)).value == 2)
    }

    @Test func `is run again until there were too many deaths`() throws {
        var limits = ServiceRunnerLimits()
        limits.poisonAttempts = 2
        let bench = try Bench(runners: limits)
        try bench.restart(leaving: request("bad"))
        #expect(bench.ask(.add(.meter(1), 1), key: "bad")?.status == 200)
    }

    @Test func `as a fact is parked, and so are the later ones of its entity`() throws {
        let bench = try Bench(.withEchoes)
        _ = bench.ask(.add(.meter(1), 1))
        let input = try #require(bench.note.begun.last)
        // The same fact once more, on a disk that has not handled it.
        let fresh = try Bench(.meters)
        _ = fresh.ask(.add(.meter(1), 1))
        let other = try Bench(.withEchoes, disk: fresh.disk)
        for _ in 0..<3 { try other.restart(leaving: input) }
        _ = other.ask(.add(.meter(2), 2), .add(.meter(1), 3))
        other.rest()
        #expect(try other.events(Bench.echoes, EchoEvent.self).map(\.amount) == [2])
        let parked = try other.store.rows(Parking.table).map { try ParkedItem(value: $0.value) }
        #expect(parked.map(\.position) == [1, 3])
        #expect(parked.map(\.reason) == ["poison", "behind-parked"])
        #expect(parked.map(\.source) == [Bench.meters, Bench.meters])
        #expect(parked.map(\.consumer) == [Bench.echoes, Bench.echoes])
        #expect(parked.map(\.name) == ["meter.added.v1", "meter.added.v1"])
        #expect(other.runner(Echoes.self).parking.count == 2)
        // An operator is told of the cause, once, and not of what waits behind it.
        #expect(other.alarms.map(\.message) == ["fact parked"])
        #expect(other.alarms.first?.details["reason"] == "poison")
        // The meters themselves are none the worse.
        #expect(try other.meter(.meter(1)).value == 4)
        try other.restart()
        #expect(other.runner(Echoes.self).parking.count == 2)
        _ = other.ask(.add(.meter(1), 5), .add(.meter(2), 6))
        #expect(try other.events(Bench.echoes, EchoEvent.self).map(\.amount) == [2, 6])
        #expect(other.runner(Echoes.self).parking.count == 3)
    }

    @Test func `as a wake is skipped while the others are woken`() throws {
        let bench = try Bench()
        _ = bench.ask(.remind(.meter(1), at: bench.now))
        bench.turn()
        let input = try #require(bench.note.begun.last)
        _ = bench.ask(.remind(.meter(1), at: bench.now), .remind(.meter(2), at: bench.now))
        for _ in 0..<3 { try bench.restart(leaving: input) }
        bench.pass(.seconds(5))
        for _ in 0..<5 { bench.turn() }
        #expect(try bench.meter(.meter(1)).rings == 1)
        #expect(try bench.meter(.meter(2)).rings == 1)
        #expect(bench.node.nextDue == nil, "it is not tried again and again")
        // It can still be reached by commands.
        #expect(bench.ask(.add(.meter(1), 1)).first??.status == 200)
    }

    @Test func `is named by the note, and nothing else is`() throws {
        let bench = try Bench()
        let inputs = [
            bench.submission(.add(.meter(1), 1), key: "one"), bench.submission(.add(.meter(1), 2)),
            bench.submission(.add(.meter(1), 3), key: "two"),
        ]
        bench.turn(inputs.map { .submission($0) })
        // While a command without a name runs, no other is blamed for it.
        #expect(bench.note.calls == [request("one"), nil, request("two"), nil])
        #expect(bench.note.running == nil)
    }
}

@Suite struct `A fact that can't be read` {
    @Test(arguments: [
        ("meter.added.v9", #"{"table":0,"number":1,"amount":2,"hops":0}"#, "unknown-version"),
        ("meter.added.v1", #"{"table":0,"number":1,"amount":"two","hops":0}"#, "unreadable"),
        ("meter.added.v1", "not json", "unreadable"),
    ])
    func `is parked, and the later facts of its story wait`(
        _ name: String, _ payload: String, _ reason: String
    ) throws {
        let pair = try Pair()
        _ = pair.source.ask(
            .add(.meter(1), 1), .add(.meter(1), 2), .add(.meter(1), 3), .add(.meter(17), 4))
        var messages = try pair.news()
        messages[1] = messages[1].changed(name: name, payload: Array(payload.utf8))
        let turn = pair.hear(messages)
        #expect(turn.gaps.isEmpty && turn.forks.isEmpty)
        #expect(try pair.heard == [1, 4])
        let rows = try pair.target.store.rows(Parking.table)
        let parked = try rows.map { try ParkedItem(value: $0.value) }
        #expect(parked.map(\.position) == [2, 3])
        #expect(parked.map(\.reason) == [reason, "behind-parked"])
        #expect(parked.map(\.payload) == [messages[1].payload, messages[2].payload])
        // It waits over restarts; other stories go on.
        try pair.target.restart()
        _ = pair.source.ask(.add(.meter(1), 5), .add(.meter(33), 6))
        pair.hear(try pair.news())
        #expect(try pair.heard == [1, 4, 6])
        #expect(pair.target.runner(Echoes.self).parking.count == 3)
    }

    @Test func `in a refused commit is parked once, and for its own reason`() throws {
        let pair = try Pair()
        _ = pair.source.ask(.add(.meter(1), 1), .add(.meter(1), 2))
        var messages = try pair.news()
        messages[0] = messages[0].changed(name: "meter.added.v9")
        for _ in 0..<3 {
            pair.target.store.moods = [.refusing(.full)]
            pair.hear(messages)
            #expect(pair.target.runner(Echoes.self).parking.count == 0)
        }
        pair.hear(messages)
        #expect(pair.target.runner(Echoes.self).parking.count == 2)
        let rows = try pair.target.store.rows(Parking.table)
        #expect(try rows.map { try ParkedItem(value: $0.value).reason } == [
            "unknown-version", "behind-parked",
        ])
    }
}
