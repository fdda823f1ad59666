// SPDX-License-Identifier: Apache-2.0
/// The key above all persons' keys: 32 random bytes in a file that only the house's user may read.
/// Whoever has it and the database can open every box; who loses it opens none any more.

import Crypto
import Kernel

/// What the master key is used for; each use has a key of its own, derived from it.
struct MasterKey: Sendable {
    /// Wraps the keys of persons.
    let wrapping: SymmetricKey
    /// Proves that a database belongs to this key.
    let check: [UInt8]
    /// HMAC-SHA-256 under the master key that has taken in "person" already.
    private let persons: HMAC<SHA256>

    static let byteCount = 32

    init(_ bytes: [UInt8]) {
        let master = SymmetricKey(data: bytes)
        wrapping = SymmetricKey(data: Self.derived("wrapping", from: master))
        check = Self.derived("check", from: master)
        var persons = HMAC<SHA256>(key: master)
        persons.update(data: Array("person".utf8))
        self.persons = persons
    }

    /// The same for every spelling of the contact, and of no use to whoever lacks the key. Shaped
    /// as UUIDv7, but its time is none.
    func person(_ contact: String) -> UUIDv7 {
        var code = persons
        code.update(data: Self.normalized(contact))
        return code.finalize().withUnsafeBytes { bytes in
            let high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
            let low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            return UUIDv7(
                high: high & ~0xf000 | 0x7000, low: low & ~(0b11 << 62) | 0b10 << 62)
        }
    }

    /// In lower case and without white space around it.
    static func normalized(_ contact: String) -> [UInt8] {
        let isASCII = contact.utf8.allSatisfy { $0 < 0x80 }
        guard isASCII else {
            let front = contact.drop { $0.isWhitespace }
            let last = front.lastIndex { !$0.isWhitespace }
            let end = last.map { front.index(after: $0) } ?? front.startIndex
            return Array(front[..<end].lowercased().utf8)
        }
        var bytes = Array(contact.utf8.drop { isSpace($0) })
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        for index in bytes.indices where bytes[index] &- UInt8(ascii: "A") < 26 {
            bytes[index] |= 0x20
        }
        return bytes
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0d ~= byte }

    private static func derived(_ use: String, from master: SymmetricKey) -> [UInt8] {
        HMAC<SHA256>.authenticationCode(for: Array(use.utf8), using: master)
            .withUnsafeBytes { Array($0) }
    }
}
