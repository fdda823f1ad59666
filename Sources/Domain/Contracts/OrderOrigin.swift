// SPDX-License-Identifier: Apache-2.0
/// Where an order comes from, in the shop's own words: for its reports, and to find it again.

public import Kernel

/// What the shop knows of an order beside what is sold. All of it is in the clear, so none of it
/// may name a person.
public struct OrderOrigin: Hashable, Sendable, WireCoded {
    /// The channel by which it was placed, such as `web` or `pos`.
    public let source: String?
    /// The part of the country that it goes to, as ISO 3166-2 has it: `DE-BY`.
    public let region: String?
    /// The shop's own id of the customer.
    public let customer: String?
    /// The shop's own id of the order.
    public let reference: String?

    public init(
        source: String? = nil, region: String? = nil, customer: String? = nil,
        reference: String? = nil
    ) {
        self.source = source
        self.region = region
        self.customer = customer
        self.reference = reference
    }

    /// Nothing is known.
    public static let unknown = OrderOrigin()

    public func write(to writer: inout WireWriter) {
        writer.optional("source", source)
        writer.optional("region", region)
        writer.optional("customer", customer)
        writer.optional("reference", reference)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        source = try reader.optionalString("source")
        region = try reader.optionalString("region")
        customer = try reader.optionalString("customer")
        reference = try reader.optionalString("reference")
    }
}
