// SPDX-License-Identifier: Apache-2.0
/// Planted bugs in the rules of shipments and in what is said to the carrier.

import Contracts
import Invariants
import Kernel
import NodeEngine
import Ports
import ShippingDomain
import ShippingService

private typealias ShipmentStates = States<ShipmentID, ShipmentState>

extension Mutant {
    static let parcels = [
        Mutant("parcel-canceled-without-asking", trips: .g3, in: Shipping.self, Rash.self),
        Mutant("parcel-canceled-when-it-has-left", trips: .g1, in: Shipping.self, Late.self),
        Mutant(
            "parcel-silence-taken-for-a-stop", trips: .g3, needs: .carrier,
            in: Shipping.self, Hopeful.self),
        Mutant("parcel-created-again-when-asked-again", trips: .g3, in: Shipping.self, Twice.self),
        Mutant(
            "parcel-labeled-again-under-another-id", trips: .g3, needs: .carrier,
            FreshLabel.self),
        Mutant(
            "parcel-is-never-asked-about", trips: .l1, needs: .carrier,
            in: Shipping.self, Incurious.self),
    ]
}

/// Whoever asks for a parcel in this phase to be stopped is told that it was.
private protocol Stopping: DecoratedRules where Base == ShipmentDecider {
    static var phase: ShipmentState.Phase { get }
}

extension Stopping {
    static func bend(
        _ events: [ShipmentEvent], _ command: ShipmentCommand, _ states: ShipmentStates,
        _ moment: Moment
    ) -> [ShipmentEvent] {
        guard case .cancel(let shipment, let order) = command,
            case .open(let open) = states.first, open.phase == phase
        else { return events }
        return [.canceled(shipment, order: order)]
    }
}

private enum Rash: Stopping { static let phase = ShipmentState.Phase.labeled }

private enum Late: Stopping { static let phase = ShipmentState.Phase.shipped }

/// Whoever says nothing to a cancellation will have carried it out.
private enum Hopeful: DecoratedRules {
    typealias Base = ShipmentDecider

    static func bend(
        _ events: [ShipmentEvent], _ command: ShipmentCommand, _ states: ShipmentStates,
        _ moment: Moment
    ) -> [ShipmentEvent] {
        guard case .note(let shipment, .silent) = command, case .open(let open) = states.first,
            open.phase == .canceling
        else { return events }
        return [.canceled(shipment, order: open.order)]
    }
}

private enum Twice: DecoratedRules {
    typealias Base = ShipmentDecider

    static func bend(
        _ events: [ShipmentEvent], _ command: ShipmentCommand, _ states: ShipmentStates,
        _ moment: Moment
    ) -> [ShipmentEvent] {
        guard case .create(let confirmed) = command, case .open(let open) = states.first,
            open.phase == .labeled
        else { return events }
        return [
            .created(
                .init(
                    shipment: open.shipment, order: open.order, warehouse: confirmed.warehouse,
                    units: confirmed.units, recipient: confirmed.recipient,
                    start: .now(leaseUntil: moment.at.advanced(by: ShipmentDecider.lease))))
        ]
    }
}

private enum FreshLabel: DecoratedService {
    typealias Base = Shipping
    typealias Rules = ShipmentDecider

    static func effect(owedBy state: ShipmentState, at key: ShipmentID) -> Owed<ParcelCall>? {
        guard let owed = Shipping.effect(owedBy: state, at: key), owed.attempt == 2,
            owed.effect.operation == .label
        else { return Shipping.effect(owedBy: state, at: key) }
        let call = owed.effect
        let other = call.shipment.raw.derived(9, UInt32(truncatingIfNeeded: owed.attempt))
        return Owed(
            operation: owed.operation, attempt: owed.attempt, isRetry: true,
            effect: ParcelCall(
                shipment: ShipmentID(other), operation: .label, recipient: call.recipient,
                units: call.units))
    }
}

private enum Incurious: DecoratedRules {
    typealias Base = ShipmentDecider

    static func bend(
        _ events: [ShipmentEvent], _ command: ShipmentCommand, _ states: ShipmentStates,
        _ moment: Moment
    ) -> [ShipmentEvent] {
        guard case .wake = command, case .open(let open) = states.first,
            open.phase == .labeled || open.phase == .shipped
        else { return events }
        return [
            .deferred(
                open.shipment, order: open.order, isFailure: false,
                retryAt: moment.at.advanced(by: ShipmentDecider.pollsMax))
        ]
    }
}
