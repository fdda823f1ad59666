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
    /// True when a good answer needs no body: status, version and place are told and kept.
    @usableFromInline let isBrief: Bool

    package init(identity: InputID, fingerprint: UInt64, expecting expected: Precondition? = nil) {
        self.identity = identity
        self.fingerprint = fingerprint
        self.expected = expected
        isBrief = false
    }

    /// The request that `principal` made under `key`.
    package init(
        principal: Principal, key: String, about body: [UInt8],
        expecting expected: Precondition? = nil, isBrief: Bool = false
    ) {
        let who = Array(principal.name.utf8) + [0] + Array(key.utf8)
        let identity = Murmur3.hash128(who, seed: 0x6f72_6465)
        self.identity = InputID(high: identity.0, low: identity.1)
        fingerprint = Murmur3.hash128(body, seed: 0x626f_6479).0
        self.expected = expected
        self.isBrief = isBrief
    }
}
