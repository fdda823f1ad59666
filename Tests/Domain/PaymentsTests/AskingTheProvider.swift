// SPDX-License-Identifier: Apache-2.0
/// What may have happened is asked about under the same key, and never done again before the
/// provider says that it knows nothing of it; past the key's window it is only asked about.

import Contracts
import GivenWhenThen
import Kernel
import PaymentsDomain
import SampleFacts
import Testing

@Suite struct `Asking the provider` {
    private static let retryAt = Timestamp.noon + .firstPause

    @Test func `follows an unknown outcome`() {
        let unknown = Stage.calling.payment.when(.note(.authorize, .unknown))
            .then(.deferred(.unknown, until: Self.retryAt))
        unknown.when(.wake, at: Self.retryAt + .milliseconds(-1)).thenNothing()
        unknown.when(.wake, at: Self.retryAt).then(.asked(2, at: Self.retryAt))
    }

    @Test func `goes on until there is an answer`() {
        var payment = Stage.unknown.payment
        var time = Self.retryAt
        for attempt in Int64(2)...30 {
            #expect(payment.when(.wake, at: time).events == [.asked(attempt, at: time)])
            payment = payment.when(.wake, at: time).entities
            let outcome: PaymentOutcome = attempt.isMultiple(of: 2) ? .unavailable : .unknown
            payment = payment.when(.note(.authorize, outcome), at: time).entities
            time = payment.open?.due ?? time
        }
        payment.when(.note(.authorize, .done), at: time).then(.authorized)
    }

    @Test func `pauses longer and longer, up to twenty seconds`() {
        for draw in [0, UInt64.max] {
            var payment = Stage.calling.payment
            for attempt in Int64(1)...20 {
                let outcome = payment.when(.note(.authorize, .unavailable), draw: draw)
                let due = outcome.entities.open?.due ?? .noon
                let whole: Int64 = min(250 << (attempt - 1), 20_000)
                let pause = due.since(.noon).milliseconds
                #expect((whole / 2...whole).contains(pause))
                payment = outcome.when(.wake, at: due).entities
            }
        }
    }

    /// A question and the call that follows on it are one more try, not two.
    @Test func `counts with the call that follows on it as one try`() throws {
        var payment = Stage.calling.payment
        for attempt in Int64(1)...8 {
            payment = payment.when(.note(.authorize, .unknown)).entities
            let due = try #require(payment.open?.due)
            #expect(due.since(.noon) == .milliseconds(min(125 << (attempt - 1), 10_000)))
            payment = payment.when(.wake, at: due).entities
            payment = payment.when(.note(.authorize, .notFound)).entities
            let open = try #require(payment.open)
            #expect((open.isInFlight, open.isQuestion) == (true, false))
            #expect((open.attempts.number, open.attempts.failures) == (1 + 2 * attempt, attempt))
        }
    }

    @Test func `is not needed when the provider was not there`() {
        Stage.calling.payment.when(.note(.authorize, .unavailable))
            .then(.deferred(.unavailable, until: Self.retryAt))
            .when(.wake, at: Self.retryAt).then(.called(2, at: Self.retryAt))
    }

    /// The question was not answered: what the first call did is as unknown as before.
    @Test func `comes again when the provider was not there to be asked`() {
        let asked = Stage.asking.payment.when(.note(.authorize, .unavailable))
        let due = asked.entities.open?.due ?? .noon
        asked.when(.wake, at: due).then(.asked(3, at: due))
    }

    @Test func `leads to a second call when the provider knows nothing`() throws {
        Stage.asking.payment.when(.note(.authorize, .notFound), credit: .none)
            .then(.deferred(.notFound, until: .noon)).when(.wake).then(.called(3))
        let called = Stage.asking.payment.when(.note(.authorize, .notFound)).then(.called(3))
        let open = try #require(called.entities.open)
        #expect((open.isInFlight, open.isQuestion, open.isUnknown) == (true, false, false))
    }

