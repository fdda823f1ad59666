// SPDX-License-Identifier: Apache-2.0
/// A call to the carrier, before the recipient's address is unsealed for it.

package import Contracts
package import Ports

package struct ParcelCall: Sendable, Equatable {
    package let shipment: ShipmentID
    package let operation: CarrierCall.Operation
    /// Only labels show an address.
    package let recipient: Recipient?
    package let units: Int64

    package init(
        shipment: ShipmentID, operation: CarrierCall.Operation, recipient: Recipient?, units: Int64
    ) {
        self.shipment = shipment
        self.operation = operation
        self.recipient = recipient
        self.units = units
    }
}
