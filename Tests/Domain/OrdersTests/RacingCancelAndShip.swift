// SPDX-License-Identifier: Apache-2.0
/// A cancel and the carrier may meet: whoever came first decides, and nothing is left half done.

import Contracts
import GivenWhenThen
import Kernel
import OrdersDomain
import SampleFacts
import Testing

@Suite struct `Racing cancel and ship` {
    private let stopping = given(
        OrderDecider.self, .placed, .reserved, .confirmed,
        .canceling(.customerAsked, shipment: true))

    @Test func `goes on with the order when the goods had left`() {
        stopping.when(.noteShipped(.sample))
            .then(.cancelFailed, .inFulfillment)
            .when(.noteCaptured(.sample)).then(.paid)
            .when(.noteDelivered(.sample)).then(.completed)
    }

    @Test func `knows from a delivery or a capture that the goods had left`() {
        stopping.when(.noteDelivered(.sample)).then(.cancelFailed, .inFulfillment, .delivered)
        stopping.when(.noteCaptured(.sample)).then(.cancelFailed, .inFulfillment, .paid)
    }

    @Test func `gives everything back when the parcel was stopped`() {
        let stopped = stopping.when(.noteShipmentCanceled(.sample))
        stopped.when(.noteShipped(.sample)).thenNothing()
            .when(.noteDelivered(.sample)).thenNothing()
            .when(.noteCaptured(.sample)).thenNothing()
            .when(.noteReleased(.sample)).then(.stockReturned)
            .when(.noteVoided(.sample)).then(.canceled(.customerAsked))
    }

    @Test func `lets nobody cancel again after it failed`() {
        let shipped = stopping.when(.noteShipped(.sample))
        shipped.when(.cancel(.sample, .customerAsked)).rejected(.tooLateToCancel)
        shipped.when(.noteShipmentCanceled(.sample)).thenNothing()
    }

    /// The parcel leaves: wherever the cancel falls among the carrier's words and the capture, the
    /// order completes once.
    @Test func `ends completed in every order of the words when the parcel left`() {
        for words in permutations(of: [.cancel, .shipped, .captured, .delivered]) {
            var order = given(OrderDecider.self, .placed, .reserved, .confirmed)
            for word in words { order.run(word.command, word.moment) }
            #expect(order.order.phase == .completed, "\(words)")
            #expect(order.history.count { $0 == .completed } == 1)
        }
    }

    /// The parcel stays: everything is given back and nothing is taken.
    @Test func `ends canceled in every order of the words when the parcel stayed`() {
        for words in permutations(of: [.released, .voided]) {
            var order = stopping
            for word in [.shipmentCanceled] + words { order.run(word.command, word.moment) }
            #expect(order.order.phase == .canceled(.customerAsked), "\(words)")
            #expect(!order.history.contains(.inFulfillment))
        }
    }
}

func permutations(of words: [Word]) -> [[Word]] {
    guard words.count > 1 else { return [words] }
    return words.indices.flatMap { index in
        var rest = words
        let first = rest.remove(at: index)
        return permutations(of: rest).map { [first] + $0 }
    }
}
