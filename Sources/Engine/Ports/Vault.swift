// SPDX-License-Identifier: Apache-2.0
/// Keeps the keys under which persons' data is sealed.

public import Kernel

public protocol Vault: Sendable {
    /// Seals `plain` for the person whom `contact` (an e-mail address) names. The person's key is
    /// durable when this returns.
    func seal(
        _ plain: [UInt8], contact: String
    ) async throws(VaultFailure) -> (person: UUIDv7, box: [UInt8])
    func open(_ box: [UInt8], person: UUIDv7) throws(VaultFailure) -> [UInt8]
    /// Destroys the person's key: whatever was sealed with it stays sealed for ever.
    func erase(_ person: UUIDv7) throws(VaultFailure)
}

public enum VaultFailure: Error, Equatable, Sendable {
    /// The person was erased, or was never known here.
    case erased
    /// The box was not made with this person's key, or was altered.
    case tampered
    /// No room is left for a new person's key; those that are known are served.
    case full
    case unavailable
}