    /// A word about the question before: what is under way now is a call, and it may succeed.
    @Test(arguments: [-1, 0] as [Int64])
    func `takes a late 'not found' for no answer to a call`(_ milliseconds: Int64) {
        let time = Timestamp.noon + .hours(23) + .milliseconds(milliseconds)
        Stage.callingAgain.payment.when(.note(.authorize, .notFound), at: time).thenNothing()
            .when(.note(.authorize, .done), at: time).then(.authorized)
        Stage.calling.payment.when(.note(.authorize, .notFound), at: time).thenNothing()
        Stage.capturing.payment.when(.note(.capture, .notFound), at: time).thenNothing()
        Stage.voiding.payment.when(.note(.voidAuthorization, .notFound), at: time).thenNothing()
    }

    @Test(arguments: [Stage.calling, .callingAgain, .capturing, .voiding, .unwanted])
    func `follows a call that nobody answered in time`(_ stage: Stage) throws {
        let attempt = try #require(stage.payment.open).attempts.number
        let lost = Timestamp.noon + .lease
        stage.payment.when(.wake, at: lost + .milliseconds(-1)).thenNothing()
        stage.payment.when(.wake, at: lost)
            .then(.deferred(.interrupted, until: lost), .asked(attempt + 1, at: lost))
    }

    /// After a restart nobody will answer: whatever was under way may have been carried out.
    @Test(arguments: Stage.allCases)
    func `follows a restart where a call was under way`(_ stage: Stage) throws {
        let outcome = stage.payment.when(.restart, at: .noon)
        if let open = stage.payment.open, open.isInFlight {
            outcome.then(.deferred(.interrupted, until: .noon), .asked(open.attempts.number + 1))
            #expect(outcome.entities.open?.isUnknown == true)
        } else {
            outcome.thenNothing()
        }
    }

    @Test(arguments: Stage.allCases)
    func `has nothing to ask before something is due`(_ stage: Stage) {
        stage.payment.when(.wake, at: .noon).thenNothing()
    }

    @Test(arguments: [
        (Stage.absent, "absent"), (.tombstone, "tombstone"), (.authorized, "authorized"),
        (.declined, "declined"), (.captured, "captured"), (.captureFailed, "capture failed"),
        (.voided, "voided"), (.declinedUnwanted, "declined"),
    ])
    func `has nothing to ask about what is settled`(_ stage: Stage, _ name: String) {
        stage.payment.when(.wake, at: .noon + .days(400)).thenNothing()
        stage.payment.when(.restart, at: .noon + .days(400)).thenNothing()
        #expect(stage.payment.payment.due == nil)
    }
}

@Suite struct `Minding the key's window` {
    private static let callUntil = Timestamp.noon + .hours(23)

    @Test(arguments: [(-1, false), (0, true), (1, true)] as [(Int64, Bool)])
    func `calls up to its end, then only asks`(_ milliseconds: Int64, _ isQuestion: Bool) {
        let time = Self.callUntil + .milliseconds(milliseconds)
        Stage.unavailable.payment.when(.wake, at: time)
            .then(isQuestion ? .asked(2, at: time) : .called(2, at: time))
    }

    @Test(arguments: [(-1, false), (0, true), (1, true)] as [(Int64, Bool)])
    func `asks once more for what the provider does not know`(
        _ milliseconds: Int64, _ isOver: Bool
    ) {
        let time = Self.callUntil + .milliseconds(milliseconds)
        Stage.asking.payment.when(.note(.authorize, .notFound), at: time)
            .then(isOver ? .missing(at: time) : .called(3, at: time))
    }

    /// A call that was still on its way when the first question was answered has arrived by then.
    @Test func `gives up what the provider does not know a lease later`() {
        let late = Self.callUntil + .lease
        let missing = Stage.asking.payment.when(
            .note(.authorize, .notFound), at: Self.callUntil
        ).then(.missing(at: Self.callUntil))
        missing.when(.wake, at: late + .milliseconds(-1)).thenNothing()
        let asked = missing.when(.wake, at: late).then(.asked(3, at: late))
        asked.when(.note(.authorize, .notFound), at: late).then(.expired())
        asked.when(.note(.authorize, .done), at: late).then(.authorized)
    }

