// SPDX-License-Identifier: Apache-2.0
/// Personal data as the house may know it: sealed under a key of the person's own. Destroying that
/// key erases the person from every log, while the books still balance.

public import Kernel

/// Personal data that only the holder of the person's key can open.
public struct Sealed: Hashable, Sendable, WireCoded {
    public let person: PersonID
    /// Nonce, ciphertext and tag, as the vault made them.
    public let box: [UInt8]

    public init(person: PersonID, box: [UInt8]) {
        self.person = person
        self.box = box
    }

    public func write(to writer: inout WireWriter) {
        writer.field("person", person)
        writer.field("box", bytes: box)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        person = try reader.id("person")
        box = try reader.bytes("box")
    }
}

/// To whom an order goes: name, address and contacts sealed, the country in the clear.
public struct Recipient: Hashable, Sendable, WireCoded {
    public let sealed: Sealed
    public let country: Country

    public init(sealed: Sealed, country: Country) {
        self.sealed = sealed
        self.country = country
    }

    public func write(to writer: inout WireWriter) {
        writer.field("sealed", sealed)
        writer.field("country", country.code)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        sealed = try reader.value("sealed")
        guard let country = Country(try reader.string("country")) else {
            throw .badField("country")
        }
        self.country = country
    }
}
