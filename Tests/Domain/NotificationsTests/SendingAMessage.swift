// SPDX-License-Identifier: Apache-2.0
/// A message is handed to the mailer until it is taken, refused, or has failed for days.

import Contracts
import GivenWhenThen
import Kernel
import NotificationsDomain
import SampleFacts
import Testing

@Suite struct `Sending a message` {
    private static let retryAt = Timestamp.noon + .firstPause
    private static let waiting: [Stage] = [.sending, .deferred, .sendingAgain, .sendingLast]

    @Test(arguments: waiting)
    func `ends when the mailer took it`(_ stage: Stage) throws {
        let sent = stage.message.when(.note(.sent)).then(.sent)
        #expect(sent.entities.open?.phase == .sent)
        #expect(sent.entities.message.isAtRest)
        #expect(sent.entities.message.due == nil)
    }

    @Test(arguments: waiting)
    func `ends when it can't be sent, ever`(_ stage: Stage) {
        let failed = stage.message.when(.note(.refused(code: "erased"))).then(.failed("erased"))
        #expect(failed.entities.open?.phase == .failed)
        #expect(failed.entities.message.isAtRest)
        #expect(failed.entities.message.due == nil)
    }

    @Test(arguments: [Stage.sent, .failed])
    func `has ended for good`(_ stage: Stage) {
        let outcomes: [MessageOutcome] = [.sent, .refused(code: "late"), .unavailable]
        for outcome in outcomes { stage.message.when(.note(outcome)).thenNothing() }
        stage.message.when(.wake, at: .noon + .days(9)).thenNothing()
        stage.message.when(.restart).thenNothing()
    }

    @Test func `is tried again when the mailer was not there`() {
        let deferred = Stage.sending.message.when(.note(.unavailable))
            .then(.deferred(until: Self.retryAt))
        deferred.when(.note(.unavailable)).thenNothing()
        deferred.when(.wake, at: Self.retryAt + .milliseconds(-1)).thenNothing()
        deferred.when(.wake, at: Self.retryAt).then(.attempted(2, at: Self.retryAt))
            .when(.note(.sent)).then(.sent)
    }

    @Test(arguments: [Stage.sending, .sendingAgain])
    func `is tried again when nobody answered in time`(_ stage: Stage) throws {
        let attempt = try #require(stage.message.open).attempts.number
        let lost = Timestamp.noon + .lease
        stage.message.when(.wake, at: lost + .milliseconds(-1)).thenNothing()
        stage.message.when(.wake, at: lost).then(.attempted(attempt + 1, at: lost))
    }

    /// Mail knows no idempotency: it may go out twice, under one Message-ID.
    @Test func `is tried again after a restart if it was under way`() {
        Stage.sending.message.when(.restart).then(.attempted(2))
        Stage.sendingAgain.message.when(.restart).then(.attempted(3))
        Stage.deferred.message.when(.restart).thenNothing()
        Stage.deferred.message.when(.restart, at: Self.retryAt)
            .then(.attempted(2, at: Self.retryAt))
    }

    /// Up to twenty seconds at first, so that a short outage is soon made up for; then up to a
    /// twentieth of what has passed, an hour at most.
    @Test func `pauses longer and longer`() {
        for draw in [0, UInt64.max] {
            var message = Stage.sending.message
            var time = Timestamp.noon
            for failure in Int64(1)...120 {
                let outcome = message.when(.note(.unavailable), at: time, draw: draw)
                let due = outcome.entities.open?.due ?? .noon
                let longest = min(max(20_000, time.since(.noon).milliseconds / 20), 3_600_000)
                let whole: Int64 = min(1_000 << min(failure - 1, 20), longest)
                #expect((whole / 2...whole).contains(due.since(time).milliseconds))
                message = outcome.when(.wake, at: due).entities
                time = due
            }
        }
    }

    @Test(arguments: [
        (98, 0, false), (99, -1, false), (99, 0, true), (99, 1, true), (150, 0, true),
    ] as [(Int, Int64, Bool)])
    func `is given up after a hundred failures over four days`(
        _ failures: Int, _ milliseconds: Int64, _ isOver: Bool
    ) {
        let history = [MessageEvent.queued] + Self.failures(failures)
        let time = Timestamp.noon + .days(4) + .milliseconds(milliseconds)
        let outcome = given(MessageDecider.self, history).when(.note(.unavailable), at: time)
        if isOver {
            outcome.then(.failed("attempts-used-up"))
        } else {
            #expect(outcome.entities.open?.phase == .sending)
        }
    }

    private static func failures(_ count: Int) -> [MessageEvent] {
        (0..<count).flatMap { number in
            [.deferred(until: retryAt), MessageEvent.attempted(Int64(number) + 2)]
        }
    }

    /// Neither a restart nor an answer that got lost in the house speaks against the mailer.
    @Test func `is not given up because the house was restarted or busy`() {
        let interrupted = (2...300).map { MessageEvent.attempted($0) }
        let message = given(MessageDecider.self, [.queued] + interrupted)
        #expect(message.open?.attempts.failures == 0)
        let late = Timestamp.noon + .days(30)
        message.when(.restart, at: late).then(.attempted(301, at: late))
        message.when(.wake, at: late).then(.attempted(301, at: late))
        #expect(message.when(.note(.unavailable), at: late).entities.open?.phase == .sending)
    }

    @Test func `waits for credit without an attempt, a fact or a pause`() {
        let queued = given(MessageDecider.self).when(.queue, credit: .none)
        queued.then(.queuedLater)
        #expect(queued.entities.open?.isInFlight == false)
        #expect(queued.entities.message.due == .noon)
        let time = Timestamp.noon + .hours(1)
        queued.when(.wake, at: time, credit: .none).thenNothing()
        queued.when(.wake, at: time).then(.attempted(1, at: time))
        Stage.deferred.message.when(.wake, at: time, credit: .none).thenNothing()
        Stage.sending.message.when(.restart, credit: .none).thenNothing()
    }

    @Test func `that was never queued is unknown`() {
        let outcomes: [MessageOutcome] = [.sent, .refused(code: "late"), .unavailable]
        for outcome in outcomes {
            given(MessageDecider.self).when(.note(outcome)).rejected(.unknownMessage)
        }
        given(MessageDecider.self).when(.wake, at: .noon + .days(9)).thenNothing()
        given(MessageDecider.self).when(.restart).thenNothing()
    }

    @Test(arguments: Stage.allCases)
    func `rests only at its end`(_ stage: Stage) {
        let message = stage.message.message
        #expect(message.isAtRest == (stage == .sent || stage == .failed))
        #expect((message.due != nil) == Self.waiting.contains(stage))
    }
}
