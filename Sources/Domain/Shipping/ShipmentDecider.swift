// SPDX-License-Identifier: Apache-2.0
/// The rules of a shipment: labels are bought once, the carrier's word on the parcel counts, in
/// whatever order it comes, and a parcel that has left can't be stopped.

package import Contracts
package import Kernel

package enum ShipmentCommand: Sendable, Equatable {
    case create(OrderEvent.Confirmed)
    case cancel(ShipmentID, order: OrderID)
    /// Someone waits for news of the parcel.
    case announce(ShipmentID)
    /// What the carrier said, asked or unasked.
    case note(ShipmentID, CarrierWord)
    case wake(ShipmentID, isRestart: Bool)

    package var shipment: ShipmentID {
        switch self {
        case .create(let confirmed): confirmed.order.shipment()
        case .cancel(let shipment, _), .announce(let shipment), .note(let shipment, _),
            .wake(let shipment, _):
            shipment
        }
    }
}

/// What a carrier can say about a parcel.
package enum CarrierWord: Sendable, Equatable {
    case labeled(tracking: String)
    case shipped
    case delivered
    case canceled
    /// It knows no such parcel.
    case notFound
    /// It did not answer, or nobody knows what became of the call.
    case silent
}

package enum ShipmentRejection: Error, Equatable, Sendable {
    case unknownShipment
}

