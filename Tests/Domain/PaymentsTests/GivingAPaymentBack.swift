// SPDX-License-Identifier: Apache-2.0
/// The order is off: whatever was or may yet be set aside is given back, and nothing is taken.

import Contracts
import GivenWhenThen
import Kernel
import PaymentsDomain
import SampleFacts
import Testing

@Suite struct `Giving a payment back` {
    @Test func `voids what is authorized`() throws {
        let later = Timestamp.noon + .hours(50)
        let payment = Stage.authorized.payment.when(.giveBack, at: later)
            .then(.voidRequested(at: later))
        let open = try #require(payment.entities.open)
        #expect((open.phase, open.attempts.number, open.isQuestion) == (.voiding, 2, false))
        #expect(open.isInFlight)
        #expect(open.callUntil == later + .lease + .hours(23))
        payment.when(.note(.voidAuthorization, .done)).then(.voided)
    }

    @Test func `before it was requested leaves a tombstone`() {
        let tombstone = given(PaymentDecider.self).when(.giveBack).then(.voided)
        #expect(tombstone.entities.payment == .tombstone(OrderID.sample.payment(), .sample))
        #expect(tombstone.entities.payment.isAtRest)
        tombstone.when(.giveBack).then(.voided)
    }

    /// First it has to be known how the authorization ends.
    @Test(arguments: [Stage.calling, .asking, .callingAgain, .unknown])
    func `waits for an authorization that is under way`(_ stage: Stage) throws {
        let before = try #require(stage.payment.open)
        let unwanted = stage.payment.when(.giveBack).then(.voidRequested())
        let open = try #require(unwanted.entities.open)
        #expect(open.isUnwanted)
        #expect(open.phase == .authorizing)
        #expect((open.attempts.number, open.due) == (before.attempts.number, before.due))
        #expect((open.isInFlight, open.isQuestion) == (before.isInFlight, before.isQuestion))
        #expect(open.isUnknown == before.isUnknown)
        unwanted.when(.giveBack).thenNothing()
    }

    /// What is not wanted any more is not asked for once more, only to be voided.
    @Test func `voids at once what the provider could not authorize`() {
        let voiding = Stage.unavailable.payment.when(.giveBack).then(.voidRequested())
        #expect(voiding.entities.open?.phase == .voiding)
        Stage.unavailable.payment.when(.giveBack, credit: .none).then(.voidOwed)
            .when(.wake, at: .noon, credit: .none).thenNothing()
        Stage.unwanted.payment.when(.note(.authorize, .unavailable))
            .when(.wake, at: .noon + .firstPause)
            .then(.voidRequested(at: .noon + .firstPause))
    }

    /// Without credit the provider was never called: there is nothing to give back.
    @Test func `ends what the provider was never called for`() {
        let owed = given(PaymentDecider.self).when(.authorize, credit: .none).then(.owed)
        #expect(owed.entities.payment.due == .noon)
        owed.when(.wake, credit: .none).thenNothing()
        owed.when(.wake).then(.called(1))
        owed.when(.giveBack).then(.voided)
    }

    @Test(arguments: [Stage.unwanted, .askingUnwanted, .waitingUnwanted])
    func `voids an authorization that comes late`(_ stage: Stage) throws {
        let voiding = stage.payment.when(.note(.authorize, .done))
            .then(.authorized, .voidRequested())
        #expect(voiding.entities.open?.phase == .voiding)
        #expect(voiding.entities.open?.isInFlight == true)
        voiding.when(.note(.voidAuthorization, .done)).then(.voided)
    }

    @Test(arguments: [Stage.unwanted, .askingUnwanted, .waitingUnwanted])
    func `owes nothing when the authorization is declined late`(_ stage: Stage) {
        let declined = stage.payment.when(.note(.authorize, .refused)).then(.declined, .voided)
        #expect(declined.entities.open?.phase == .declined)
        #expect(declined.entities.payment.isAtRest)
    }

    /// A call that is still on its way must find the door closed.
    @Test func `closes the door when the provider knows of no authorization`() {
        let voiding = Stage.askingUnwanted.payment.when(.note(.authorize, .notFound))
            .then(.voidRequested())
        #expect(voiding.entities.open?.phase == .voiding)
        voiding.when(.note(.authorize, .done)).thenNothing()
            .when(.note(.voidAuthorization, .done)).then(.voided)
            .when(.note(.authorize, .done)).thenNothing()
    }

    @Test func `takes a refused void for done`() {
        Stage.voiding.payment.when(.note(.voidAuthorization, .refused)).then(.voided)
    }

    @Test(arguments: Stage.allCases)
    func `has an answer in every stage`(_ stage: Stage) {
        let outcome = stage.payment.when(.giveBack)
        switch stage {
        case .absent, .tombstone, .declined, .voided, .declinedUnwanted: outcome.then(.voided)
        case .calling, .asking, .callingAgain, .unavailable, .unknown, .authorized:
            outcome.then(.voidRequested())
        case .unwanted, .askingUnwanted, .waitingUnwanted, .voiding, .askingVoid, .voidUnknown:
            outcome.thenNothing()
        // The goods have left: nothing is given back any more.
        case .capturing, .askingCapture, .captureUnavailable, .captured, .captureFailed:
            outcome.thenNothing()
        }
        if stage != .absent { outcome.when(.giveBack).expectNoChange(after: outcome) }
    }
}

extension Outcome<PaymentDecider> {
    fileprivate func expectNoChange(after other: Outcome<PaymentDecider>) {
        #expect(entities.payment == other.entities.payment)
    }
}
