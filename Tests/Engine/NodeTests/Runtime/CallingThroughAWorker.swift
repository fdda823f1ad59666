// SPDX-License-Identifier: Apache-2.0
/// What happens to a call is always answered: done, failed or lost; and a slot is free as soon as
/// its own call has ended.

import Kernel
import NodeRuntime
import Ports
import Synchronization
import Testing

@testable import NodeEngine

private enum Answer: Sendable, Equatable { case done, failed, lost }
private typealias Worker = EffectWorker<Int, Answer>

/// A worker whose outside is a closure, and whose answers and reports are collected.
private final class WorkerBench: Sendable {
    let clock = ManualClock()
    let worker: Worker
    let source: Int
    let answers = Box<(Int, Answer)>()
    let reports = Box<SlotReport>()
    let batches = Box<[Int]>()

    init(
        operations: [String] = ["call"],
        _ change: (inout EffectSlots<Int>.Settings) -> Void = { _ in },
        perform: @escaping Worker.Perform
    ) {
        var settings = EffectSlots<Int>.Settings()
        settings.breaker.callsMin = 1_000_000
        change(&settings)
        worker = EffectWorker(
            "bench", operations: operations, settings: settings, clock: clock,
            answering: .init(lost: .lost) { $0 != .done },
            perform: { [batches] calls, take in
                batches.add(calls)
                await perform(calls, take)
            })
        source = worker.connect(runner: 3) { [answers, reports] news, slots in
            answers.add(news)
            reports.add(slots)
        }
    }

    func start(_ calls: some Sequence<Int>, operation: Int = 0, isRetry: Bool = false) {
        worker.start(
            calls.map {
                StartedEffect(runner: 3, operation: operation, isRetry: isRetry, effect: $0)
            }, from: source)
    }

    func run(_ body: @Sendable @escaping () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [worker] in await worker.run() }
            defer { group.cancelAll() }
            try await body()
        }
    }

    func answered(_ count: Int) async throws {
        try await eventually("\(count) answers") { answers.count >= count }
    }

    func answer(_ call: Int) -> [Answer] { answers.all.filter { $0.0 == call }.map(\.1) }

    var ended: Int { reports.all.reduce(0) { $0 + $1.ended } }
    var limit: Int? { reports.all.last?.limit }
}

private let allDone: Worker.Perform = { calls, take in
    take(calls.indices.map { ($0, .done) })
}

@Suite struct `An effect worker` {
    @Test func `makes calls in batches and hands on the answers`() async throws {
        let bench = WorkerBench({ $0.batchMax = 8 }, perform: allDone)
        try await bench.run {
            bench.start(0..<100)
            try await bench.answered(100)
        }
        #expect(bench.answers.all.map(\.0).sorted() == Array(0..<100))
        #expect(bench.answers.all.allSatisfy { $0.1 == .done })
        #expect(bench.batches.all.allSatisfy { (1...8).contains($0.count) })
    }

    @Test func `tells its slots when it opens, and each that ended once`() async throws {
        let bench = WorkerBench({ $0.callsMax = 7 }, perform: allDone)
        bench.worker.open()
        #expect(bench.reports.all.map(\.limit) == [7])
        #expect(bench.reports.all.map(\.runner) == [3])
        bench.worker.open()
        #expect(bench.reports.count == 1, "nothing has changed")
        try await bench.run {
            bench.start(0..<4)
            bench.start(4..<7, isRetry: true)
            try await bench.answered(7)
        }
        #expect(bench.ended == 7)
        #expect(bench.reports.all.reduce(0) { $0 + $1.endedRetries } == 3)
        #expect(bench.worker.status.map(\.underWay) == [0])
    }

    /// A batch whose slowest call takes long must not hold the slots of the others.
    @Test func `frees a slot when its own call has ended`() async throws {
        let bench = WorkerBench { calls, take in
            take(calls.indices.filter { calls[$0] != 2 }.map { ($0, .done) })
            try? await Task.sleep(for: .seconds(60))
        }
        try await bench.run {
            bench.start(0..<5)
            try await bench.answered(4)
            #expect(bench.ended == 4)
            #expect(bench.worker.status.map(\.underWay) == [1])
        }
    }

