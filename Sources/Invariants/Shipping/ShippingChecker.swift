// SPDX-License-Identifier: Apache-2.0
/// What checks shipments, by their facts and against the books of the carrier.

package import Contracts
package import Kernel
import Ports
import ShippingDomain
package import ShippingService

package final class ShippingChecker: EventTaker<ShipmentEvent>, ServiceChecker {
    package typealias Checked = Shipping

    /// What is promised of shipments is promised together with their orders, or of every call.
    package static let rules: [Rule] = []
    package static let noun: String? = "shipments"

    package static func subject(of event: ShipmentEvent) -> (order: OrderID, entity: UUIDv7)? {
        (event.order, event.shipment.raw)
    }

    let shipments: EntityTable<ShipmentEntry>

    package init(_ settings: CheckerSettings) { shipments = EntityTable(settings) }

    package override func note(
        _ event: ShipmentEvent, at place: Place, answering heard: Heard,
        _ context: inout CheckContext
    ) {
        let index = shipments.note(
            event.shipment, of: event.order, at: place, answering: heard, &context)
        shipments[index].note(event, place, heard, &context.findings)
    }

    package func check(
        _ shards: [LogFold<Shipping>], in house: Snapshot, _ orders: OrderNumbers,
        _ findings: inout Findings
    ) {
        for shard in shards {
            for (id, shipment) in shard.entities { check(id, shipment.state, in: house, &findings) }
        }
        guard house.isAtRest else { return }
        for id in house.outside.shipments.lazy.map({ ShipmentID($0) })
        where !shards.contains(where: { $0.entities[id] != nil }) {
            findings.demand(
                house.outside.parcel(id.raw)?.labels == 0, .g3,
                "\(id.text): the carrier knows it and we do not")
        }
    }

    private func check(
        _ id: ShipmentID, _ shipment: ShipmentState, in house: Snapshot, _ findings: inout Findings
    ) {
        guard case .open(let open) = shipment else { return }
        let parcel = house.outside.parcel(id.raw)
        findings.demand((parcel?.labels ?? 0) <= 1, .g3, "\(id.text): labels")
        findings.demand(shipment.isAtRest || open.due != nil, .g4, id.text)
        findings.demand(
            !house.isAtRest || shipment.isAtRest, .o5, "\(id.text): \(open.phase.rawValue)")
        let status = parcel?.status
        switch open.phase {
        case .labeled: findings.demand(parcel?.labels == 1, .g3, "\(id.text): no label")
        case .shipped:
            findings.demand(status == .shipped || status == .delivered, .g3, id.text)
        case .delivered: findings.demand(status == .delivered, .g3, id.text)
        case .canceled:
            findings.demand(status != .shipped && status != .delivered, .g3, id.text)
        case .labeling, .canceling: break
        }
    }
}
