// SPDX-License-Identifier: Apache-2.0
/// Slots, queue, time limits and breakers of a worker, as a value: what the worker and the
/// simulator both drive.

import Kernel
import NodeRuntime
import Testing

@testable import NodeEngine

/// The value in an object, so that expectations can change it.
private final class Held {
    var slots: EffectSlots<Int>

    init(_ slots: EffectSlots<Int>) { self.slots = slots }

    func take(_ calls: Range<Int>, at now: Timestamp) {
        slots.take(
            calls.map { StartedEffect(runner: 0, operation: 0, isRetry: false, effect: $0) },
            from: 0, at: now)
    }

    func nextBatch(at now: Timestamp) -> EffectBatch<Int>? { slots.nextBatch(at: now) }
    func note(_ answers: [(index: Int, isFailure: Bool)], to number: Int, at now: Timestamp) {
        slots.note(answers, to: number, at: now)
    }
    func finish(_ number: Int, at now: Timestamp) -> [Int] { slots.finish(number, at: now) }
    func overdue(at now: Timestamp) -> [Int] { slots.overdue(at: now) }
    func reports(at now: Timestamp) -> [SlotReport] { slots.reports(at: now).map(\.report) }
    func limits(at now: Timestamp) -> [Int] {
        reports(at: now).filter { $0.operation == 0 }.map(\.limit)
    }
    func changes() -> [String] { slots.takeChanges().map(\.phase.name) }
}

@Suite struct `Slots of a worker` {
    private let noon = Bench.noon

    private func slots(
        nodes: Int = 1, _ change: (inout EffectSlots<Int>.Settings) -> Void = { _ in }
    ) -> Held {
        var settings = EffectSlots<Int>.Settings()
        settings.callsMax = 10
        settings.breaker.callsMin = 4
        change(&settings)
        var slots = EffectSlots<Int>(operations: ["take", "give"], settings: settings)
        for runner in 0..<nodes { _ = slots.connect(runner: runner) }
        return Held(slots)
    }

    /// Fails every call of a batch, and again two seconds later.
    private func trip(_ slots: Held) throws {
        for second in [0, 2_000] as [Int64] {
            let now = noon.advanced(by: .milliseconds(second))
            slots.take(0..<4, at: now)
            let batch = try #require(slots.nextBatch(at: now))
            slots.note(batch.calls.indices.map { ($0, true) }, to: batch.number, at: now)
            _ = slots.finish(batch.number, at: now)
        }
    }

    @Test func `are shared equally by nodes, and are one at least`() {
        let three = slots(nodes: 3)
        #expect(three.limits(at: noon) == [3, 3, 3])
        let many = slots(nodes: 20)
        #expect(many.limits(at: noon) == Array(repeating: 1, count: 20))
        #expect(many.reports(at: noon).isEmpty, "told once")
    }

    @Test func `are taken for each call until its first answer`() throws {
        let slots = slots()
        slots.take(0..<3, at: noon)
        let batch = try #require(slots.nextBatch(at: noon))
        #expect(slots.nextBatch(at: noon) == nil)
        #expect(slots.slots.underWay(0) == 3)
        slots.note([(1, false), (1, true), (7, false), (-1, false)], to: batch.number, at: noon)
        #expect(slots.slots.underWay(0) == 2)
        #expect(slots.finish(batch.number, at: noon) == [0, 2])
        #expect(slots.slots.underWay(0) == 0)
        slots.note([(0, false)], to: batch.number, at: noon)
        #expect(slots.finish(batch.number, at: noon) == [])
        let reports = slots.reports(at: noon)
        #expect(reports.reduce(0) { $0 + $1.ended } == 3)
    }

    @Test func `time out call by call`() throws {
        let slots = slots { $0.timeout = .seconds(10) }
        slots.take(0..<1, at: noon)
        let first = try #require(slots.nextBatch(at: noon))
        let later = noon.advanced(by: .seconds(4))
        slots.take(1..<2, at: later)
        let second = try #require(slots.nextBatch(at: later))
        #expect(first.deadline == noon.advanced(by: .seconds(10)))
        #expect(slots.overdue(at: noon.advanced(by: .milliseconds(9_999))) == [])
        #expect(slots.overdue(at: noon.advanced(by: .seconds(10))) == [first.number])
        #expect(slots.overdue(at: noon.advanced(by: .seconds(14))) == [second.number])
    }