    @Test func `makes other calls while one hangs`() async throws {
        let bench = WorkerBench { calls, take in
            if calls.contains(0) {
                try? await Task.sleep(for: .seconds(60))
                return
            }
            take(calls.indices.map { ($0, .done) })
        }
        try await bench.run {
            bench.start([0])
            try await eventually("the first call") { bench.batches.count == 1 }
            bench.start(1..<50)
            try await bench.answered(49)
        }
        #expect(bench.answer(0) == [])
    }

    @Test func `takes answers in groups, in any order`() async throws {
        let bench = WorkerBench { calls, take in
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
        let bench = WorkerBench({ $0.timeout = .milliseconds(50) }) { calls, take in
            take([(1, .done)])
            late.add { take([(0, .done)]) }
            try? await Task.sleep(for: .seconds(60))
        }
        try await bench.run {
            bench.start(0..<3)
            try await bench.answered(1)
            bench.clock.pass(.milliseconds(49))
            try await Task.sleep(for: .milliseconds(30))
            #expect(bench.answers.count == 1)
            bench.clock.pass(.milliseconds(1))
            try await bench.answered(3)
            #expect(bench.answer(0) == [.lost])
            // After its time was up: still true, and its slot is not freed a second time.
            late.all.first?()
            try await bench.answered(4)
        }
        #expect(bench.answer(0) == [.lost, .done])
        #expect(bench.answer(1) == [.done])
        #expect(bench.answer(2) == [.lost])
        #expect(bench.ended == 3)
    }

    @Test func `counts a call as lost when the outside forgets it`() async throws {
        let bench = WorkerBench { _, take in take([(1, .done), (99, .done), (-1, .done)]) }
        try await bench.run {
            bench.start(0..<3)
            try await bench.answered(3)
        }
        #expect(bench.answers.count == 3)
        #expect(bench.answer(0) == [.lost] && bench.answer(2) == [.lost])
    }

    @Test func `hands on a second answer, and counts the first`() async throws {
        let bench = WorkerBench { calls, take in
            take(calls.indices.map { ($0, .done) })
            for _ in 0..<20 { take(calls.indices.map { ($0, .failed) }) }
        }
        try await bench.run {
            bench.start(0..<2)
            try await bench.answered(42)
        }
        #expect(bench.answer(1).first == .done && bench.answer(1).contains(.failed))
        #expect(bench.ended == 2)
    }

    /// Its fate is not known, and a stop is no failure of the outside: the next start asks.
    @Test func `says nothing of what a stop interrupts`() async throws {
        let bench = WorkerBench({ $0.batchMax = 1 }) { calls, take in
            try? await Task.sleep(for: .seconds(60))
            take([(0, .failed)])
        }
        try await bench.run {
            bench.start(0..<5)
            try await eventually("the calls") { bench.batches.count == 5 }
        }
        #expect(bench.answers.all.allSatisfy { $0.1 == .failed }, "nothing is called lost")
        #expect(!bench.answers.all.contains { $0.1 == .lost })
    }

    @Test func `has a bounded number of batches under way where that is asked for`() async throws {
        let running = Mutex((now: 0, most: 0))
        let bench = WorkerBench({
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

    @Test func `takes back its credit while the outside is down, and probes it`() async throws {
        let isDown = Mutex(true)
        let bench = WorkerBench({
            $0.callsMax = 100
            $0.breaker.callsMin = 10
            $0.breaker.pause = .milliseconds(50)
            $0.breaker.patience = .milliseconds(0)
        }) { calls, take in
            let answer: Answer = isDown.withLock { $0 } ? .failed : .done
            take(calls.indices.map { ($0, answer) })
        }
        try await bench.run {
            bench.worker.open()
            bench.start(0..<10)
            try await bench.answered(10)
            try await eventually("credit for a first attempt") { bench.limit == 1 }
            #expect(bench.reports.all.last?.retryLimit == 0)
            #expect(bench.worker.status.map(\.breaker.name) == ["open"])
            bench.clock.pass(.milliseconds(50))
            try await eventually("probes") { bench.limit == 5 }
            isDown.withLock { $0 = false }
            bench.start(10..<11)
            try await bench.answered(11)
            #expect(bench.limit == 100)
            #expect(bench.worker.status.map(\.breaker.name) == ["closed"])
        }
    }

    /// A node that goes on a little longer would record attempts that nobody makes.
    @Test func `takes back all credit when it ends`() async throws {
        let bench = WorkerBench({ $0.callsMax = 7 }, perform: allDone)
        bench.worker.open()
        try await bench.run { #expect(bench.limit == 7) }
        #expect(bench.limit == 0)
        #expect(bench.reports.all.last?.retryLimit == 0)
    }

    /// What a pause ended a moment too early must not end for good.
    @Test func `waits on when a pause was not over yet`() async throws {
        let bench = WorkerBench({
            $0.callsMax = 100
            $0.breaker.callsMin = 10
            $0.breaker.pause = .milliseconds(20)
            $0.breaker.patience = .milliseconds(0)
        }) { calls, take in take(calls.indices.map { ($0, .failed) }) }
        try await bench.run {
            bench.worker.open()
            bench.start(0..<10)
            try await eventually("credit for a first attempt") { bench.limit == 1 }
            // The worker's own clock stands still, while the real one passes the pause.
            try await Task.sleep(for: .milliseconds(60))
            #expect(bench.worker.status.map(\.breaker.name) == ["open"])
            bench.clock.pass(.milliseconds(20))
            try await eventually("probes") { bench.limit == 5 }
        }
    }

    /// Reports come in the order of what they tell: the last one says how it is.
    @Test func `never tells an old limit after a new one`() async throws {
        let ended = Mutex(0)
        let worker = Worker(
            "bench", operations: ["call"], clock: ManualClock(),
            answering: .init(lost: .lost) { $0 != .done },
            perform: { calls, take in
                await withTaskGroup(of: Void.self) { group in
                    for index in calls.indices { group.addTask { take([(index, .done)]) } }
                }
            })
        let answered = Mutex(0)
        let source = worker.connect(runner: 0) { news, slots in
            let before = answered.withLock { count in
                count += news.count
                return count
            }
            let free = ended.withLock { count in
                count += slots.reduce(0) { $0 + $1.ended }
                return count
            }
            #expect(free <= before, "a slot is free before its answer is known")
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await worker.run() }
            defer { group.cancelAll() }
            for round in 0..<50 {
                worker.start(
                    (0..<64).map {
                        StartedEffect(
                            runner: 0, operation: 0, isRetry: false, effect: round * 64 + $0)
                    }, from: source)
            }
            try await eventually("all answers") { answered.withLock { $0 } == 3_200 }
        }
        #expect(ended.withLock { $0 } == 3_200)
    }

    @Test func `judges each operation by itself`() async throws {
        let bench = WorkerBench(operations: ["take", "give"], {
            $0.breaker.callsMin = 10
            $0.breaker.patience = .milliseconds(0)
        }) { calls, take in
            take(calls.indices.map { ($0, calls[$0] < 100 ? .failed : .done) })
        }
        try await bench.run {
            bench.start(0..<20)
            bench.start(100..<120, operation: 1)
            try await bench.answered(40)
        }
        #expect(bench.worker.status.map(\.breaker.name) == ["open", "closed"])
    }

    @Test func `leaves alone what is not its own`() async throws {
        let bench = WorkerBench(perform: allDone)
        try await bench.run {
            bench.worker.start(
                [StartedEffect(runner: 0, operation: 0, isRetry: false, effect: "no call")],
                from: bench.source)
            bench.start([1])
            try await bench.answered(1)
        }
        #expect(bench.answers.count == 1)
    }
}
