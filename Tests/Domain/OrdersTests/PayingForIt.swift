// SPDX-License-Identifier: Apache-2.0
/// The second step: the payment is authorized, declined, or does not come in time.

import Contracts
import GivenWhenThen
import Kernel
import OrdersDomain
import SampleFacts
import Testing

@Suite struct `Paying for an order` {
    private let reserved = given(OrderDecider.self, .placed, .reserved)

    @Test func `confirms it`() {
        reserved.when(.noteAuthorized(.sample)).then(.confirmed)
    }

    @Test func `after it was declined gives the stock back`() {
        let order = reserved.when(.noteDeclined(.sample))
            .then(.canceling(.paymentDeclined), .stopped(.paymentDeclined, payment: false))
        order.when(.noteReleased(.sample)).then(.canceled(.paymentDeclined))
    }

    @Test func `too late gives stock and payment back`() {
        let late = Timestamp.noon + .minutes(30)
        let order = reserved.when(.wake(.sample), at: late)
            .then(
                .canceling(.paymentExpired), .stopped(.paymentExpired, payment: true, at: late))
        order.when(.noteVoided(.sample)).then(.paymentUndone)
            .when(.noteReleased(.sample)).then(.canceled(.paymentExpired))
    }

    @Test(arguments: [(-1, false), (0, true), (1, true)] as [(Int64, Bool)])
    func `expires at its moment and not before`(_ milliseconds: Int64, _ isExpired: Bool) {
        let moment = Timestamp.noon + .minutes(30) + .milliseconds(milliseconds)
        let outcome = reserved.when(.wake(.sample), at: moment)
        #expect(outcome.events.isEmpty != isExpired)
    }

    @Test func `that is authorized after the order expired changes nothing`() {
        let expired = reserved.when(.wake(.sample), at: .noon + .hours(1))
        expired.when(.noteAuthorized(.sample)).thenNothing()
    }

    @Test func `that is declined while the order is undone owes nothing back`() {
        let canceling = reserved.when(.cancel(.sample, .customerAsked))
        canceling.when(.noteDeclined(.sample)).then(.paymentUndone)
            .when(.noteVoided(.sample)).thenNothing()
            .when(.noteReleased(.sample)).then(.canceled(.customerAsked))
    }

    @Test func `twice confirms it once`() {
        given(OrderDecider.self, .placed, .reserved, .confirmed)
            .when(.noteAuthorized(.sample))
            .thenNothing()
    }

    @Test func `before its stock is held means nothing`() {
        let placed = given(OrderDecider.self, .placed)
        placed.when(.noteAuthorized(.sample)).thenNothing()
        placed.when(.noteDeclined(.sample)).thenNothing()
    }
}