    @Test func `say how long a call has waited for the end of a batch`() throws {
        let slots = slots {
            $0.batchesMax = 1
            $0.batchMax = 1
        }
        slots.take(0..<2, at: noon)
        let first = try #require(slots.nextBatch(at: noon))
        #expect(first.waited == .seconds(0))
        #expect(slots.nextBatch(at: noon) == nil && slots.slots.waitingCount == 1)
        _ = slots.finish(first.number, at: noon)
        let second = try #require(slots.nextBatch(at: noon.advanced(by: .seconds(3))))
        #expect(second.waited == .seconds(3))
    }

    @Test func `are taken back by an open breaker, but for probes`() throws {
        let slots = slots()
        _ = slots.reports(at: noon)
        try trip(slots)
        let now = noon.advanced(by: .seconds(2))
        let report = try #require(slots.reports(at: now).last)
        #expect(report.limit == 1 && report.retryLimit == 0)
        #expect(slots.changes() == ["open"])
        #expect(slots.slots.wakeAt == noon.advanced(by: .seconds(4)))
        #expect(slots.limits(at: noon.advanced(by: .seconds(4))) == [5])
        #expect(slots.changes() == ["half-open"])
        #expect(slots.slots.wakeAt == nil)
        slots.take(0..<1, at: now)
        let probe = try #require(slots.nextBatch(at: now))
        slots.note([(0, false)], to: probe.number, at: now)
        #expect(slots.limits(at: now) == [10])
        #expect(slots.changes() == ["closed"])
        #expect(slots.slots.status.map(\.breaker.name) == ["closed", "closed"])
    }

    /// Makes a first attempt at `now`, and answers it.
    private func attempt(_ slots: Held, at now: Timestamp, isFailure: Bool) throws {
        slots.take(0..<1, at: now)
        let batch = try #require(slots.nextBatch(at: now))
        slots.note([(0, isFailure)], to: batch.number, at: now)
        _ = slots.finish(batch.number, at: now)
    }

    /// Sick keys opened it, since nobody else called: who calls now does not wait for its pause.
    @Test func `let a first attempt pass an open breaker, which closes it if it succeeds`() throws {
        let slots = slots()
        try trip(slots)
        let now = noon.advanced(by: .seconds(2))
        _ = slots.reports(at: now)
        try attempt(slots, at: now, isFailure: false)
        #expect(slots.limits(at: now) == [10])
        #expect(slots.changes() == ["open", "closed"])
    }

    @Test func `stay taken back while first attempts fail, too`() throws {
        let slots = slots()
        try trip(slots)
        let now = noon.advanced(by: .seconds(2))
        _ = slots.reports(at: now)
        try attempt(slots, at: now, isFailure: true)
        let report = try #require(slots.reports(at: now).last)
        #expect(report.ended == 1 && report.limit == 1 && report.retryLimit == 0)
        #expect(slots.slots.wakeAt == noon.advanced(by: .seconds(4)))
    }

    /// Probes that failed use up a budget of slots, not of the breaker's five.
    @Test(arguments: 1...5)
    func `are probed again though there are fewer than probes`(_ calls: Int) throws {
        let slots = slots { $0.callsMax = calls }
        try trip(slots)
        var now = noon.advanced(by: .seconds(4))
        #expect(slots.limits(at: now) == [calls])
        for _ in 0..<calls { try attempt(slots, at: now, isFailure: true) }
        #expect(slots.changes().last == "open")
        now = now.advanced(by: .seconds(2))
        #expect(slots.limits(at: now) == [calls])
        try attempt(slots, at: now, isFailure: false)
        #expect(slots.changes().last == "closed")
    }

    @Test func `are none when nobody makes calls any more`() throws {
        let slots = slots(nodes: 2)
        _ = slots.reports(at: noon)
        slots.slots.close()
        let reports = slots.reports(at: noon)
        #expect(reports.count == 4)
        #expect(reports.allSatisfy { $0.limit == 0 && $0.retryLimit == 0 })
    }

    /// What hung when the breaker opened is no probe, and does not keep probes from going out.
    @Test func `of calls from before the breaker opened are no probes`() throws {
        let slots = slots()
        slots.take(0..<3, at: noon)
        let hanging = try #require(slots.nextBatch(at: noon))
        try trip(slots)
        let now = noon.advanced(by: .seconds(4))
        #expect(slots.limits(at: now) == [8], "three that hang, and five probes")
        #expect(slots.finish(hanging.number, at: now) == [0, 1, 2])
        #expect(slots.slots.status[0].breaker.name == "half-open", "their failures say nothing new")
        #expect(slots.limits(at: now) == [5])
    }
}
