// SPDX-License-Identifier: Apache-2.0
/// Random bits. Not for secrets.

public protocol Entropy: Sendable {
    func next() -> UInt64
}
