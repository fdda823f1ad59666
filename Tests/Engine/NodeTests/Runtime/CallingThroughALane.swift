// SPDX-License-Identifier: Apache-2.0
/// What happens to a call is always answered: done, failed, lost or not made.

import Kernel
import NodeRuntime
import Ports
import Synchronization
import Testing

@testable import NodeEngine

private enum Answer: Sendable, Equatable { case done, failed, lost, notMade }
private typealias CallLane = Lane<Int, Answer>

/// A lane whose outside is a closure, and whose answers are collected.
private final class LaneBench: Sendable {
    let clock = ManualClock()
    let lane: CallLane
    let answers = Box<(Int, Answer)>()
    let batches = Box<[Int]>()

    init(
        _ change: (inout CallLane.Settings) -> Void = { _ in },
        perform: @escaping CallLane.Perform
    ) {
        var settings = CallLane.Settings()
        settings.breaker.callsMin = 1_000_000
        change(&settings)
        lane = Lane(
            settings: settings, clock: clock,
            answering: .init(lost: .lost, notMade: .notMade) { $0 != .done },
            perform: { [batches] calls, take in
                batches.add(calls)
                await perform(calls, take)
            }, deliver: { [answers] in answers.add($0) })
    }

    func start(_ calls: some Sequence<Int>, isRetry: Bool = false) {
        lane.start(calls.map { StartedEffect(desk: 0, isRetry: isRetry, effect: $0) })
    }

    func run(_ body: @Sendable @escaping () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [lane] in await lane.run() }
            defer { group.cancelAll() }
            try await body()
        }
    }

    func answered(_ count: Int) async throws {
        try await eventually("\(count) answers") { answers.count >= count }
    }

    func answer(_ call: Int) -> [Answer] { answers.all.filter { $0.0 == call }.map(\.1) }
}

private let allDone: CallLane.Perform = { calls, take in
    take(calls.indices.map { ($0, .done) })
}

@Suite struct `A lane` {
    @Test func `makes calls in batches and hands on the answers`() async throws {
        let bench = LaneBench({ $0.batchMax = 8 }, perform: allDone)
        try await bench.run {
            bench.start(0..<100)
            try await bench.answered(100)
        }
        #expect(bench.answers.all.map(\.0).sorted() == Array(0..<100))
        #expect(bench.answers.all.allSatisfy { $0.1 == .done })
        #expect(bench.batches.all.allSatisfy { (1...8).contains($0.count) })
    }

