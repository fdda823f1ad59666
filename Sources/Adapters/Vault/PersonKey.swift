// SPDX-License-Identifier: Apache-2.0
/// A person's key, and the boxes that it makes: one byte of version, four of the key's generation,
/// twelve of nonce, the ciphertext, sixteen of tag (AES-256-GCM). The person's id and the first
/// five bytes are authenticated, so that a box opens for its own person only. (ChaChaPoly measures
/// the same: most of the two microseconds is neither's.)

import Crypto
import Foundation
import Kernel
import Ports

struct PersonKey: Sendable {
    /// Counts the keys that a person has had: one more for each erasure.
    let generation: UInt32
    let key: SymmetricKey

    private static let version: UInt8 = 1
    private static let headerCount = 5
    static let nonceCount = 12
    private static let tagCount = 16

    /// `nonce` is twelve bytes of a `RandomPool`.
    func seal(_ plain: [UInt8], for person: UUIDv7, nonce: [UInt8]) throws -> [UInt8] {
        let sealed = try AES.GCM.seal(
            plain, using: key, nonce: AES.GCM.Nonce(data: nonce),
            authenticating: context(of: person))
        var box: [UInt8] = []
        box.reserveCapacity(Self.headerCount + Self.nonceCount + plain.count + Self.tagCount)
        appendHeader(to: &box)
        box.append(contentsOf: sealed.combined ?? Data())
        return box
    }

    func open(_ box: [UInt8], for person: UUIDv7) throws(VaultFailure) -> [UInt8] {
        do {
            let sealed = try AES.GCM.SealedBox(combined: box[Self.headerCount...])
            return [UInt8](
                try AES.GCM.open(sealed, using: key, authenticating: context(of: person)))
        } catch {
            throw .tampered
        }
    }

    /// The generation of the key that `box` says it was made with; nil when it is no box.
    static func generation(of box: [UInt8]) -> UInt32? {
        guard box.count >= headerCount + nonceCount + tagCount, box[0] == version else {
            return nil
        }
        return box[1..<headerCount].reduce(0) { $0 << 8 | UInt32($1) }
    }

    private func context(of person: UUIDv7) -> [UInt8] {
        var context: [UInt8] = []
        context.reserveCapacity(16 + Self.headerCount)
        person.append(to: &context)
        appendHeader(to: &context)
        return context
    }

    private func appendHeader(to bytes: inout [UInt8]) {
        bytes.append(Self.version)
        withUnsafeBytes(of: generation.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
