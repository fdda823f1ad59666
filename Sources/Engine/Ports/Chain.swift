// SPDX-License-Identifier: Apache-2.0
/// The hash chain over stored bytes: SHA-256, or HMAC-SHA-256 when the house has a key.

public protocol Chain: Sendable {
    /// The chain's value after `bytes`, given the one before (empty at the beginning).
    func link(_ head: [UInt8], _ bytes: [UInt8]) -> [UInt8]
}