package enum ShipmentDecider: Decider {
    package static let lease = Span.seconds(30)
    package static let retries = Backoff(base: .milliseconds(250), max: .seconds(20))
    /// A parcel is asked about this soon after the latest news of it, then after three times as
    /// long as it was waited for so far. Each question is two events: one every ten minutes would
    /// make a parcel that takes three days forty times as dear as the rest of its order.
    package static let pollsMin = Span.seconds(20)
    package static let pollsMax = Span.hours(4)

    package static let initial = ShipmentState.absent

    package static func keys(_ command: ShipmentCommand) -> Keys<ShipmentID> {
        .one(command.shipment)
    }

    package static func changes(_ event: ShipmentEvent) -> Keys<ShipmentID> { .one(event.shipment) }

    package static func decide(
        _ command: ShipmentCommand, _ states: States<ShipmentID, ShipmentState>,
        _ moment: Moment
    ) throws(ShipmentRejection) -> [ShipmentEvent] {
        guard case .open(let open) = states.first else {
            return try decideUnopened(command, states.first, moment)
        }
        switch command {
        case .create, .announce: return again(open, moment)
        case .cancel: return cancel(open, moment)
        case .note(_, let word): return note(word, open, moment)
        case .wake(_, let isRestart): return wake(open, isRestart, moment)
        }
    }

    private static func decideUnopened(
        _ command: ShipmentCommand, _ state: ShipmentState, _ moment: Moment
    ) throws(ShipmentRejection) -> [ShipmentEvent] {
        switch command {
        case .create(let confirmed):
            let shipment = confirmed.order.shipment()
            if case .tombstone = state { return [.canceled(shipment, order: confirmed.order)] }
            return [
                .created(
                    .init(
                        shipment: shipment, order: confirmed.order,
                        warehouse: confirmed.warehouse, units: confirmed.units,
                        recipient: confirmed.recipient,
                        start: CallStart(
                            ShipmentState.Phase.labeling.operation, lease: lease, moment)))
            ]
        case .cancel(let shipment, let order): return [.canceled(shipment, order: order)]
        case .wake, .announce: return []
        case .note: throw .unknownShipment
        }
    }

    /// Asked a second time: the asker may not have heard the answer.
    private static func again(_ open: ShipmentState.Open, _ moment: Moment) -> [ShipmentEvent] {
        switch open.phase {
        case .shipped: [.shipped(open.shipment, order: open.order, askAt: pollAt(moment))]
        case .delivered: [.delivered(open.shipment, order: open.order)]
        case .canceled: [.canceled(open.shipment, order: open.order)]
        case .labeling, .labeled, .canceling: []
        }
    }

    private static func cancel(_ open: ShipmentState.Open, _ moment: Moment) -> [ShipmentEvent] {
        switch open.phase {
        case .labeling, .labeled:
            [
                .cancelRequested(
                    open.shipment, order: open.order,
                    start: CallStart(
                        ShipmentState.Phase.canceling.operation, lease: lease, moment))
            ]
        case .shipped, .delivered, .canceled: again(open, moment)
        case .canceling: []
        }
    }

    private static func note(
        _ word: CarrierWord, _ open: ShipmentState.Open, _ moment: Moment
    ) -> [ShipmentEvent] {
        let (shipment, order) = (open.shipment, open.order)
        switch (word, open.phase) {
        case (.labeled(let tracking), .labeling):
            // The answer to a repeated call is the one of the first: the parcel may have moved on
            // since, and what was said of it have been lost.
            let askAt = open.attempts.made <= 1 ? pollAt(moment) : moment.at
            return [.labeled(shipment, order: order, tracking: tracking, askAt: askAt)]
        case (.shipped, .labeling), (.shipped, .labeled), (.shipped, .canceling):
            return [.shipped(shipment, order: order, askAt: pollAt(moment))]
        // The word that it was shipped was lost, or is still on its way.
        case (.delivered, .labeling), (.delivered, .labeled), (.delivered, .canceling):
            return [
                .shipped(shipment, order: order, askAt: pollAt(moment)),
                .delivered(shipment, order: order),
            ]
        case (.delivered, .shipped): return [.delivered(shipment, order: order)]
        case (.canceled, .canceling), (.canceled, .labeling), (.canceled, .labeled):
            return [.canceled(shipment, order: order)]
        case (.labeled, .labeled), (.labeled, .shipped):
            // An answer to a question: nothing new. Ask again later.
            return open.isInFlight ? [nothingNew(open, moment)] : []
        case (.shipped, .shipped):
            return open.isInFlight ? [nothingNew(open, moment)] : []
        case (.labeled, .canceling), (.notFound, _), (.silent, _):
            guard open.isInFlight else { return [] }
            return [
                .deferred(
                    shipment, order: order, isFailure: true,
                    retryAt: open.attempts.retryAt(retries, moment))
            ]
        case (_, .delivered), (_, .canceled), (.canceled, .shipped): return []
        }
    }

    private static func wake(
        _ open: ShipmentState.Open, _ isRestart: Bool, _ moment: Moment
    ) -> [ShipmentEvent] {
        // After a restart a parcel's whereabouts are asked for at once: updates may have been lost.
        guard let due = open.due, isRestart || moment.reaches(due),
            moment.credit.covers(open.phase.operation)
        else { return [] }
        return [
            .attempted(
                open.shipment, order: open.order, attempt: open.attempts.number + 1,
                leaseUntil: moment.at.advanced(by: lease))
        ]
    }

    /// An answer to a question; it is asked again later.
    private static func nothingNew(
        _ open: ShipmentState.Open, _ moment: Moment
    ) -> ShipmentEvent {
        .deferred(
            open.shipment, order: open.order, isFailure: false,
            retryAt: pollAt(moment, waited: moment.at.since(open.askedSince)))
    }

    private static func pollAt(
        _ moment: Moment, waited: Span = .milliseconds(0)
    ) -> Timestamp {
        // Within bounds first: what a clock says that was set may be absurd, either way.
        let waited = min(max(waited, .milliseconds(0)), pollsMax)
        let longest = min(pollsMax, max(pollsMin, .milliseconds(3 * waited.milliseconds)))
        let pause = Backoff(base: longest, max: longest).pause(after: 1, draw: moment.draw)
        return moment.at.advanced(by: pause)
    }

    package static func evolve(
        _ state: ShipmentState, _ event: ShipmentEvent, at key: ShipmentID
    ) -> ShipmentState {
        switch event {
        case .created(let created): return .open(opened(created))
        case .canceled(let shipment, let order):
            if case .absent = state { return .tombstone(shipment, order) }
        default: break
        }
        guard case .open(var open) = state else { return state }
        switch event {
        case .created: break
        case .attempted(_, _, let attempt, let leaseUntil):
            open.attempts.make(attempt, leaseUntil: leaseUntil)
        case .deferred(_, _, let isFailure, let retryAt):
            if isFailure {
                open.attempts.postpone(to: retryAt, isFailure: true)
            } else {
                open.attempts.rest(due: retryAt)
            }
        case .labeled(_, _, let tracking, let askAt):
            open.tracking = tracking
            open.move(to: .labeled, due: askAt)
        case .shipped(_, _, let askAt): open.move(to: .shipped, due: askAt)
        case .delivered: open.move(to: .delivered, due: nil)
        case .cancelRequested(_, _, let start):
            open.move(to: .canceling, due: nil)
            open.attempts.begin(start, lease: lease)
        case .canceled: open.move(to: .canceled, due: nil)
        }
        return .open(open)
    }

    private static func opened(_ created: ShipmentEvent.Created) -> ShipmentState.Open {
        .init(
            shipment: created.shipment, order: created.order, units: created.units,
            recipient: created.recipient, phase: .labeling,
            attempts: Attempts(created.start, lease: lease), tracking: "")
    }
}

extension ShipmentState.Open {
    fileprivate mutating func move(to phase: ShipmentState.Phase, due: Timestamp?) {
        self.phase = phase
        recipient = nil
        attempts.rest(due: due)
        askedSince = due ?? askedSince
    }
}
