// SPDX-License-Identifier: Apache-2.0
/// An order is complete when it is delivered and the money is ours, whichever comes first.

import Contracts
import GivenWhenThen
import Kernel
import OrdersDomain
import SampleFacts
import Testing

@Suite struct `Completing an order` {
    private let confirmed = given(OrderDecider.self, .placed, .reserved, .confirmed)

    @Test func `needs the capture and the delivery`() {
        confirmed.when(.noteShipped(.sample)).then(.inFulfillment)
            .when(.noteCaptured(.sample)).then(.paid)
            .when(.noteDelivered(.sample)).then(.completed)
    }

    @Test func `needs the delivery and the capture`() {
        confirmed.when(.noteShipped(.sample)).then(.inFulfillment)
            .when(.noteDelivered(.sample)).then(.delivered)
            .when(.noteCaptured(.sample)).then(.completed)
    }

    @Test func `does not need to hear that it was shipped`() {
        confirmed.when(.noteDelivered(.sample)).then(.inFulfillment, .delivered)
            .when(.noteShipped(.sample)).thenNothing()
            .when(.noteCaptured(.sample)).then(.completed)
        confirmed.when(.noteCaptured(.sample)).then(.inFulfillment, .paid)
            .when(.noteDelivered(.sample)).then(.completed)
    }

    @Test func `comes to rest`() {
        let order = given(
            OrderDecider.self, .placed, .reserved, .confirmed, .inFulfillment, .paid, .completed
        ).order
        #expect(order.isAtRest)
        #expect(order.due == nil)
    }

    @Test(arguments: [[.captured], [.delivered], [.shipped]] as [[Word]])
    func `hears nothing twice`(_ words: [Word]) {
        var order = confirmed
        for word in words {
            order.run(word.command, word.moment)
            order.when(word.command).thenNothing()
        }
    }

    @Test func `happens once, whatever is heard again`() {
        for words in permutations(of: [.shipped, .captured, .delivered]) {
            for again in Word.allCases where ![.place, .cancel].contains(again) {
                var order = confirmed
                for word in words + [again] { order.run(word.command, word.moment) }
                #expect(order.order.phase == .completed)
                #expect(order.history.count { $0 == .completed } == 1)
            }
        }
    }

    @Test(arguments: [[.placed], [.placed, .reserved]] as [[OrderEvent]])
    func `does not begin before it is confirmed`(_ history: [OrderEvent]) {
        let order = given(OrderDecider.self, history)
        order.when(.noteShipped(.sample)).thenNothing()
        order.when(.noteCaptured(.sample)).thenNothing()
        order.when(.noteDelivered(.sample)).thenNothing()
    }
}
