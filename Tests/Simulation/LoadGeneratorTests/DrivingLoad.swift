// SPDX-License-Identifier: Apache-2.0
/// The load driver: it sends what the plan says, no more and no less, and counts what comes back.

import LoadGenerator
import NIOCore
import ScriptedHTTP
import SeededRandom
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2))) struct `Driving load` {
    @Test(arguments: [(1, 1, 1), (1, 7, 1), (8, 1_000, 1), (8, 1_001, 3), (64, 10, 2)])
    func `every request is sent once`(
        _ connections: Int, _ requests: Int, _ threads: Int
    ) async throws {
        let seen = Mutex<[String: Int]>([:])
        let report = try await ScriptedServer.with({ asked in
            seen.withLock { $0[asked.path, default: 0] += 1 }
            return .reply(asked.path.hasSuffix("3") ? 409 : 201)
        }) { server in
            try await LoadDriver.run(
                LoadPlan(connections: connections, requests: requests, threads: threads),
                at: server.target
            ) { LoadRequest("GET", "/\($0)") }
        }
        let paths = (0..<requests).map { "/\($0)" }
        #expect(seen.withLock { $0 } == Dictionary(uniqueKeysWithValues: paths.map { ($0, 1) }))
        let conflicts = paths.filter { $0.hasSuffix("3") }.count
        #expect(report.statuses[409, default: 0] == conflicts)
        #expect(report.statuses[201, default: 0] == requests - conflicts)
        #expect(report.failures.isEmpty && report.answered == requests)
        #expect(report.latencies.count == UInt64(requests))
        #expect(report.latencies.quantile(0.5) > 0 && report.seconds > 0)
    }

    @Test func `observers see every answer with its number`() async throws {
        let seen = Mutex<[Int: [UInt8]]>([:])
        let script: ScriptedServer.Script = { .reply(200, body: Array($0.path.utf8)) }
        try await ScriptedServer.with(script) { server in
            let note: LoadDriver.Observe = { number, result in
                seen.withLock { $0[number] = (try? result.get())?.body }
            }
            _ = try await LoadDriver.run(
                LoadPlan(connections: 4, requests: 50), at: server.target, observe: note
            ) { LoadRequest("GET", "/\($0)") }
        }
        let all = seen.withLock { $0 }
        #expect(all.count == 50)
        for (number, body) in all { #expect(body == Array("/\(number)".utf8)) }
    }

    @Test func `a duration ends it, and the last answers are waited for`() async throws {
        let sent = Atomic<Int>(0)
        let report = try await ScriptedServer.with({ _ in .reply(200) }) { server in
            try await LoadDriver.run(
                LoadPlan(connections: 4, duration: .milliseconds(150)), at: server.target
            ) { _ in
                sent.wrappingAdd(1, ordering: .relaxed)
                return LoadRequest("GET", "/")
            }
        }
        #expect(report.answered == sent.load(ordering: .relaxed) && report.answered > 4)
        #expect(report.seconds > 0)
    }

    @Test func `a rate is kept to`() async throws {
        var plan = LoadPlan(connections: 8, duration: .milliseconds(500), threads: 2)
        plan.rate = 400
        let report = try await ScriptedServer.with({ _ in .reply(200) }) { server in
            try await LoadDriver.run(plan, at: server.target) { _ in LoadRequest("GET", "/") }
        }
        // A busy machine may fall behind the rate; it must never run ahead of it.
        #expect((20...200).contains(report.answered))
    }

    @Test func `a stall is charged to those it held up`() async throws {
        let isFirst = Mutex(true)
        let script: ScriptedServer.Script = { _ in
            if isFirst.withLock({ first in
                defer { first = false }
                return first
            }) {
                sleepBriefly()
            }
            return .reply(200)
        }
        var plan = LoadPlan(connections: 1, requests: 100)
        plan.rate = 1_000
        let report = try await ScriptedServer.with(script) { server in
            try await LoadDriver.run(plan, at: server.target) { _ in LoadRequest("GET", "/") }
        }
        // The first answer takes 100 ms; a closed loop would see one slow request out of a hundred.
        #expect(report.latencies.quantile(0.5) > 20_000_000)
    }

    @Test func `the first answers can be left out`() async throws {
        var plan = LoadPlan(connections: 2, requests: 100)
        plan.warmUp = 60
        let report = try await ScriptedServer.with({ _ in .reply(200) }) { server in
            try await LoadDriver.run(plan, at: server.target) { _ in LoadRequest("GET", "/") }
        }
        #expect(report.answered == 40 && report.latencies.count == 40)
    }

    @Test func `failures are counted and do not end it`() async throws {
        let script: ScriptedServer.Script = {
            $0.path.hasSuffix("0") ? .lastWords("") : .reply(200)
        }
        let report = try await ScriptedServer.with(script) { server in
            try await LoadDriver.run(
                LoadPlan(connections: 3, requests: 40), at: server.target
            ) { LoadRequest("GET", "/\($0)") }
        }
        #expect(report.failures == [.lost: 4] && report.answered == 36)
    }

    @Test func `many connections are held at once`() async throws {
        let connections = min(1_000, OpenFiles.raiseLimit() / 3)
        let seconds = try await ScriptedServer.with({ _ in .reply(200) }) { server in
            let report = try await LoadDriver.run(
                LoadPlan(connections: connections, requests: connections), at: server.target
            ) { _ in LoadRequest("GET", "/") }
            #expect(report.answered == connections && server.connections == connections)
            return report.seconds
        }
        #expect(seconds > 0)
    }
}

/// Holds up the event loop of the scripted server.
private func sleepBriefly() {
    let end = NIODeadline.now() + .milliseconds(100)
    while NIODeadline.now() < end {}
}

@Suite struct `Counting latencies` {
    @Test func `small values are exact`() {
        var histogram = LatencyHistogram()
        for value in 1...200 as ClosedRange<UInt64> { histogram.record(nanoseconds: value) }
        #expect(histogram.quantile(0.5) == 100)
        #expect(histogram.quantile(0.99) == 198)
        #expect(histogram.quantile(1) == 200 && histogram.max == 200)
        #expect(histogram.quantile(0) == 1)
        #expect(histogram.mean == 100.5)
    }

    @Test(
        arguments: [
            255, 256, 257, 511, 512, 1_000, 65_535, 65_536, 1_234_567, 999_999_999, 1 << 46,
            1 << 47 - 1,
        ] as [UInt64])
    func `a value is at most one part in 128 too high, never too low`(_ value: UInt64) {
        var histogram = LatencyHistogram()
        histogram.record(nanoseconds: value)
        histogram.record(nanoseconds: 1 << 60)
        let median = histogram.quantile(0.5)
        #expect(median >= value && median - value <= value / 128)
    }

    @Test func `what is too large is counted as the largest`() {
        var histogram = LatencyHistogram()
        histogram.record(nanoseconds: .max)
        #expect(histogram.count == 1 && histogram.max == 1 << 47 - 1)
        #expect(histogram.quantile(0.5) == histogram.max)
    }

    @Test func `nothing counted is zero`() {
        let histogram = LatencyHistogram()
        #expect(histogram.count == 0 && histogram.max == 0 && histogram.mean == 0)
        #expect(histogram.quantile(0.99) == 0)
    }

    @Test func `agrees with sorting, and so does a sum`() {
        var random = SplitMix64(seed: 3)
        var left = LatencyHistogram()
        var right = LatencyHistogram()
        var all: [UInt64] = []
        for number in 0..<10_000 {
            let value = random.next() >> (random.next() % 40 + 20)
            all.append(value)
            if number.isMultiple(of: 3) {
                left.record(nanoseconds: value)
            } else {
                right.record(nanoseconds: value)
            }
        }
        left.add(right)
        all.sort()
        for share in [0.01, 0.5, 0.9, 0.99, 0.999] {
            let exact = all[Int((share * 10_000).rounded(.up)) - 1]
            let found = left.quantile(share)
            #expect(found >= exact && found - exact <= exact / 128)
        }
        #expect(left.count == 10_000 && left.max == all.last)
    }
}
