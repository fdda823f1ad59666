// SPDX-License-Identifier: Apache-2.0
/// Shipping: has parcels labeled, stopped and followed by a carrier. Binds the rules of a shipment
/// to the facts of orders and to the carrier's calls.

package import Contracts
package import Kernel
package import NodeEngine
package import Ports
package import ShippingDomain

package enum Shipping: Service {
    package typealias Rules = ShipmentDecider
    package typealias Effect = ParcelCall

    package static let name = "shipping"
    package static let subscribesTo = ["orders"]
    package static let queriedTables: Set<String> = []

    package static let reactions = Reactions<ShipmentCommand>(
        .on(OrderEvent.Kind.confirmed) { .create($0) },
        .on(OrderEvent.Kind.canceling) { canceling in
            canceling.shipment.map { .cancel($0, order: canceling.order) }
        },
        .on(OrderEvent.Kind.reminded) { reminded in
            switch reminded.step {
            case .ship(let confirmed): .create(confirmed)
            case .stopShipment(let shipment): .cancel(shipment, order: reminded.order)
            case .track(let shipment): .announce(shipment)
            // Whoever waits for the capture may have missed that the parcel left.
            case .capture: .announce(reminded.order.shipment())
            case .giveBack, .hold: nil
            }
        })

    package static func wake(_ key: ShipmentID, isRestart: Bool) -> ShipmentCommand {
        .wake(key, isRestart: isRestart)
    }

    package static var waitMax: Span { ShipmentDecider.pollsMax }

    package static let operations = ["label", "cancel", "track"]

    package static func call(of state: ShipmentState) -> OwedCall? {
        guard case .open(let open) = state else { return nil }
        return OwedCall(operation: open.phase.operation, attempts: open.attempts)
    }

    package static func effect(
        owedBy state: ShipmentState, at key: ShipmentID
    ) -> Owed<ParcelCall>? {
        guard case .open(let open) = state, open.isInFlight else { return nil }
        let operation: CarrierCall.Operation =
            switch open.phase {
            case .labeling: .label
            case .canceling: .cancel
            case .labeled, .shipped, .delivered, .canceled: .track
            }
        return Owed(
            operation: open.phase.operation, attempt: open.attempts.number,
            isRetry: open.attempts.isRetry,
            effect: ParcelCall(
                shipment: open.shipment, operation: operation,
                recipient: operation == .label ? open.recipient : nil, units: open.units))
    }

    /// The command that follows from the carrier's answer.
    package static func command(
        for answer: CarrierAnswer, to shipment: ShipmentID
    ) -> ShipmentCommand {
        let word: CarrierWord =
            switch answer {
            case .labeled(let tracking): .labeled(tracking: tracking)
            case .status(let status): self.word(for: status)
            case .canceled: .canceled
            case .notFound: .notFound
            case .unavailable, .unknown: .silent
            }
        return .note(shipment, word)
    }

    package static func command(for update: CarrierUpdate) -> ShipmentCommand {
        .note(ShipmentID(update.shipment), word(for: update.status))
    }

    private static func word(for status: CarrierStatus) -> CarrierWord {
        switch status {
        case .labeled: .labeled(tracking: "")
        case .shipped: .shipped
        case .delivered: .delivered
        case .canceled: .canceled
        }
    }

    package static func reply(
        to command: ShipmentCommand,
        _ outcome: Result<Entity<ShipmentState>, ShipmentRejection>
    ) -> Reply {
        switch outcome {
        case .success: Reply(status: 200, body: Array("{}".utf8))
        case .failure(.unknownShipment): ShipmentProblem.unknownShipment.reply()
        }
    }
}

/// What clients can be told about shipments.
package enum ShipmentProblem {
    package static let unknownShipment = Problem(
        404, "unknown-shipment", "There is no such shipment.")

    package static let all = [unknownShipment]
}
