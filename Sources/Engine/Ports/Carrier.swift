// SPDX-License-Identifier: Apache-2.0
/// A carrier. Labels and cancellations are idempotent by shipment.

public import Kernel

public protocol Carrier: Sendable {
    func perform(_ calls: [CarrierCall], _ answers: @escaping Answers<CarrierAnswer>) async
    /// Hands what the carrier says unasked to `handler`, from now on, and on any thread.
    func onUpdate(_ handler: @escaping @Sendable ([CarrierUpdate]) -> Void)
}

public enum CarrierAnswer: Sendable, Equatable {
    case labeled(tracking: String)
    /// The answer to `track`, and to a `cancel` that came too late.
    case status(CarrierStatus)
    case canceled
    case notFound
    case unavailable
    case unknown
}

/// Where a parcel is. Later states never turn into earlier ones.
public enum CarrierStatus: String, Sendable, CaseIterable {
    case labeled
    case shipped
    case delivered
    case canceled
}

/// What a carrier says unasked: at least once, in any order, or never.
public struct CarrierUpdate: Sendable, Equatable {
    public let shipment: UUIDv7
    public let status: CarrierStatus

    public init(shipment: UUIDv7, status: CarrierStatus) {
        self.shipment = shipment
        self.status = status
    }
}
