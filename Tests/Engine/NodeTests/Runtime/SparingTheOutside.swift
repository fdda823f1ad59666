// SPDX-License-Identifier: Apache-2.0
/// A circuit breaker and a budget for retries: values that are told the time.

import Kernel
import NodeRuntime
import Testing

@Suite struct `A breaker` {
    private let noon = Bench.noon
    private var settings: Breaker.Settings {
        var settings = Breaker.Settings()
        settings.callsMin = 10
        settings.window = 40
        settings.probes = 3
        return settings
    }

    @Test func `stays closed while enough succeeds`() {
        var breaker = Breaker(settings)
        for _ in 0..<50 {
            #expect(breaker.admit(100, at: noon) == 100)
            breaker.note(succeeded: 6, failed: 4, at: noon)
        }
        #expect(breaker.phase == .closed)
    }

    @Test(arguments: [(4, 4, false), (5, 4, false), (0, 9, false), (5, 5, true), (0, 10, true)])
    func `opens when too many of enough calls failed`(
        _ succeeded: Int, _ failed: Int, _ isOpen: Bool
    ) {
        var breaker = Breaker(settings)
        breaker.note(succeeded: succeeded, failed: failed, at: noon)
        #expect((breaker.admit(5, at: noon) == 0) == isOpen)
    }

    @Test func `forgets old successes`() {
        var breaker = Breaker(settings)
        for _ in 0..<1_000 { breaker.note(succeeded: 1, failed: 0, at: noon) }
        for _ in 0..<45 { breaker.note(succeeded: 0, failed: 1, at: noon) }
        #expect(breaker.admit(1, at: noon) == 0)
    }

    @Test func `lets a few probes through after a pause, and closes when one succeeds`() {
        var breaker = Breaker(settings)
        breaker.note(succeeded: 0, failed: 10, at: noon)
        let almost = noon.advanced(by: .milliseconds(1_999))
        let later = noon.advanced(by: .seconds(2))
        #expect(breaker.admit(5, at: almost) == 0)
        #expect(breaker.admit(2, at: later) == 2)
        #expect(breaker.admit(5, at: later) == 1)
        #expect(breaker.admit(5, at: later) == 0)
        // Late failures of calls from before the pause say nothing new; here they are probes.
        breaker.note(succeeded: 1, failed: 0, at: later)
        #expect(breaker.phase == .closed)
        #expect(breaker.admit(5, at: later) == 5)
    }

    @Test func `opens again when a probe fails`() {
        var breaker = Breaker(settings)
        breaker.note(succeeded: 0, failed: 10, at: noon)
        breaker.note(succeeded: 5, failed: 5, at: noon)
        let later = noon.advanced(by: .seconds(2))
        #expect(breaker.admit(1, at: later) == 1)
        breaker.note(succeeded: 2, failed: 1, at: later)
        #expect(breaker.phase == .open(until: later.advanced(by: .seconds(2))))
    }
}

@Suite struct `A retry budget` {
    private let noon = Bench.noon

    @Test func `has a reserve, and gets a tenth of each first attempt`() {
        var budget = RetryBudget(reserve: 5, perSecond: 0)
        #expect(budget.admit(3, at: noon) == 3)
        #expect(budget.admit(3, at: noon) == 2)
        #expect(budget.admit(1, at: noon) == 0)
        budget.noteFirst(9)
        #expect(budget.admit(1, at: noon) == 0)
        budget.noteFirst(1)
        #expect(budget.admit(2, at: noon) == 1)
        budget.noteFirst(1_000_000)
        #expect(budget.admit(100, at: noon) == 5, "never more than the reserve")
    }

    @Test func `takes back what was not used`() {
        var budget = RetryBudget(reserve: 5, perSecond: 0)
        #expect(budget.admit(5, at: noon) == 5)
        budget.giveBack(2)
        #expect(budget.admit(5, at: noon) == 2)
    }

    /// Else what an outage interrupted would never be tried again in a shop with few orders.
    @Test func `fills up with time`() {
        var budget = RetryBudget(reserve: 100, perSecond: 10)
        #expect(budget.admit(200, at: noon) == 100)
        var now = noon
        var admitted = 0
        for _ in 0..<100 {
            now = now.advanced(by: .milliseconds(7))
            admitted += budget.admit(5, at: now)
        }
        #expect((6...7).contains(admitted))
        #expect(budget.admit(1_000, at: now.advanced(by: .days(300))) == 100)
        // A clock that was set back earns nothing and breaks nothing.
        #expect(budget.admit(5, at: noon) == 0)
        #expect(budget.admit(5, at: noon.advanced(by: .seconds(1))) == 5)
    }
}