    @Test(arguments: [(-1, false), (0, true), (1, true)] as [(Int64, Bool)])
    func `begins anew with the capture`(_ milliseconds: Int64, _ isOver: Bool) {
        let time = Self.callUntil + .lease + .milliseconds(milliseconds)
        let capture = Stage.askingCapture.payment.when(.note(.capture, .notFound), at: time)
            .then(isOver ? .missing(at: time) : .called(4, at: time))
        Stage.captureUnavailable.payment.when(.wake, at: time)
            .then(isOver ? .asked(3, at: time) : .called(3, at: time))
        guard isOver else { return }
        let late = time + .lease
        capture.when(.wake, at: late).then(.asked(4, at: late))
            .when(.note(.capture, .notFound), at: late).then(.captureFailed("expired"))
    }

    /// What the provider never heard of was not given back, however late it is, and to give it back
    /// twice does no harm.
    @Test(arguments: [0, 1, 100] as [Int64])
    func `does not bind the void`(_ days: Int64) {
        let time = Self.callUntil + .lease + .days(days)
        Stage.askingVoid.payment.when(.note(.voidAuthorization, .notFound), at: time)
            .then(.called(4, at: time))
            .when(.note(.voidAuthorization, .done), at: time).then(.voided)
    }

    /// The clock was ahead when it was opened, and is right again when the provider is asked.
    @Test(arguments: [(-1, false), (0, true)] as [(Int64, Bool)])
    func `ends in time though the clock was set back`(_ milliseconds: Int64, _ isOver: Bool) {
        let now = Timestamp.noon + .days(-900)
        let asked = Stage.calling.payment.when(.restart, at: now)
        let end = now + .lease + .hours(23)
        #expect(asked.entities.open?.callUntil == end)
        let time = end + .milliseconds(milliseconds)
        asked.when(.note(.authorize, .notFound), at: time)
            .then(isOver ? .missing(at: time) : .called(3, at: time))
    }

    /// The house had no slot for it for days, or its clock was set: the provider knows no key yet.
    @Test(arguments: [.hours(0), .hours(23), .days(9)] as [Span])
    func `begins with the first call, however long that waited`(_ wait: Span) {
        let first = Self.callUntil + wait
        let payment = given(PaymentDecider.self, [.owed])
        payment.when(.wake, at: first).then(.called(1, at: first))
        let called = payment.when(.wake, at: first)
        #expect(called.entities.open?.callUntil == first + .lease + .hours(23))

        let captured = given(
            PaymentDecider.self,
            [.requested, .authorized, .captureOwed])
        let late = first + .lease
        captured.when(.wake, at: late).then(.called(2, at: late))
    }

    @Test func `believes a late yes all the same`() {
        let time = Self.callUntil + .days(9)
        Stage.asking.payment.when(.note(.authorize, .done), at: time).then(.authorized)
    }

    /// Whatever the provider does, no call leaves after the window of its step, but for a void that
    /// it never heard of.
    @Test func `never calls past its end`() {
        var chance = Chance(seed: 41)
        let outcomes: [PaymentOutcome] = [.notFound, .unavailable, .unknown]
        for stage in Stage.allCases {
            for _ in 0..<40 {
                var payment = stage.payment
                var time = Self.callUntil + .lease
                for _ in 0..<20 {
                    time = time + chance.span(upTo: .minutes(3))
                    let step = chance.one(of: PaymentStep.allCases)
                    let command: PaymentCommand = chance.one(of: [
                        .wake, .restart, .note(step, chance.one(of: outcomes)), .authorize,
                    ])
                    let before = payment.open?.phase
                    let events = payment.run(command, chance.moment(at: time))
                    guard payment.open?.phase == before, before != nil else { break }
                    let mayCall = command == .note(.voidAuthorization, .notFound)
                    let calls = events.contains(where: \.isCall)
                    #expect(!calls || mayCall, "\(stage), \(command)")
                }
            }
        }
    }
}

extension PaymentEvent {
    /// True when the provider is about to be called, not only asked.
    fileprivate var isCall: Bool {
        if case .attempted(_, _, _, isQuestion: false, _) = self { true } else { false }
    }
}
