// SPDX-License-Identifier: Apache-2.0
/// The shipment of the sample order: its facts as they follow at noon, and a history for every
/// stage that it can be in.

import Contracts
import GivenWhenThen
import Kernel
import SampleFacts
import ShippingDomain

extension OrderEvent.Confirmed {
    static let sample = OrderEvent.Confirmed(
        order: .sample, warehouse: .north, total: .eur(2_200), units: 6, recipient: .sample,
        remindAt: .noon)
}

/// What follows at noon with a draw of 0.
extension ShipmentEvent {
    private static let id = OrderID.sample.shipment()

    static let created = ShipmentEvent.created(
        .init(
            shipment: id, order: .sample, warehouse: .north, units: 6, recipient: .sample,
            start: .now(leaseUntil: .noon + .lease)))

    static func attempted(_ attempt: Int64, at time: Timestamp = .noon) -> ShipmentEvent {
        .attempted(id, order: .sample, attempt: attempt, leaseUntil: time + .lease)
    }

    static func deferred(until time: Timestamp) -> ShipmentEvent {
        .deferred(id, order: .sample, isFailure: true, retryAt: time)
    }

    static func nothingNew(until time: Timestamp) -> ShipmentEvent {
        .deferred(id, order: .sample, isFailure: false, retryAt: time)
    }

    static let labeled = ShipmentEvent.labeled(
        id, order: .sample, tracking: "GB1", askAt: .noon + .poll)
    static let shipped = shipped(at: .noon)
    static let delivered = ShipmentEvent.delivered(id, order: .sample)
    static let cancelRequested = ShipmentEvent.cancelRequested(
        id, order: .sample, start: .now(leaseUntil: .noon + .lease))
    static let canceled = ShipmentEvent.canceled(id, order: .sample)

    static func shipped(at time: Timestamp) -> ShipmentEvent {
        .shipped(id, order: .sample, askAt: time + .poll)
    }


    /// The verb of the name: `created`.
    var verb: String { String(wireName.text.split(separator: ".")[1]) }
}

extension Span {
    static let lease = Span.seconds(30)
    /// The shortest pause before the first question, which a draw of 0 gives.
    static let poll = Span.seconds(10)
    /// The shortest first pause, which a draw of 0 gives.
    static let firstPause = Span.milliseconds(125)
}

extension ShipmentCommand {
    private static let id = OrderID.sample.shipment()

    static let create = ShipmentCommand.create(.sample)
    static let cancel = ShipmentCommand.cancel(id, order: .sample)
    static let announce = ShipmentCommand.announce(id)
    static let wake = ShipmentCommand.wake(id, isRestart: false)
    static let restart = ShipmentCommand.wake(id, isRestart: true)

    static func note(_ word: CarrierWord) -> ShipmentCommand { .note(id, word) }
}

extension CarrierWord {
    static let labeled = CarrierWord.labeled(tracking: "GB1")
    static let all: [CarrierWord] = [
        .labeled, .shipped, .delivered, .canceled, .notFound, .silent,
    ]
}

/// Where a shipment can stand, and how it got there.
enum Stage: String, CaseIterable {
    case absent, tombstone
    case labeling
    case labelDeferred = "the carrier was silent about the label"
    case labeled
    case trackingLabeled = "labeled, a question is under way"
    case shipped
    case trackingShipped = "shipped, a question is under way"
    case delivered
    case canceling
    case cancelDeferred = "the carrier was silent about the cancel"
    case canceled

    var history: [ShipmentEvent] {
        let retryAt = Timestamp.noon + .firstPause
        return switch self {
        case .absent: []
        case .tombstone: [.canceled]
        case .labeling: [.created]
        case .labelDeferred: [.created, .deferred(until: retryAt)]
        case .labeled: [.created, .labeled]
        case .trackingLabeled: [.created, .labeled, .attempted(2)]
        case .shipped: [.created, .labeled, .shipped]
        case .trackingShipped: [.created, .labeled, .shipped, .attempted(2)]
        case .delivered: [.created, .labeled, .shipped, .delivered]
        case .canceling: [.created, .cancelRequested]
        case .cancelDeferred: [.created, .cancelRequested, .deferred(until: retryAt)]
        case .canceled: [.created, .cancelRequested, .canceled]
        }
    }

    var shipment: Entities<ShipmentDecider> { given(ShipmentDecider.self, history) }
}

extension Entities<ShipmentDecider> {
    var shipment: ShipmentState { self[OrderID.sample.shipment()] }

    var open: ShipmentState.Open? {
        if case .open(let open) = shipment { open } else { nil }
    }
}
