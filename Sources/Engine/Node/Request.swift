// SPDX-License-Identifier: Apache-2.0
/// A retriable request: the same one must get the same answer, however often it comes.

package import Kernel
public import Ports

@usableFromInline package struct Request: Hashable, Sendable {
    /// Principal and idempotency key, hashed to 128 bits.
    @usableFromInline package let identity: InputID
    /// What was asked, hashed: the same key with another body is refused.
    package let fingerprint: UInt64
    /// What must hold for it to be carried out.
    @usableFromInline let expected: Precondition?

    package init(identity: InputID, fingerprint: UInt64, expecting expected: Precondition? = nil) {
        self.identity = identity
        self.fingerprint = fingerprint
        self.expected = expected
    }

    /// The request that `principal` made under `key`.
    package init(
        principal: Principal, key: String, about body: [UInt8],
        expecting expected: Precondition? = nil
    ) {
        let who = Array(principal.name.utf8) + [0] + Array(key.utf8)
        let identity = Murmur3.hash128(who, seed: 0x6f72_6465)
        self.identity = InputID(high: identity.0, low: identity.1)
        fingerprint = Murmur3.hash128(body, seed: 0x626f_6479).0
        self.expected = expected
    }
}

/// What a caller expects of the first entity of its command, at the moment of the decision.
@usableFromInline package enum Precondition: Hashable, Sendable {
    /// That there is one.
    case exists
    /// That there is none.
    case absent
    /// That it is at one of these versions.
    case version(among: [Int64])

    @usableFromInline package func isMet(by version: Int64) -> Bool {
        switch self {
        case .exists: version > 0
        case .absent: version == 0
        case .version(let versions): version > 0 && versions.contains(version)
        }
    }
}
