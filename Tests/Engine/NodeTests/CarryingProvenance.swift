// SPDX-License-Identifier: Apache-2.0
/// A fact is recorded with its time, its cause and the trace of the request that it began with.
/// What follows from it in another service belongs to the same trace, whichever way it came there.

import Kernel
import MemoryAdapter
import NodeRuntime
import Ports
import Testing

@testable import NodeEngine

@Suite struct `Carrying provenance` {
    private static let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    private func add(_ bench: Bench, trace: String?) {
        _ = bench.turn([
            .submission(
                Submission(
                    runner: 0, command: MeterCommand.add(.meter(1), 5), principal: .house,
                    trace: trace))
        ])
    }

    /// The trace and the cause of the only echo.
    private func echo(_ bench: Bench) throws -> Provenance {
        let records = try bench.records(Bench.echoes)
        try #require(records.count == 1)
        return records[0].provenance
    }

    @Test(arguments: [trace, nil])
    func `within a node`(_ trace: String?) throws {
        let bench = try Bench(.withEchoes)
        add(bench, trace: trace)
        let echo = try echo(bench)
        #expect(echo == Provenance(at: bench.now, cause: .fact(Bench.meters, 1), trace: trace))
    }

    @Test func `over a bus, as an object and as text`() throws {
        for isText in [false, true] {
            let pair = try Pair()
            add(pair.source, trace: Self.trace)
            let news = try pair.news()
            let source = Provenance(
                at: pair.source.now, cause: .command(InputID(high: 0, low: 0)),
                trace: Self.trace)
            #expect(news.map(\.provenance) == [source])
            pair.target.pass(.seconds(7))
            // A change makes text of it.
            pair.hear(isText ? news.map { $0.changed() } : news)
            let echo = try echo(pair.target)
            #expect(echo.at == pair.target.now && echo.trace == Self.trace)
            #expect(echo.cause == .fact(Bench.meters, 1))
        }
    }

    @Test func `through a gap that is filled from the log`() throws {
        let pair = try Pair()
        add(pair.source, trace: Self.trace)
        let facts = try pair.logSource.facts(
            of: Bench.meters, partition: try #require(try pair.news().first).partition, after: 0,
            limit: 5)
        pair.hear(facts)
        #expect(try echo(pair.target).trace == Self.trace)
    }

    @Test func `while the fact is parked`() throws {
        let pair = try Pair()
        pair.age(true)
        try pair.target.restart()
        add(pair.source, trace: Self.trace)
        pair.hear(try pair.news())
        #expect(try pair.parked.map(\.provenance.trace) == [Self.trace])
        pair.age(false)
        try pair.release()
        try pair.target.restart()
        pair.target.rest()
        #expect(try echo(pair.target).trace == Self.trace)
    }

    @Test(arguments: [
        Cause.time, .elapsedTime, .command(InputID(high: 1, low: .max)),
        .command(InputID(high: 0, low: 0)), .fact(LogName("orders", 3), 1),
        .fact(LogName("a/b", 0), .max),
    ])
    func `as text that is read back`(_ cause: Cause) { #expect(Cause(text: cause.text) == cause) }

    @Test(arguments: [
        "", "Time", "cmd_", "cmd_12", "cmd_" + String(repeating: "g", count: 32), "evt_",
        "evt_orders/0", "evt_orders/0/0", "evt_orders/0/-1", "evt_orders/x/1",
        "evt_orders/0/99999999999999999999", "evt_orders/0/1 ",
    ])
    func `as no text of another form`(_ text: String) { #expect(Cause(text: text) == nil) }
}
