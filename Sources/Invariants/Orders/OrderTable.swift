// SPDX-License-Identifier: Apache-2.0
/// The life of an order as a table: a second description, independent of the decider's.

import Contracts

/// Where an order is, more finely than its customers see it.
enum OrderPlace: UInt8, CaseIterable {
    case nowhere, reserving, awaitingPayment, confirmed
    /// On its way; then also paid, or also delivered.
    case shipped, shippedPaid, shippedDelivered
    /// The money will not come by itself: still on its way, or there.
    case shippedUnpaid, unpaid
    /// Being undone: nothing was sent; the parcel is to be stopped; both or one half are to come
    /// back.
    case leaving, stopping, owingBoth, owingStock, owingPayment
    case completed, canceled, rejected

    var isEnd: Bool {
        self == .completed || self == .canceled || self == .rejected || self == .unpaid
    }
}

/// What an event is to the table.
enum OrderStep: UInt8, CaseIterable {
    case placed, reserved, rejected, confirmed, inFulfillment, paid, delivered, completed
    case cancelingEarly, cancelingParcel, stoppedBoth, stoppedStock, stoppedOtherwise
    case exception
    case cancelFailed, stockReturned, paymentUndone, canceled
    case askedForHold, askedToShip, askedToStop, askedForBoth, askedForStock, askedForPayment
    case askedToCapture, askedToTrack, askedForNothing

    init(_ event: OrderEvent) {
        self =
            switch event {
            case .placed: .placed
            case .reserved: .reserved
            case .rejected: .rejected
            case .confirmed: .confirmed
            case .inFulfillment: .inFulfillment
            case .canceling(_, _, nil): .cancelingEarly
            case .canceling: .cancelingParcel
            case .stopped(let stopped):
                stopped.hold == nil
                    ? .stoppedOtherwise : stopped.payment == nil ? .stoppedStock : .stoppedBoth
            case .cancelFailed: .cancelFailed
            case .canceled: .canceled
            case .completed: .completed
            case .paid: .paid
            case .delivered: .delivered
            case .exception: .exception
            case .stockReturned: .stockReturned
            case .paymentUndone: .paymentUndone
            case .reminded(let reminded): Self(reminded.step)
            }
    }

    private init(_ step: OrderEvent.Reminded.Step) {
        self =
            switch step {
            case .hold: .askedForHold
            case .ship: .askedToShip
            case .stopShipment: .askedToStop
            case .giveBack(_?, _?): .askedForBoth
            case .giveBack(_?, nil): .askedForStock
            case .giveBack(nil, _?): .askedForPayment
            case .giveBack(nil, nil): .askedForNothing
            case .capture: .askedToCapture
            case .track: .askedToTrack
            }
    }
}

struct OrderTable: Sendable {
    private let cells: [UInt8]
    private let width = OrderStep.allCases.count
    private static let illegal = UInt8.max

    static let shared = OrderTable()

    private init() {
        var cells = Array(
            repeating: Self.illegal, count: OrderPlace.allCases.count * OrderStep.allCases.count)
        for (from, step, to) in Self.rows {
            cells[Int(from.rawValue) * width + Int(step.rawValue)] = to.rawValue
        }
        self.cells = cells
    }

    /// Where `step` leads from `place`; nil where it must not happen.
    @inline(__always)
    func next(_ place: OrderPlace, _ step: OrderStep) -> OrderPlace? {
        OrderPlace(rawValue: cells[Int(place.rawValue) * width + Int(step.rawValue)])
    }

    static let rows: [(from: OrderPlace, step: OrderStep, to: OrderPlace)] = [
        (.nowhere, .placed, .reserving),
        (.reserving, .reserved, .awaitingPayment),
        (.reserving, .rejected, .rejected),
        (.reserving, .cancelingEarly, .leaving),
        (.reserving, .askedForHold, .reserving),
        (.awaitingPayment, .confirmed, .confirmed),
        (.awaitingPayment, .cancelingEarly, .leaving),
        (.confirmed, .inFulfillment, .shipped),
        (.confirmed, .cancelingParcel, .stopping),
        (.confirmed, .askedToShip, .confirmed),
        (.shipped, .paid, .shippedPaid),
        (.shipped, .delivered, .shippedDelivered),
        (.shipped, .askedToCapture, .shipped),
        (.shippedPaid, .completed, .completed),
        (.shippedPaid, .askedToTrack, .shippedPaid),
        (.shippedDelivered, .completed, .completed),
        (.shippedDelivered, .askedToCapture, .shippedDelivered),
        (.shipped, .exception, .shippedUnpaid),
        (.shippedDelivered, .exception, .unpaid),
        (.shippedUnpaid, .delivered, .unpaid),
        (.shippedUnpaid, .askedToTrack, .shippedUnpaid),
        (.leaving, .stoppedBoth, .owingBoth),
        (.leaving, .stoppedStock, .owingStock),
        (.stopping, .stoppedBoth, .owingBoth),
        (.stopping, .cancelFailed, .confirmed),
        (.stopping, .askedToStop, .stopping),
        (.owingBoth, .stockReturned, .owingPayment),
        (.owingBoth, .paymentUndone, .owingStock),
        (.owingBoth, .askedForBoth, .owingBoth),
        (.owingStock, .canceled, .canceled),
        (.owingStock, .askedForStock, .owingStock),
        (.owingPayment, .canceled, .canceled),
        (.owingPayment, .askedForPayment, .owingPayment),
    ]
}
