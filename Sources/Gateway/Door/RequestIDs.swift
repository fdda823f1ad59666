// SPDX-License-Identifier: Apache-2.0
/// Names for requests, by which a caller and an operator can speak of the same one.

import Ports

struct RequestIDs: Sendable {
    let entropy: any Entropy

    /// The caller's own id, if it is harmless; a fresh one otherwise.
    func id(asked: String?) -> String {
        if let asked, (1...64).contains(asked.utf8.count),
            asked.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        {
            return asked
        }
        return "req_" + String(entropy.next(), radix: 16)
    }
}
