// SPDX-License-Identifier: Apache-2.0
/// What a node does with its timers and kept answers when its time is set, and when its store was
/// written in the future.

import Kernel
import Ports
import Testing

@testable import NodeEngine

@Suite struct `A node whose time is set` {
    private static func reminded(_ after: Span, _ bench: Bench) {
        _ = bench.ask(.remind(.meter(1), at: bench.now.advanced(by: after)))
    }

    /// Returns after how many seconds the meter rings.
    private static func ring(_ bench: Bench, within seconds: Int) throws -> Int? {
        for second in 0...seconds {
            bench.turn()
            if try bench.meter(.meter(1)).rings == 1 { return second }
            bench.pass(.seconds(1))
        }
        return nil
    }

    @Test(arguments: [Span.days(-1_095), .hours(-1), .hours(1), .days(1_095)])
    func `waits for as long as it was going to`(shift: Span) throws {
        let bench = try Bench()
        Self.reminded(.seconds(60), bench)
        bench.pass(.seconds(20))
        bench.turn()
        bench.pass(shift)
        bench.node.setTime(by: shift, to: bench.now)
        #expect(try Self.ring(bench, within: 100) == 40)
        let rang = try #require(try bench.records(Bench.meters).last)
        #expect(rang.at == bench.now)
        #expect(rang.cause == (shift.milliseconds < 0 ? .elapsedTime : .time))
    }

    /// What changes nothing about the due moment changes nothing about the wait.
    @Test func `waits no longer for what else happens meanwhile`() throws {
        let bench = try Bench()
        Self.reminded(.seconds(60), bench)
        bench.pass(.hours(-10))
        bench.node.setTime(by: .hours(-10), to: bench.now)
        _ = bench.ask(.add(.meter(1), 5))
        #expect(try Self.ring(bench, within: 100) == 60)
    }

    @Test func `takes a new due moment as it is`() throws {
        let bench = try Bench()
        Self.reminded(.seconds(60), bench)
        bench.pass(.hours(-10))
        bench.node.setTime(by: .hours(-10), to: bench.now)
        Self.reminded(.seconds(90), bench)
        #expect(try Self.ring(bench, within: 100) == 90)
        #expect(try bench.records(Bench.meters).last?.cause == .time)
    }

    @Test(arguments: [0, 3])
    func `opens a store from the future at its own time`(entities: Int) throws {
        var limits = ServiceRunnerLimits()
        if entities > 0 { limits.cachedEntities = entities }
        let bench = try Bench(runners: limits)
        bench.pass(.days(1_095))
        Self.reminded(.seconds(60), bench)
        if entities > 0 { bench.rest() }
        bench.pass(.days(-1_095))
        try bench.restart()
        #expect(bench.node.moment > bench.now)
        bench.node.start(at: bench.now)
        #expect(bench.node.moment == bench.now)
        #expect(try Self.ring(bench, within: 100) == 60)
        #expect(try bench.records(Bench.meters).last?.at == bench.now)
    }

    /// At the second start nobody knows any more by how much the clock was ahead.
    @Test func `wakes at once what lies beyond any wait`() throws {
        let bench = try Bench()
        bench.pass(.days(1_095))
        Self.reminded(.minutes(50), bench)
        bench.pass(.days(-1_095))
        try bench.restart()
        bench.node.start(at: bench.now)
        _ = bench.ask(.add(.meter(2), 1))
        try bench.restart()
        bench.node.start(at: bench.now)
        #expect(try Self.ring(bench, within: 3) == 0)
    }

    @Test func `wakes nothing early after an ordinary start`() throws {
        let bench = try Bench()
        Self.reminded(.minutes(10), bench)
        bench.pass(.minutes(4))
        try bench.restart()
        bench.node.start(at: bench.now)
        #expect(try Self.ring(bench, within: 1_000) == 360)
        #expect(try bench.records(Bench.meters).last?.cause == .time)
    }

