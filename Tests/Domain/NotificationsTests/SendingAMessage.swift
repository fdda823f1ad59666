// SPDX-License-Identifier: Apache-2.0
/// A message is handed to the mailer until it is taken, refused, or tried often enough.

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
        let attempt = try #require(stage.message.open).attempt
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

    @Test func `pauses longer and longer, up to an hour`() {
        for draw in [0, UInt64.max] {
            var message = Stage.sending.message
            for attempt in Int64(1)...39 {
                let outcome = message.when(.note(.unavailable), draw: draw)
                let due = outcome.entities.open?.due ?? .noon
                let whole: Int64 = min(1_000 << min(attempt - 1, 20), 3_600_000)
                #expect((whole / 2...whole).contains(due.since(.noon).milliseconds))
                message = outcome.when(.wake, at: due).entities
            }
            message.when(.note(.unavailable)).then(.failed("attempts-used-up"))
        }
    }

    @Test(arguments: [Int64(1), 38, 39, 40, 41])
    func `is given up after forty attempts`(_ attempt: Int64) {
        let history = [MessageEvent.queued, .attempted(attempt)]
        let message = given(MessageDecider.self, history)
        let unanswered = [
            message.when(.note(.unavailable)), message.when(.restart),
            message.when(.wake, at: .noon + .lease),
        ]
        for outcome in unanswered {
            if attempt < 40 {
                #expect(outcome.entities.open?.phase == .sending)
            } else {
                outcome.then(.failed("attempts-used-up"))
            }
        }
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
