// SPDX-License-Identifier: Apache-2.0
/// One shipment as its log tells it.

import Contracts
import Kernel

struct ShipmentEntry: CheckedEntity {
    var base: EntityBase

    /// Positions of the first of each; 0 when it did not happen.
    private(set) var createdAt: Int64 = 0
    private(set) var labeledAt: Int64 = 0
    private(set) var shippedAt: Int64 = 0
    private(set) var deliveredAt: Int64 = 0
    private(set) var canceledAt: Int64 = 0
    private(set) var createdBy = Heard.nothing
    private(set) var units: Int64 = 0

    init(_ base: EntityBase) { self.base = base }

    static func id(of order: OrderID, _ ordinal: UInt32) -> ShipmentID? {
        order.shipment(ordinal)
    }

    mutating func note(
        _ event: ShipmentEvent, _ place: Place, _ heard: Heard, _ findings: inout Findings
    ) {
        let shipment = event.shipment
        switch event {
        case .created(let created):
            findings.demand(
                createdAt == 0 && canceledAt == 0, .g3, "\(shipment.text): created again")
            if createdAt == 0 { (createdAt, createdBy) = (place.position, heard) }
            units = created.units
        case .labeled:
            findings.demand(labeledAt == 0, .g3, "\(shipment.text): labeled again")
            if labeledAt == 0 { labeledAt = place.position }
        case .shipped:
            findings.demand(createdAt != 0, .o3, "\(shipment.text): shipped out of nowhere")
            findings.demand(canceledAt == 0, .g1, "\(shipment.text): canceled, then shipped")
            if shippedAt == 0 { shippedAt = place.position }
        case .delivered:
            findings.demand(shippedAt != 0, .o3, "\(shipment.text): delivered and not shipped")
            if deliveredAt == 0 { deliveredAt = place.position }
        case .canceled:
            findings.demand(shippedAt == 0, .g1, "\(shipment.text): shipped, then canceled")
            if canceledAt == 0 { canceledAt = place.position }
        case .attempted, .deferred, .cancelRequested: break
        }
    }
}
