// SPDX-License-Identifier: Apache-2.0
/// The first step: every line is held, or the order never was.

import Contracts
import GivenWhenThen
import Kernel
import OrdersDomain
import SampleFacts
import Testing

@Suite struct `Holding the stock of an order` {
    @Test func `leads to its payment`() {
        given(OrderDecider.self, .placed)
            .when(.noteHeld(.sample))
            .then(.reserved)
    }

    @Test func `keeps it for half an hour from when it was held`() throws {
        let later = Timestamp.noon + .minutes(7)
        let order = given(OrderDecider.self, .placed).when(.noteHeld(.sample), at: later)
        #expect(order.entities.order.remindAt == later + .minutes(30))
    }

    @Test func `in vain is the end, and says what was short`() {
        let order = given(OrderDecider.self, .placed)
            .when(.noteRefused(.sample, short: [.sample]))
            .then(.rejected)
            .entities.order
        #expect(order.phase == .rejected([.sample]))
        #expect(order.isAtRest)
        #expect(order.due == nil)
    }

    @Test(
        arguments: [
            [.placed, .reserved], [.placed, .reserved, .confirmed], [.placed, .rejected],
            [.placed, .canceling(.customerAsked), .stopped(.customerAsked, payment: false)],
        ] as [[OrderEvent]])
    func `is old news to every later stage`(_ history: [OrderEvent]) {
        let order = given(OrderDecider.self, history)
        order.when(.noteHeld(.sample)).thenNothing()
        order.when(.noteRefused(.sample, short: [.sample])).thenNothing()
    }
}
