// SPDX-License-Identifier: Apache-2.0
/// The parcel left and the money will not come: the order says so, waits for the parcel, and asks
/// nobody for anything more.

import Contracts
import GivenWhenThen
import Kernel
import OrdersDomain
import SampleFacts
import Testing

@Suite struct `An order whose capture failed` {
    private let shipped = given(
        OrderDecider.self, .placed, .reserved, .confirmed, .inFulfillment)

    @Test func `is an exception that rests when the parcel arrived`() {
        let before = shipped.when(.noteCaptureFailed(.sample)).then(.exception)
        #expect(!before.entities.order.isAtRest && before.entities.order.due != nil)
        let after = before.when(.noteDelivered(.sample)).then(.delivered)
        #expect(after.entities.order.isAtRest && after.entities.order.due == nil)
        let late = shipped.when(.noteDelivered(.sample)).then(.delivered)
            .when(.noteCaptureFailed(.sample)).then(.exception)
        #expect(late.entities.order == after.entities.order)
    }

    @Test func `asks where the parcel is, and for the money no more`() throws {
        let order = given(
            OrderDecider.self, .placed, .reserved, .confirmed, .inFulfillment, .exception)
        let events = try order.decide(.wake(.sample), Word.wake.moment).get()
        guard case .reminded(let reminded)? = events.first else {
            Issue.record("nobody is reminded")
            return
        }
        #expect(reminded.step == .track(OrderID.sample.shipment()))
    }

    @Test func `hears nothing twice, and takes no word back`() {
        for word in Word.allCases where ![.place, .cancel, .delivered, .wake].contains(word) {
            shipped.when(.noteCaptureFailed(.sample)).then(.exception)
                .when(word.command).thenNothing()
        }
    }

    @Test func `is none after the money came`() {
        shipped.when(.noteCaptured(.sample)).then(.paid)
            .when(.noteCaptureFailed(.sample)).thenNothing()
    }

    @Test func `was none before the parcel could leave`() {
        for history in [[.placed], [.placed, .reserved]] as [[OrderEvent]] {
            given(OrderDecider.self, history).when(.noteCaptureFailed(.sample)).thenNothing()
        }
    }
}