    @Test func `takes answers in groups, in any order`() async throws {
        let bench = LaneBench { calls, take in
            for index in calls.indices.reversed() {
                take([(index, calls[index] % 2 == 0 ? .done : .failed)])
            }
            take([])
        }
        try await bench.run {
            bench.start(0..<10)
            try await bench.answered(10)
        }
        for call in 0..<10 { #expect(bench.answer(call) == [call % 2 == 0 ? .done : .failed]) }
    }

    @Test func `counts a call as lost when its time is up`() async throws {
        let late = Box<@Sendable () -> Void>()
        let bench = LaneBench({ $0.timeout = .milliseconds(50) }) { calls, take in
            take([(1, .done)])
            late.add { take([(0, .done)]) }
            try? await Task.sleep(for: .seconds(60))
        }
        try await bench.run {
            bench.start(0..<3)
            try await bench.answered(3)
            #expect(bench.answer(0) == [.lost])
            // After its time was up: still true.
            late.all.first?()
            try await bench.answered(4)
        }
        #expect(bench.answer(0) == [.lost, .done])
        #expect(bench.answer(1) == [.done])
        #expect(bench.answer(2) == [.lost])
    }

    @Test func `counts a call as lost when the outside forgets it`() async throws {
        let bench = LaneBench { _, take in take([(1, .done), (99, .done), (-1, .done)]) }
        try await bench.run {
            bench.start(0..<3)
            try await bench.answered(3)
        }
        #expect(bench.answers.count == 3)
        #expect(bench.answer(0) == [.lost] && bench.answer(2) == [.lost])
    }

    @Test func `hands on a second answer, and counts the first`() async throws {
        let bench = LaneBench({ $0.breaker.callsMin = 4 }) { calls, take in
            take(calls.indices.map { ($0, .done) })
            for _ in 0..<20 { take(calls.indices.map { ($0, .failed) }) }
        }
        try await bench.run {
            bench.start(0..<2)
            try await bench.answered(42)
            bench.start(2..<4)
            try await bench.answered(84)
        }
        #expect(bench.answer(3).first == .done)
        #expect(bench.answer(3).contains(.failed))
    }

    @Test func `stops calling what is down, and probes it`() async throws {
        let isDown = Mutex(true)
        let bench = LaneBench({ $0.breaker.callsMin = 10 }) { calls, take in
            let answer: Answer = isDown.withLock { $0 } ? .failed : .done
            take(calls.indices.map { ($0, answer) })
        }
        try await bench.run {
            bench.start(0..<10)
            try await bench.answered(10)
            bench.start(10..<20)
            try await bench.answered(20)
            #expect(bench.batches.count == 1, "not called while it is open")
            #expect(bench.answer(10) == [.notMade])
            bench.clock.pass(.seconds(2))
            isDown.withLock { $0 = false }
            bench.start(20..<30)
            try await bench.answered(30)
            #expect(bench.answers.all.suffix(10).filter { $0.1 == .done }.count == 5)
            bench.start(30..<40)
            try await bench.answered(40)
            #expect(bench.answers.all.suffix(10).allSatisfy { $0.1 == .done })
        }
    }

    /// A probe that never went out must not be waited for.
    @Test func `comes back from an outage in which only retries were left`() async throws {
        let isDown = Mutex(true)
        let bench = LaneBench({ $0.breaker.callsMin = 10 }) { calls, take in
            let answer: Answer = isDown.withLock { $0 } ? .failed : .done
            take(calls.indices.map { ($0, answer) })
        }
        try await bench.run {
            var asked = 0
            for _ in 0..<60 {
                bench.start(asked..<asked + 20, isRetry: true)
                asked += 20
                try await bench.answered(asked)
                bench.clock.pass(.seconds(2))
            }
            isDown.withLock { $0 = false }
            for _ in 0..<3 {
                bench.clock.pass(.seconds(2))
                bench.start(asked..<asked + 5, isRetry: true)
                asked += 5
                try await bench.answered(asked)
            }
            #expect(bench.answers.all.suffix(5).allSatisfy { $0.1 == .done })
        }
    }

    @Test func `spends no more on retries than its budget`() async throws {
        let bench = LaneBench(perform: allDone)
        try await bench.run {
            bench.start(0..<500, isRetry: true)
            try await bench.answered(500)
            #expect(bench.answers.all.filter { $0.1 == .done }.count == 100)
            bench.start(500..<600)
            try await bench.answered(600)
            bench.start(600..<700, isRetry: true)
            try await bench.answered(700)
            #expect(bench.answers.all.suffix(100).filter { $0.1 == .done }.count == 10)
        }
    }

    @Test func `answers at once what does not fit`() async throws {
        let bench = LaneBench({ $0.waitingMax = 5 }, perform: allDone)
        bench.start(0..<8)
        #expect(bench.answers.all.map(\.0) == [5, 6, 7])
        #expect(bench.answers.all.allSatisfy { $0.1 == .notMade })
        bench.start(8..<9)
        try await bench.run { try await bench.answered(9) }
        #expect(bench.answer(8) == [.notMade] && bench.answer(0) == [.done])
    }

    @Test func `has a bounded number of batches under way`() async throws {
        let running = Mutex((now: 0, most: 0))
        let bench = LaneBench({
            $0.batchMax = 1
            $0.batchesMax = 3
        }) { calls, take in
            running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            try? await Task.sleep(for: .milliseconds(3))
            running.withLock { $0.now -= 1 }
            take(calls.indices.map { ($0, .done) })
        }
        try await bench.run {
            bench.start(0..<40)
            try await bench.answered(40)
        }
        #expect(running.withLock { $0.most } <= 3)
        #expect(running.withLock { $0.most } > 1)
    }

    @Test func `makes no further call once it is canceled`() async throws {
        let bench = LaneBench({
            $0.batchMax = 1
            $0.batchesMax = 2
        }) { calls, take in
            try? await Task.sleep(for: .seconds(60))
            take([(0, .done)])
        }
        try await bench.run {
            bench.start(0..<50)
            try await eventually("the first calls") { bench.batches.count == 2 }
        }
        // What waits is neither made nor called lost: after a restart it is another attempt.
        #expect(bench.batches.count <= 3)
        #expect(bench.answers.all.allSatisfy { $0.0 <= 2 })
    }

    @Test func `leaves alone what is not its own`() async throws {
        let bench = LaneBench(perform: allDone)
        try await bench.run {
            bench.lane.start([StartedEffect(desk: 0, isRetry: false, effect: "no call")])
            bench.start([1])
            try await bench.answered(1)
        }
        #expect(bench.answers.count == 1)
    }
}
