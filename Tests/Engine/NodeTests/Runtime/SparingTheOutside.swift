// SPDX-License-Identifier: Apache-2.0
/// A circuit breaker: a value that is told the time.

import Kernel
import NodeRuntime
import Testing

@Suite struct `A breaker` {
    private let noon = Bench.noon
    private var settings: Breaker.Settings {
        var settings = Breaker.Settings()
        settings.callsMin = 10
        settings.probes = 3
        return settings
    }

    private func after(_ milliseconds: Int64) -> Timestamp {
        noon.advanced(by: .milliseconds(milliseconds))
    }

    /// Open since two seconds after noon.
    private var opened: Breaker {
        var breaker = Breaker(settings)
        breaker.note(succeeded: 0, failed: 10, at: noon)
        breaker.note(succeeded: 0, failed: 1, at: after(2_000))
        return breaker
    }

    @Test func `stays closed while enough succeeds`() {
        var breaker = Breaker(settings)
        for second in 0..<50 as Range<Int64> {
            breaker.note(succeeded: 2, failed: 8, at: after(second * 1_000))
        }
        #expect(breaker.phase == .closed)
        #expect(breaker.limit(of: 100) == 100)
    }

    /// Two hundred keys that fail at once, beside others that succeed, say nothing of the outside.
    @Test func `stays closed in a burst of failures`() {
        var breaker = Breaker(settings)
        breaker.note(succeeded: 0, failed: 200, at: noon)
        breaker.note(succeeded: 0, failed: 200, at: after(1_999))
        #expect(breaker.phase == .closed)
        breaker.note(succeeded: 1, failed: 0, at: after(2_000))
        breaker.note(succeeded: 0, failed: 200, at: after(3_999))
        #expect(breaker.phase == .closed)
    }

    @Test(arguments: [(2_000, true), (1_999, false)] as [(Int64, Bool)])
    func `opens when nothing has succeeded for a while`(_ passed: Int64, _ isOpen: Bool) {
        var breaker = Breaker(settings)
        breaker.note(succeeded: 0, failed: 9, at: noon)
        breaker.note(succeeded: 0, failed: 1, at: after(passed))
        #expect(breaker.limit(of: 5) == (isOpen ? 1 : 5))
        #expect(breaker.takesRetries == !isOpen)
        #expect(breaker.openings == (isOpen ? 1 : 0))
    }

    @Test(arguments: [(9, true), (8, false)])
    func `needs enough calls to judge by`(_ failed: Int, _ isOpen: Bool) {
        var breaker = Breaker(settings)
        breaker.note(succeeded: 0, failed: failed, at: noon)
        breaker.note(succeeded: 0, failed: 1, at: after(2_000))
        #expect((breaker.phase != .closed) == isOpen)
    }

    @Test func `forgets successes that are older than its window`() {
        var breaker = Breaker(settings)
        breaker.note(succeeded: 1_000, failed: 0, at: noon)
        breaker.note(succeeded: 0, failed: 10, at: after(8_000))
        breaker.note(succeeded: 0, failed: 10, at: after(9_999))
        #expect(breaker.phase == .closed)
        breaker.note(succeeded: 0, failed: 10, at: after(10_001))
        #expect(!breaker.takesRetries)
    }

    @Test func `lets a few probes through after a pause, and closes when one succeeds`() {
        var breaker = opened
        let early = breaker.advance(to: after(3_999))
        #expect(!early && breaker.limit(of: 5) == 1 && !breaker.takesRetries)
        let isOver = breaker.advance(to: after(4_000))
        let isOverAgain = breaker.advance(to: after(4_000))
        #expect(isOver && !isOverAgain)
        #expect(breaker.limit(of: 5) == 3 && breaker.takesRetries)
        #expect(breaker.limit(of: 2) == 2)
        breaker.note(succeeded: 0, failed: 2, at: after(4_100))
        #expect(breaker.limit(of: 5) == 1)
        breaker.note(succeeded: 1, failed: 0, at: after(4_200))
        #expect(breaker.phase == .closed)
        #expect(breaker.limit(of: 5) == 5)
    }

    /// One probe may belong to a key that always fails.
    @Test func `opens again when every probe fails`() {
        var breaker = opened
        _ = breaker.advance(to: after(4_000))
        breaker.note(succeeded: 0, failed: 3, at: after(4_500))
        #expect(breaker.phase == .open(until: after(6_500)))
        #expect(breaker.openings == 2)
    }

    @Test func `closes when a call that began before it opened succeeds`() {
        var breaker = opened
        breaker.note(succeeded: 0, failed: 5, at: after(2_100))
        #expect(breaker.phase == .open(until: after(4_000)))
        breaker.note(succeeded: 1, failed: 0, at: after(2_200))
        #expect(breaker.phase == .closed)
    }

    @Test func `stands a clock that was set back`() {
        var breaker = Breaker(settings)
        breaker.note(succeeded: 0, failed: 100, at: after(1_000_000))
        breaker.note(succeeded: 0, failed: 10, at: noon)
        #expect(breaker.phase == .closed)
        breaker.note(succeeded: 1, failed: 0, at: noon)
        #expect(breaker.limit(of: 9) == 9)
    }
}
