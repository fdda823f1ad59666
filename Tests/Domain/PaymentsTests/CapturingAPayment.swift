// SPDX-License-Identifier: Apache-2.0
/// The money is taken once the goods have left: all of it, once.

import Contracts
import GivenWhenThen
import Kernel
import PaymentsDomain
import SampleFacts
import Testing

@Suite struct `Capturing a payment` {
    @Test func `is requested before the provider is called`() throws {
        let later = Timestamp.noon + .hours(50)
        let payment = Stage.authorized.payment.when(.capture, at: later)
            .then(.captureRequested(at: later))
        let open = try #require(payment.entities.open)
        #expect((open.phase, open.attempts.number, open.isQuestion) == (.capturing, 2, false))
        #expect(open.isInFlight)
        #expect(open.due == later + .lease)
        // A key of its own, with a window of its own.
        #expect(open.callUntil == later + .lease + .hours(23))
    }

    @Test func `takes the whole amount`() throws {
        let payment = Stage.capturing.payment.when(.note(.capture, .done)).then(.captured)
        #expect(payment.entities.payment.isAtRest)
        #expect(payment.entities.payment.due == nil)
    }

    /// A person must look: goods are gone and the money is not ours.
    @Test func `that is refused says so`() {
        let payment = Stage.capturing.payment.when(.note(.capture, .refused))
            .then(.captureFailed("card-declined"))
        #expect(payment.entities.payment.isAtRest)
        payment.when(.note(.capture, .done)).thenNothing()
        payment.when(.capture).then(.captureFailed("card-declined"))
    }

    @Test func `before it was requested is unknown`() {
        given(PaymentDecider.self).when(.capture).rejected(.unknownPayment)
        Stage.tombstone.payment.when(.capture).rejected(.unknownPayment)
    }

    @Test(arguments: Stage.allCases)
    func `happens to what is authorized, and is told again when it is done`(_ stage: Stage) {
        let outcome = stage.payment.when(.capture)
        switch stage {
        case .absent, .tombstone: outcome.rejected(.unknownPayment)
        case .authorized: outcome.then(.captureRequested())
        case .captured:
            outcome.then(.captured)
            #expect(outcome.entities.payment == stage.payment.payment)
        case .captureFailed:
            outcome.then(.captureFailed("card-declined"))
            #expect(outcome.entities.payment == stage.payment.payment)
        default: outcome.thenNothing()
        }
    }

    @Test func `is never undone by a late word about the authorization`() {
        for outcome in PaymentOutcome.all {
            Stage.capturing.payment.when(.note(.authorize, outcome)).thenNothing()
            Stage.captured.payment.when(.note(.authorize, outcome)).thenNothing()
        }
    }
}
