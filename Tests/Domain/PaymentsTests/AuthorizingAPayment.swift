// SPDX-License-Identifier: Apache-2.0
/// The amount is authorized once; whoever asks again is told how it went.

import Contracts
import GivenWhenThen
import Kernel
import PaymentsDomain
import SampleFacts
import Testing

@Suite struct `Authorizing a payment` {
    @Test func `is requested before the provider is called`() throws {
        let payment = given(PaymentDecider.self).when(.authorize).then(.requested)
        let open = try #require(payment.entities.open)
        #expect((open.attempts.number, open.isInFlight, open.isQuestion) == (1, true, false))
        #expect(open.due == .noon + .lease)
        #expect(open.callUntil == .noon + .hours(23))
    }

    @Test func `ends well`() throws {
        let payment = Stage.calling.payment.when(.note(.authorize, .done)).then(.authorized)
        let open = try #require(payment.entities.open)
        #expect((open.phase, open.note, open.isInFlight) == (.authorized, "ref_1", false))
        #expect(open.due == nil)
    }

    @Test func `ends badly, for good`() throws {
        let payment = Stage.calling.payment.when(.note(.authorize, .refused)).then(.declined)
        let open = try #require(payment.entities.open)
        #expect((open.phase, open.note, open.isInFlight) == (.declined, "card-declined", false))
        #expect(payment.entities.payment.isAtRest)
        payment.when(.note(.authorize, .done)).thenNothing()
    }

    @Test func `after it was given up is refused`() {
        Stage.tombstone.payment.when(.authorize).then(.voided)
        #expect(Stage.tombstone.payment.when(.authorize).entities.open == nil)
    }

    /// The asker may not have heard the answer.
    @Test(
        arguments: [
            (.calling, []), (.asking, []), (.callingAgain, []), (.unavailable, []), (.unknown, []),
            (.unwanted, []), (.askingUnwanted, []), (.waitingUnwanted, []),
            (.authorized, [.authorized]), (.declined, [.declined]), (.capturing, [.authorized]),
            (.askingCapture, [.authorized]), (.captureUnavailable, [.authorized]),
            (.captured, [.authorized]), (.captureFailed, []),
            (.voiding, []), (.askingVoid, []), (.voidUnknown, []), (.voided, [.voided]),
            (.declinedUnwanted, [.declined]),
        ] as [(Stage, [PaymentEvent])])
    func `a second time is answered as it was`(_ stage: Stage, _ events: [PaymentEvent]) {
        let again = stage.payment.when(.authorize).then(events)
        #expect(again.entities.payment == stage.payment.payment)
    }

    @Test func `of another payment is another story`() {
        let other = OrderID.stranger.payment()
        let outcome = Stage.authorized.payment.when(
            .authorize(other, order: .stranger, amount: .eur(1), token: "t"))
        #expect(outcome.events.map(\.verb) == ["requested"])
        #expect(outcome.entities.open?.phase == .authorized)
    }
}
