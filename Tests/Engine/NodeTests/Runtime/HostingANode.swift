// SPDX-License-Identifier: Apache-2.0
/// A node with its own thread: callers wait for their answers, time passes, and it ends in order.

import Kernel
import MemoryAdapter
import NodeRuntime
import Ports
import Testing

@testable import NodeEngine

@Suite struct `A hosted node` {
    @Test func `answers every caller after its commit`() async throws {
        let hosted = Hosted(.withEchoes)
        let failure = try await hosted.run {
            await withTaskGroup(of: Reply.self) { group in
                for number in 0..<1_000 {
                    group.addTask {
                        await hosted.ask(.add(.meter(UInt16(number % 10)), Int64(number)))
                    }
                }
                for await reply in group { #expect(reply.status == 200) }
            }
            let events = try hosted.meterEvents
            #expect(events.count == 1_000)
        }
        #expect(failure == nil)
        let status = hosted.host.snapshot
        #expect(!status.isOpen && status.failure == nil)
        #expect(status.events == 2_000 && status.inputs == 1_000)
        #expect(status.heads == [Bench.meters: 1_000, Bench.echoes: 1_000])
        // In the end every row reflects its log.
        let rows = try MemoryStore(hosted.disk).rows(
            in: "meter_0", after: nil, isDueOnly: false, limit: 99)
        #expect(rows.count == 10)
    }

    @Test func `does once what many ask for under one key`() async throws {
        let hosted = Hosted()
        try await hosted.run {
            let replies = await withTaskGroup(of: Reply.self) { group in
                for _ in 0..<200 {
                    group.addTask { await hosted.ask(.add(.meter(1), 1), key: "k") }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(replies.filter { !$0.isReplayed }.count == 1)
            #expect(replies.allSatisfy { $0.status == 200 && $0.text == "value 1" })
            let events = try hosted.meterEvents
            #expect(events.count == 1)
        }
    }

    @Test func `wakes what is due`() async throws {
        let hosted = Hosted()
        try await hosted.run {
            let at = hosted.clock.now().advanced(by: .minutes(10))
            _ = await hosted.ask(.remind(.meter(1), at: at))
            hosted.clock.pass(.minutes(9))
            _ = await hosted.ask(.look(.meter(1)))
            #expect(try hosted.meterEvents.count == 1)
            hosted.clock.pass(.minutes(1))
            try await eventually("it rings") { try hosted.meterEvents.count == 2 }
        }
    }

    @Test func `wakes what is due though the wall clock was set back`() async throws {
        let hosted = Hosted()
        try await hosted.run {
            let at = hosted.clock.now().advanced(by: .seconds(30))
            _ = await hosted.ask(.remind(.meter(1), at: at))
            hosted.clock.jump(.seconds(-60))
            for _ in 0..<40 {
                hosted.clock.pass(.seconds(1))
                _ = await hosted.ask(.look(.meter(1)))
            }
            try await eventually("it rings") { try hosted.meterEvents.count == 2 }
        }
    }

    @Test func `waits as long as it was going to when a jump is believed`() async throws {
        let hosted = Hosted()
        try await hosted.run {
            let at = hosted.clock.now().advanced(by: .minutes(20))
            _ = await hosted.ask(.remind(.meter(1), at: at))
            hosted.clock.jump(.days(-1_095))
            for _ in 0..<19 {
                hosted.clock.pass(.minutes(1))
                _ = await hosted.ask(.look(.meter(1)))
            }
            #expect(try hosted.meterEvents.count == 1)
            hosted.clock.pass(.minutes(1))
            try await eventually("it rings") { try hosted.meterEvents.count == 2 }
            let rang = try MemoryStore(hosted.disk).frames(of: Bench.meters, after: 1, limit: 1)
            #expect(rang.last?.at == hosted.clock.now())
        }
    }

    @Test func `opens a store that was written in the future at its own time`() async throws {
        let first = Hosted()
        first.clock.jump(.days(1_095))
        let later = Hosted(disk: first.disk, clock: first.clock)
        try await later.run { _ = await later.ask(.add(.meter(1), 5)) }
        first.clock.jump(.days(-1_095))
        let second = Hosted(disk: first.disk, clock: first.clock)
        try await second.run { _ = await second.ask(.add(.meter(1), 5)) }
        let frames = try MemoryStore(first.disk).frames(of: Bench.meters, after: 0, limit: .max)
        #expect(frames.map(\.at) == [Bench.noon.advanced(by: .days(1_095)), Bench.noon])
    }

    @Test func `writes its rows when it has nothing else to do`() async throws {
        let hosted = Hosted()
        try await hosted.run {
            _ = await hosted.ask(.add(.meter(1), 1))
            try await eventually("the row is written") {
                try MemoryStore(hosted.disk).row(
                    RowKey("meter_0", MeterKey.meter(1).bytes)) != nil
            }
        }
    }

    @Test func `hands calls to the worker of their runner, and tells the publisher`() async throws {
        let hosted = Hosted()
        let calls = Box<Meters.Call>()
        let commits = Box<Int>()
        hosted.host.connect { outlets in
            outlets.workers[0] = .init { calls.add($0.compactMap { $0.effect as? Meters.Call }) }
            outlets.workers[1] = .init { _ in Issue.record("the worker of another runner") }
            outlets.committed = { commits.add(1) }
        }
        try await hosted.run {
            _ = await hosted.ask(.call(.meter(1)))
            try await eventually("the call") { calls.count == 1 }
            #expect(commits.count == 1)
            _ = await hosted.ask(.look(.meter(1)))
            #expect(commits.count == 1)
        }
    }

    @Test func `repeats what nobody else would when a commit is refused`() async throws {
        let hosted = Hosted()
        try await hosted.run {
            _ = await hosted.ask(.look(.meter(1)))
            hosted.expect([.refusing(.full), .refusing(.busy)])
            hosted.post([.add(.meter(1), 1), .add(.meter(2), 2)])
            try await eventually("they come again") { try hosted.meterEvents.count == 2 }
            #expect(hosted.host.snapshot.refused == 2)
            hosted.expect([.refusing(.full)])
            let reply = await hosted.ask(.add(.meter(1), 1))
            #expect(reply == EngineProblem.storageFull.reply())
            #expect(await hosted.ask(.add(.meter(1), 1)).text == "value 2")
        }
    }

    @Test func `turns callers away when too many wait`() async throws {
        var settings = NodeHost.Settings()
        settings.mailboxCapacity = 3
        settings.batchMax = 1
        let hosted = Hosted(settings: settings)
        try await hosted.run {
            _ = await hosted.ask(.add(.meter(1), 1))
            let replies = await withTaskGroup(of: Reply.self) { group in
                for _ in 0..<2_000 { group.addTask { await hosted.ask(.add(.meter(1), 1)) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let overloaded = replies.filter { $0 == EngineProblem.overloaded.reply() }.count
            let done = replies.filter { $0.status == 200 }.count
            #expect(done + overloaded == 2_000)
            #expect(overloaded > 0)
            let events = try hosted.meterEvents
            #expect(events.count == 2_001 - overloaded)
        }
    }
}

@Suite struct `A hosted node that ends` {
    @Test func `finishes what it took on and lets nobody in any more`() async throws {
        let hosted = Hosted()
        let failure = try await hosted.run {
            await withTaskGroup(of: Reply.self) { group in
                for _ in 0..<100 { group.addTask { await hosted.ask(.add(.meter(1), 1)) } }
                _ = await group.next()
                hosted.host.stop()
                var done = 1
                for await reply in group {
                    if reply.status == 200 { done += 1 }
                    #expect(reply.status == 200 || reply == EngineProblem.stopping.reply())
                }
                #expect((try? hosted.meterEvents.count) == done)
            }
        }
        #expect(failure == nil)
        #expect(await hosted.ask(.look(.meter(1))) == EngineProblem.stopping.reply())
    }

    @Test func `ends though the store takes nothing any more`() async throws {
        let hosted = Hosted()
        let failure = try await hosted.run {
            _ = await hosted.ask(.add(.meter(1), 1))
            hosted.expect(Array(repeating: .refusing(.full), count: 100_000))
            hosted.post([.add(.meter(1), 1)])
        }
        #expect(failure == nil)
        #expect(!hosted.host.snapshot.isOpen)
    }

    @Test func `stops when it can't know what its store holds`() async throws {
        let hosted = Hosted()
        let failure = try await hosted.run {
            _ = await hosted.ask(.add(.meter(1), 1))
            hosted.expect([.dead])
            let reply = await hosted.ask(.add(.meter(1), 1))
            #expect(reply == EngineProblem.outcomeUnknown.reply())
            #expect(await hosted.ask(.look(.meter(1))) == EngineProblem.stopping.reply())
            try await eventually("it says so") { hosted.host.snapshot.failure != nil }
            #expect(!hosted.host.snapshot.isOpen)
        }
        #expect((failure as? NodeStopped)?.outcome == .unknown)
    }

    @Test func `stops when another owner took its store`() async throws {
        let hosted = Hosted()
        let failure = try await hosted.run {
            _ = await hosted.ask(.add(.meter(1), 1))
            _ = try MemoryStore(hosted.disk).open()
            let reply = await hosted.ask(.add(.meter(1), 1))
            #expect(reply == EngineProblem.stopping.reply())
        }
        #expect((failure as? NodeStopped)?.outcome == .fenced)
        #expect(try hosted.meterEvents.count == 1)
    }

    @Test func `that never began answers those who wait`() async throws {
        let clock = ManualClock()
        let host = NodeHost(
            name: "test", clock: TrustedClock(clock), entropy: CountingEntropy(),
            makeNode: { throw StoreFailure.locked })
        await withTaskGroup(of: Reply.self) { group in
            group.addTask {
                await host.submit(
                    MeterCommand.look(.meter(1)), runner: 0, principal: .anonymous, request: nil,
                    trace: nil)
            }
            await #expect(throws: StoreFailure.locked) { try await host.run() }
            let reply = await group.next()
            #expect(reply == EngineProblem.stopping.reply())
        }
        #expect(host.snapshot.failure == "\(StoreFailure.locked)")
    }

    @Test func `begins again where another one stopped`() async throws {
        let first = Hosted()
        try await first.run { _ = await first.ask(.add(.meter(1), 5), key: "k") }
        let second = Hosted(disk: first.disk)
        try await second.run {
            #expect(await second.ask(.add(.meter(1), 5), key: "k").isReplayed)
            #expect(await second.ask(.add(.meter(1), 1)).text == "value 6")
            #expect(second.host.snapshot.epoch == 2)
        }
    }
}
