// SPDX-License-Identifier: Apache-2.0

public import Kernel

public struct CarrierCall: Sendable, Equatable {
    public let shipment: UUIDv7
    public let operation: Operation
    /// The address to print on the label; empty for the other operations.
    public let address: String
    public let units: Int64

    public init(shipment: UUIDv7, operation: Operation, address: String, units: Int64) {
        self.shipment = shipment
        self.operation = operation
        self.address = address
        self.units = units
    }

    public enum Operation: String, Sendable, CaseIterable {
        case label, cancel, track
    }
}
