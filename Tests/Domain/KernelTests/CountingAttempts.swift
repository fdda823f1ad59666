// SPDX-License-Identifier: Apache-2.0
/// The attempts at a call to the outside: what counts as one, as a failure, and as a retry.

import Kernel
import Testing

@Suite struct `Attempts at a call` {
    private let noon = Timestamp(milliseconds: 1_793_620_800_000)
    private let lease = Span.seconds(30)

    private func moment(_ credit: CallCredit = .all, after span: Span = .seconds(0)) -> Moment {
        Moment(at: noon.advanced(by: span), draw: .max, principal: .house, credit: credit)
    }

    private func attempts(_ credit: CallCredit = .all) -> Attempts {
        Attempts(CallStart(0, lease: lease, moment(credit)), lease: lease)
    }

    @Test func `begin with credit only`() {
        let made = attempts()
        #expect((made.number, made.made, made.isInFlight) == (1, 1, true))
        #expect((made.since, made.due) == (noon, noon.advanced(by: lease)))
        let owed = attempts(.none)
        #expect((owed.number, owed.made, owed.isInFlight) == (0, 0, false))
        #expect((owed.since, owed.due) == (noon, noon))
        #expect(owed.isDue(at: noon) && !owed.isRetryNext)
    }

    @Test(arguments: [0, 1, 63])
    func `need the credit of their own operation`(_ operation: Int) {
        let other = CallCredit.none.adding(operation ^ 1)
        #expect(!other.covers(operation))
        #expect(other.adding(operation).covers(operation))
        #expect(CallCredit.all.covers(operation) && !CallCredit.none.covers(operation))
    }

    @Test func `fail by the outside only`() {
        var attempts = attempts()
        attempts.postpone(to: noon, isFailure: false)
        #expect(attempts.failures == 0 && !attempts.isRetryNext)
        attempts.make(2, leaseUntil: noon.advanced(by: lease))
        #expect(!attempts.isRetry)
        attempts.postpone(to: noon, isFailure: true)
        #expect(attempts.failures == 1 && attempts.isRetryNext)
        attempts.make(3, leaseUntil: noon.advanced(by: lease))
        #expect(attempts.isRetry && attempts.made == 3)
        // What a restart resumes was under way: it is no retry.
        attempts.make(4, leaseUntil: noon.advanced(by: lease))
        #expect(!attempts.isRetry && attempts.failures == 1)
        // And so it is when the interruption was put down before.
        attempts.postpone(to: noon, isFailure: false)
        #expect(!attempts.isRetryNext)
        attempts.make(5, leaseUntil: noon.advanced(by: lease))
        #expect(!attempts.isRetry && attempts.failures == 1)
    }

    @Test func `are lost with their lease, or with their process`() {
        let attempts = attempts()
        let over = moment(after: lease)
        #expect(attempts.isLost(over, isRestart: false))
        let early = moment(after: .milliseconds(lease.milliseconds - 1))
        #expect(!attempts.isLost(early, isRestart: false))
        #expect(attempts.isLost(moment(), isRestart: true))
        #expect(!self.attempts(.none).isLost(over, isRestart: true))
        // As much has elapsed, though the clock was set back.
        let elapsed = Moment(
            at: noon.advanced(by: .days(-9)), draw: 0, principal: .house,
            elapsed: noon.advanced(by: lease))
        #expect(attempts.isLost(elapsed, isRestart: false) && attempts.isDue(elapsed))
    }

    @Test func `begin anew with the next call, under growing numbers`() {
        var attempts = attempts()
        attempts.postpone(to: noon, isFailure: true)
        attempts.rest()
        #expect(attempts.due == nil && attempts.number == 1)
        attempts.begin(.later(since: noon), lease: lease)
        #expect((attempts.number, attempts.made, attempts.failures) == (1, 0, 0))
        attempts.begin(.now(leaseUntil: noon.advanced(by: lease)), lease: lease)
        #expect((attempts.number, attempts.made, attempts.isInFlight) == (2, 1, true))
    }

    /// Longer pauses only for what is owed for long.
    @Test(arguments: [
        (0, 20_000), (400, 20_000), (1_000, 50_000), (72_000, 3_600_000), (900_000, 3_600_000),
    ] as [(Int64, Int64)])
    func `pause for twenty seconds or a twentieth of their age`(
        _ age: Int64, _ longest: Int64
    ) {
        var attempts = attempts()
        for _ in 0..<60 {
            attempts.postpone(to: noon, isFailure: true)
            attempts.make(attempts.number + 1, leaseUntil: noon)
        }
        let backoff = Backoff(base: .seconds(1), max: .hours(1))
        let now = moment(after: .seconds(age))
        let pause = attempts.retryAt(backoff, now).since(now.at).milliseconds
        #expect((longest / 2...longest).contains(pause))
        let short = attempts.retryAt(Backoff(base: .seconds(1), max: .seconds(3)), now)
        #expect(short.since(now.at) <= .seconds(3))
    }

    @Test func `are read back as they were written`() throws {
        var attempts = attempts()
        attempts.postpone(to: noon.advanced(by: .seconds(7)), isFailure: true)
        for value in [attempts, self.attempts(.none), self.attempts(), Attempts(since: noon)] {
            var writer = WireWriter(binary: 64)
            value.write(to: &writer)
            var reader = WireReader(binary: writer.bytes)
            #expect(try Attempts(from: &reader) == value)
            #expect(reader.isAtEnd)
        }
    }
}
