// SPDX-License-Identifier: Apache-2.0
/// Canceling stops the parcel first, then gives stock and payment back, and ends when both are.

import Contracts
import GivenWhenThen
import Kernel
import OrdersDomain
import SampleFacts
import Testing

@Suite struct `Canceling an order` {
    @Test func `while its stock is being held gives back the stock`() {
        given(OrderDecider.self, .placed)
            .when(.cancel(.sample, .customerAsked))
            .then(.canceling(.customerAsked), .stopped(.customerAsked, payment: false))
            .when(.noteReleased(.sample))
            .then(.canceled(.customerAsked))
    }

    @Test func `before payment gives back stock and payment`() {
        given(OrderDecider.self, .placed, .reserved)
            .when(.cancel(.sample, .merchantAsked))
            .then(.canceling(.merchantAsked), .stopped(.merchantAsked, payment: true))
    }

    @Test func `after payment stops the shipment first`() {
        given(OrderDecider.self, .placed, .reserved, .confirmed)
            .when(.cancel(.sample, .customerAsked))
            .then(.canceling(.customerAsked, shipment: true))
            .when(.noteShipmentCanceled(.sample))
            .then(.stopped(.customerAsked, payment: true))
    }

    @Test func `ends when stock and payment are back, in either order`() {
        let stopped = given(
            OrderDecider.self, .placed, .reserved, .canceling(.customerAsked),
            .stopped(.customerAsked, payment: true))
        stopped.when(.noteReleased(.sample)).then(.stockReturned)
            .when(.noteReleased(.sample)).thenNothing()
            .when(.noteVoided(.sample)).then(.canceled(.customerAsked))
            .when(.noteVoided(.sample)).thenNothing()
        stopped.when(.noteVoided(.sample)).then(.paymentUndone)
            .when(.noteVoided(.sample)).thenNothing()
            .when(.noteReleased(.sample)).then(.canceled(.customerAsked))
            .when(.noteReleased(.sample)).thenNothing()
    }

    @Test(arguments: CancelReason.allCases)
    func `keeps its reason to the end`(_ reason: CancelReason) {
        let canceled = given(OrderDecider.self, .placed)
            .when(.cancel(.sample, reason))
            .when(.noteReleased(.sample))
            .then(.canceled(reason))
            .entities.order
        #expect(canceled.phase == .canceled(reason))
        #expect(canceled.isAtRest)
        #expect(canceled.due == nil)
    }

    @Test func `a second time while it is under way is refused`() {
        let canceling = given(OrderDecider.self, .placed, .reserved)
            .when(.cancel(.sample, .customerAsked))
        canceling.when(.cancel(.sample, .customerAsked)).rejected(.alreadyCanceling)
    }

    @Test func `a second time when it is done records nothing`() {
        given(
            OrderDecider.self, .placed, .canceling(.customerAsked),
            .stopped(.customerAsked, payment: false), .canceled(.customerAsked)
        )
        .when(.cancel(.sample, .merchantAsked))
        .thenNothing()
    }

    @Test func `after it was rejected is refused`() {
        given(OrderDecider.self, .placed, .rejected)
            .when(.cancel(.sample, .customerAsked))
            .rejected(.orderRejected)
    }

    @Test(
        arguments: [
            [.inFulfillment], [.inFulfillment, .paid], [.inFulfillment, .delivered],
            [.inFulfillment, .paid, .completed],
        ] as [[OrderEvent]])
    func `after the goods have left is too late`(_ further: [OrderEvent]) {
        given(OrderDecider.self, [.placed, .reserved, .confirmed] + further)
            .when(.cancel(.sample, .customerAsked))
            .rejected(.tooLateToCancel)
    }
}
