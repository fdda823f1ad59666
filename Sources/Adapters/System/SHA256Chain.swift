// SPDX-License-Identifier: Apache-2.0
/// The hash chain over stored bytes. Without a key it shows damage; with one, whoever can write the
/// store but does not hold the key cannot forge history.

import Crypto
import Ports

/// `SHA256(head || bytes)`, or `HMAC-SHA256(key, head || bytes)`.
package struct SHA256Chain: Chain {
    /// Ready to take input: setting up a key costs two blocks, which each link would pay again.
    private let keyed: HMAC<SHA256>?

    /// An empty key would be a key that everybody knows, so it counts as none.
    package init(key: [UInt8]? = nil) {
        keyed = key.flatMap { $0.isEmpty ? nil : HMAC(key: SymmetricKey(data: $0)) }
    }

    package func link(_ head: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        if var code = keyed {
            code.update(data: head)
            code.update(data: bytes)
            return code.finalize().withUnsafeBytes { Array($0) }
        }
        var digest = SHA256()
        digest.update(data: head)
        digest.update(data: bytes)
        return digest.finalize().withUnsafeBytes { Array($0) }
    }
}
