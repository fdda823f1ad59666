// SPDX-License-Identifier: Apache-2.0
/// What is sealed of a person, and read again where a label or a mail needs it.

import Kernel

/// Name, e-mail and address in the clear. Exists only at the edge, in memory, for a moment.
public struct PersonalData: Sendable, Equatable {
    public let name: String
    public let email: String
    public let line: String
    public let city: String
    public let postcode: String
    /// The part of the country, such as `US-CA`; may be empty.
    public let region: String
    public let country: String

    public init(
        name: String, email: String, line: String, city: String, postcode: String,
        region: String = "", country: String
    ) {
        self.name = name
        self.email = email
        self.line = line
        self.city = city
        self.postcode = postcode
        self.region = region
        self.country = country
    }

    /// The plain form that is sealed: a version, then counted texts.
    public var bytes: [UInt8] {
        var writer = WireWriter(binary: 128)
        writer.field("version", 1)
        for text in [name, email, line, city, postcode, region, country] {
            writer.field("text", text)
        }
        return writer.bytes
    }

    /// Nil when the bytes are not of this form.
    public init?(bytes: [UInt8]) {
        var reader = WireReader(binary: bytes)
        do throws(WireError) {
            guard try reader.int("version") == 1 else { return nil }
            name = try reader.string("name")
            email = try reader.string("email")
            line = try reader.string("line")
            city = try reader.string("city")
            postcode = try reader.string("postcode")
            region = try reader.string("region")
            country = try reader.string("country")
        } catch {
            return nil
        }
    }

    /// The address as a label shows it.
    public var label: String {
        [name, line, postcode.isEmpty ? city : "\(postcode) \(city)", region, country]
            .filter { !$0.isEmpty }.joined(separator: ", ")
    }
}
