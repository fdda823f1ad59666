// SPDX-License-Identifier: Apache-2.0
/// What a shipment is at a moment, and which call to the carrier it owes.

package import Contracts
package import Kernel

/// One parcel; nothing before it was created.
package enum ShipmentState: EntityState {
    case absent
    /// Stopped before it was created: a request that comes late is refused.
    case tombstone(ShipmentID, OrderID)
    /// In a box of its own: a state is copied at every step.
    indirect case open(Open)

    package struct Open: Sendable, Equatable {
        package let shipment: ShipmentID
        package let order: OrderID
        package let units: Int64
        /// Until the carrier has taken the label: nobody needs it any more then.
        package var recipient: Recipient?
        package var phase: Phase
        /// The call that the present phase owes, or the question that is asked now and then.
        package var attempts: Attempts
        /// When the first question about the present phase was due.
        package var askedSince = Timestamp(milliseconds: 0)
        package var tracking: String

        package var isInFlight: Bool { attempts.isInFlight }
        package var due: Timestamp? { attempts.due }
    }

    package enum Phase: String, Sendable, CaseIterable {
        /// The place of its call among the operations that have slots of their own at the
        /// carrier's worker: label, cancel, track.
        package var operation: Int {
            switch self {
            case .labeling: 0
            case .canceling: 1
            case .labeled, .shipped, .delivered, .canceled: 2
            }
        }

        /// The label is being bought.
        case labeling
        /// The parcel waits for the carrier.
        case labeled
        case shipped
        case delivered
        case canceling
        case canceled
    }

    package var due: Timestamp? {
        if case .open(let open) = self { open.due } else { nil }
    }

    package var isAtRest: Bool {
        switch self {
        case .absent: false
        case .tombstone: true
        case .open(let open): open.phase == .delivered || open.phase == .canceled
        }
    }
}

extension ShipmentState: WireCoded {
    package func write(to writer: inout WireWriter) {
        switch self {
        case .absent: writer.field("kind", 0)
        case .tombstone(let shipment, let order):
            writer.field("kind", 1)
            writer.field("shipment", shipment)
            writer.field("order", order)
        case .open(let open):
            writer.field("kind", 2)
            writer.field("shipment", open.shipment)
            writer.field("order", open.order)
            writer.field("units", open.units)
            writer.optional("recipient", open.recipient)
            writer.slug("phase", open.phase)
            open.attempts.write(to: &writer)
            writer.field("askedSince", open.askedSince)
            writer.field("tracking", open.tracking)
        }
    }

    package init(from reader: inout WireReader) throws(WireError) {
        let kind = try reader.int("kind")
        if kind == 0 {
            self = .absent
            return
        }
        guard kind == 1 || kind == 2 else { throw .badField("kind") }
        let shipment: ShipmentID = try reader.id("shipment")
        let order: OrderID = try reader.id("order")
        guard kind == 2 else {
            self = .tombstone(shipment, order)
            return
        }
        let units = try reader.int("units")
        let recipient = try reader.optional("recipient", of: Recipient.self)
        let phase = try reader.slug("phase", of: Phase.self)
        let attempts = try Attempts(from: &reader)
        let askedSince = try reader.timestamp("askedSince")
        self = .open(
            Open(
                shipment: shipment, order: order, units: units, recipient: recipient,
                phase: phase, attempts: attempts, askedSince: askedSince,
                tracking: try reader.string("tracking")))
    }
}