    /// A call that was due to be made again is made again, though the state's moment lies ahead.
    @Test func `makes the calls that it owes`() throws {
        let bench = try Bench()
        _ = bench.ask(.call(.meter(1)))
        bench.pass(.days(-1_095))
        bench.node.setTime(by: .days(-1_095), to: bench.now)
        bench.pass(MeterRules.patience)
        #expect(bench.turn().effects.count == 1)
    }
}

@Suite struct `Answers that are kept` {
    /// Others are given and written, which lets those go that are old enough.
    private static func giveOthers(_ bench: Bench) {
        for number in 0..<40 {
            _ = bench.ask(.add(.meter(2), 1), key: "\(bench.now.milliseconds) \(number)")
            bench.rest()
        }
    }

    private static func isKept(_ bench: Bench) -> Bool? {
        giveOthers(bench)
        return bench.ask(.add(.meter(1), 5), key: "k")?.isReplayed
    }

    @Test func `age by what elapses when the clock is set ahead`() throws {
        let bench = try Bench()
        #expect(bench.ask(.add(.meter(1), 5), key: "k")?.isReplayed == false)
        bench.rest()
        for round in 0..<2 {
            bench.pass(.days(1_095))
            bench.node.setTime(by: .days(1_095), to: bench.now)
            #expect(Self.isKept(bench) == true, "\(round)")
            try bench.restart()
            bench.node.start(at: bench.now)
            #expect(Self.isKept(bench) == true, "\(round), after a restart")
        }
        bench.pass(.days(6))
        #expect(Self.isKept(bench) == true)
        bench.pass(.days(9))
        #expect(Self.isKept(bench) == false)
    }

    @Test func `are kept when the house was away, or seemed to be`() throws {
        let bench = try Bench()
        _ = bench.ask(.add(.meter(1), 5), key: "k")
        bench.rest()
        bench.pass(.days(1_095))
        try bench.restart()
        bench.node.start(at: bench.now)
        #expect(Self.isKept(bench) == true)
        bench.pass(.days(15))
        #expect(Self.isKept(bench) == false)
    }

    /// The last moments in the logs are from before the clock was set back: by them the house was
    /// away for an hour, while its time leaps by months.
    @Test func `are kept when a clock that was set back is right again at a start`() throws {
        let bench = try Bench()
        _ = bench.ask(.add(.meter(1), 5), key: "k")
        bench.rest()
        bench.pass(.days(-75))
        bench.node.setTime(by: .days(-75), to: bench.now)
        #expect(Self.isKept(bench) == true)
        bench.pass(.days(75))
        bench.pass(.hours(1))
        try bench.restart()
        bench.node.start(at: bench.now)
        #expect(Self.isKept(bench) == true)
        bench.pass(.days(15))
        #expect(Self.isKept(bench) == false)
    }

    /// A house that has work, and is often begun anew, does not keep answers for ever.
    @Test func `age while the house runs, however often it is begun`() throws {
        let bench = try Bench()
        _ = bench.ask(.add(.meter(1), 5), key: "k")
        for day in 1...15 {
            for _ in 0..<24 {
                bench.pass(.hours(1))
                _ = bench.ask(.add(.meter(2), 1))
            }
            try bench.restart()
            bench.node.start(at: bench.now)
            if day < 7 { #expect(Self.isKept(bench) == true) }
        }
        #expect(Self.isKept(bench) == false)
    }

    @Test func `look as old as they are`() {
        let start = Timestamp(milliseconds: 0)
        func at(_ days: Int64) -> Timestamp { start.advanced(by: .days(days)) }
        var retention = Retention()
        #expect(retention.age(at: at(30)) == at(30))
        retention.shift(by: .days(1_000))
        // Day 1,031 is the 31st.
        #expect(retention.age(at: at(1_031)) == at(31))
        retention.shift(by: .days(100))
        #expect(retention.age(at: at(1_132)) == at(32))
        retention.shift(by: .days(-1_100))
        #expect(retention.age(at: at(33)) == at(33))
        retention.shift(by: .milliseconds(.max))
        retention.shift(by: .milliseconds(.max))
        #expect(retention.ahead == .milliseconds(.max), "what can't be added is left out")
    }
}
