// SPDX-License-Identifier: Apache-2.0
/// Amounts of money in whole minor units. No fraction exists, nothing is rounded here, and nothing
/// wraps round: an amount that does not fit is an error.

/// An amount of one currency. It may be negative: a refund, a correction.
@frozen public struct Money: Hashable, Sendable {
    /// Minor units: cents for EUR, yen for JPY.
    public let amount: Int64
    public let currency: Currency

    @inlinable
    public init(amount: Int64, currency: Currency) {
        self.amount = amount
        self.currency = currency
    }

    @inlinable
    public static func zero(_ currency: Currency) -> Money { Money(amount: 0, currency: currency) }

    @inlinable
    public var isNegative: Bool { amount < 0 }

    @inlinable
    public var isZero: Bool { amount == 0 }

    /// Throws `currencyMismatch` or `overflow`.
    @inlinable
    public func adding(_ other: Money) throws(MoneyError) -> Money {
        guard currency == other.currency else { throw .currencyMismatch }
        let (sum, overflows) = amount.addingReportingOverflow(other.amount)
        guard !overflows else { throw .overflow }
        return Money(amount: sum, currency: currency)
    }

    /// Throws `currencyMismatch` or `overflow`.
    @inlinable
    public func subtracting(_ other: Money) throws(MoneyError) -> Money {
        guard currency == other.currency else { throw .currencyMismatch }
        let (difference, overflows) = amount.subtractingReportingOverflow(other.amount)
        guard !overflows else { throw .overflow }
        return Money(amount: difference, currency: currency)
    }

    /// Throws `overflow`.
    @inlinable
    public func multiplied(by factor: Int64) throws(MoneyError) -> Money {
        let (product, overflows) = amount.multipliedReportingOverflow(by: factor)
        guard !overflows else { throw .overflow }
        return Money(amount: product, currency: currency)
    }
}

extension Money {
    /// Reads a plain decimal of major units, `12.34` or `12`. Decimals beyond the currency's may
    /// only be zeros. Nil for everything else; see `UnitPrice.init(decimal:currency:)`.
    public init?(decimal: some StringProtocol, currency: Currency) {
        guard let price = UnitPrice(decimal: decimal, currency: currency),
            price.tenThousandths.isMultiple(of: 10_000)
        else { return nil }
        self.init(amount: price.tenThousandths / 10_000, currency: currency)
    }
}

/// Why an amount cannot be computed.
public enum MoneyError: Error, Equatable, Sendable {
    /// The result does not fit into 64 bits.
    case overflow
    /// Amounts of two currencies have no sum.
    case currencyMismatch
    /// Ratios must be at least one, none of them negative, not all of them zero.
    case badRatios
}

extension Money: CustomStringConvertible {
    /// In major units, `12.34`; `init(decimal:currency:)` reads it back.
    public var decimal: String {
        decimalText(
            amount.magnitude, isNegative: isNegative, decimals: currency.exponent,
            decimalsMin: currency.exponent)
    }

    /// `GBP 12.34`, `JPY -500`, `KWD 0.001`: for logs and tests, not for customers.
    public var description: String { currency.code + " " + decimal }
}

/// `units` with a point before the last `decimals` digits. Trailing zeros beyond `decimalsMin`
/// decimals are left out, and the point as well if no decimals remain.
func decimalText(
    _ units: UInt64, isNegative: Bool, decimals: Int, decimalsMin: Int
) -> String {
    var rest = units
    var count = decimals
    while count > decimalsMin, rest.isMultiple(of: 10) {
        rest /= 10
        count -= 1
    }
    var reversed: [UInt8] = []
    reversed.reserveCapacity(24)
    repeat {
        if count > 0, reversed.count == count { reversed.append(UInt8(ascii: ".")) }
        reversed.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
        rest /= 10
    } while rest > 0 || reversed.count <= count
    if isNegative { reversed.append(UInt8(ascii: "-")) }
    reversed.reverse()
    return String(decoding: reversed, as: UTF8.self)
}
