// SPDX-License-Identifier: Apache-2.0
/// A label is bought once; whoever asks again, or waits for news, is told how things stand.

import Contracts
import GivenWhenThen
import Kernel
import SampleFacts
import ShippingDomain
import Testing

@Suite struct `Creating a shipment` {
    @Test func `is recorded before the carrier is called`() throws {
        let shipment = given(ShipmentDecider.self).when(.create).then(.created)
        let open = try #require(shipment.entities.open)
        #expect((open.phase, open.attempts.number, open.isInFlight) == (.labeling, 1, true))
        #expect((open.units, open.recipient) == (6, .sample))
        #expect(open.due == .noon + .lease)
    }

    @Test func `ends with a label`() throws {
        let shipment = Stage.labeling.shipment.when(.note(.labeled)).then(.labeled)
        let open = try #require(shipment.entities.open)
        #expect((open.phase, open.tracking, open.isInFlight) == (.labeled, "GB1", false))
        #expect(open.due == .noon + .poll)
    }

    @Test func `after it was stopped is refused`() {
        let shipment = Stage.tombstone.shipment.when(.create).then(.canceled)
        #expect(shipment.entities.open == nil)
    }

    /// The asker may not have heard the answer.
    @Test(arguments: Stage.allCases)
    func `a second time is answered as it stands`(_ stage: Stage) {
        let again = stage.shipment.when(.create)
        let announced = stage.shipment.when(.announce)
        switch stage {
        case .absent:
            again.then(.created)
            announced.thenNothing()
        case .tombstone:
            again.then(.canceled)
            announced.thenNothing()
        case .shipped, .trackingShipped:
            again.then(.shipped)
            announced.then(.shipped)
        case .delivered:
            again.then(.delivered)
            announced.then(.delivered)
        case .canceled:
            again.then(.canceled)
            announced.then(.canceled)
        case .labeling, .labelDeferred, .labeled, .trackingLabeled, .canceling, .cancelDeferred:
            again.thenNothing()
            announced.thenNothing()
        }
        if stage != .absent {
            #expect(again.entities.open?.phase == stage.shipment.open?.phase)
        }
    }
}

@Suite struct `Stopping a shipment` {
    @Test(arguments: [Stage.labeling, .labelDeferred, .labeled, .trackingLabeled])
    func `asks the carrier as long as the parcel is here`(_ stage: Stage) throws {
        let before = try #require(stage.shipment.open)
        let outcome = stage.shipment.when(.cancel).then(.cancelRequested)
        let open = try #require(outcome.entities.open)
        #expect((open.phase, open.isInFlight) == (.canceling, true))
        #expect(open.attempts.number > before.attempts.number)
        #expect(open.due == .noon + .lease)
        outcome.when(.note(.canceled)).then(.canceled)
    }

    @Test func `before it was created leaves a tombstone`() {
        let tombstone = given(ShipmentDecider.self).when(.cancel).then(.canceled)
        #expect(tombstone.entities.shipment == .tombstone(OrderID.sample.shipment(), .sample))
        #expect(tombstone.entities.shipment.isAtRest)
        tombstone.when(.cancel).then(.canceled)
    }

    @Test func `that has left is answered with that`() {
        Stage.shipped.shipment.when(.cancel).then(.shipped)
        Stage.trackingShipped.shipment.when(.cancel).then(.shipped)
        Stage.delivered.shipment.when(.cancel).then(.delivered)
    }

    @Test func `a second time asks no more`() {
        Stage.canceling.shipment.when(.cancel).thenNothing()
        Stage.cancelDeferred.shipment.when(.cancel).thenNothing()
        Stage.canceled.shipment.when(.cancel).then(.canceled)
    }

    @Test func `comes too late when the carrier says so`() {
        let shipped = Stage.canceling.shipment.when(.note(.shipped)).then(.shipped)
        shipped.when(.note(.canceled)).thenNothing()
            .when(.note(.delivered)).then(.delivered)
        Stage.canceling.shipment.when(.note(.delivered)).then(.shipped, .delivered)
    }

    /// The answer to the label's call, which was under way: the cancel is tried again.
    @Test func `goes on when the label comes meanwhile`() {
        let retryAt = Timestamp.noon + .firstPause
        let deferred = Stage.canceling.shipment.when(.note(.labeled))
            .then(.deferred(until: retryAt))
        #expect(deferred.entities.open?.phase == .canceling)
        deferred.when(.wake, at: retryAt).then(.attempted(3, at: retryAt))
            .when(.note(.canceled)).then(.canceled)
    }
}
