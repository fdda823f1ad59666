// SPDX-License-Identifier: Apache-2.0
/// What an order costs beside its articles.

public import Kernel

/// Tax, a discount or shipping: a line of an order that is no article, so nothing is held for it.
public struct Adjustment: Hashable, Sendable, WireCoded {
    public let kind: AdjustmentKind
    /// What customers are shown, such as `VAT 20 %`; may be empty.
    public let label: String
    /// Never negative, whatever the kind.
    public let amount: Money
    /// Whether the prices of the lines contain it: then it changes no total. Only a tax can be.
    public let isIncluded: Bool

    public init(kind: AdjustmentKind, label: String, amount: Money, isIncluded: Bool = false) {
        self.kind = kind
        self.label = label
        self.amount = amount
        self.isIncluded = isIncluded
    }

    /// `total` with this: a discount is taken off it, the others are put on top.
    public func applied(to total: Money) throws(MoneyError) -> Money {
        // Two currencies have no sum, also where one of them would change nothing.
        if isIncluded { return try total.adding(.zero(amount.currency)) }
        switch kind {
        case .discount: return try total.subtracting(amount)
        case .tax, .shipping: return try total.adding(amount)
        }
    }

    public func write(to writer: inout WireWriter) {
        writer.slug("kind", kind)
        writer.field("label", label)
        writer.field("amount", amount)
        writer.field("isIncluded", isIncluded)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        kind = try reader.slug("kind")
        label = try reader.string("label")
        amount = try reader.money("amount")
        isIncluded = try reader.bool("isIncluded")
    }
}
