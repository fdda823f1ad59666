// SPDX-License-Identifier: Apache-2.0
/// What one piece costs. Screws cost less than a cent each, so a unit price is finer than money; a
/// line's total is computed exactly and rounded once, by the house's rule, never per unit.

/// A price per unit with four decimals more than the currency's minor unit. It may be negative
/// (a deposit given back). EUR 0.001, a tenth of a cent, is 1,000.
@frozen public struct UnitPrice: Hashable, Sendable {
    /// Ten-thousandths of a minor unit.
    public let tenThousandths: Int64
    public let currency: Currency

    @inlinable
    public init(tenThousandths: Int64, currency: Currency) {
        self.tenThousandths = tenThousandths
        self.currency = currency
    }

    /// A price in whole minor units. Throws `overflow`.
    @inlinable
    public init(_ money: Money) throws(MoneyError) {
        let (product, overflows) = money.amount.multipliedReportingOverflow(by: 10_000)
        guard !overflows else { throw .overflow }
        self.init(tenThousandths: product, currency: money.currency)
    }

    /// Decimals that a price in `currency` can have.
    @inlinable
    static func decimals(_ currency: Currency) -> Int { currency.exponent + 4 }

    /// The price of `quantity` units, exact, then rounded once to whole minor units.
    ///
    /// Throws `overflow` if the total does not fit.
    @inlinable
    public func total(
        for quantity: Quantity, rounding: Rounding = .halfEven
    ) throws(MoneyError) -> Money {
        // 63 bits by 20: fits into 128.
        let product = Int128(tenThousandths) * Int128(quantity.units)
        guard let rounded = Int64(exactly: rounding.divided(product)) else { throw .overflow }
        return Money(amount: rounded, currency: currency)
    }
}

/// How the ten-thousandths of a total become whole minor units. The names are those of
/// java.math.RoundingMode; all are symmetric about zero, so a credit mirrors its charge.
@frozen public enum Rounding: Sendable {
    /// To the nearest, halves to the even neighbour: the house's rule.
    case halfEven
    /// To the nearest, halves away from zero.
    case halfUp
    /// Towards zero.
    case down
    /// Away from zero.
    case up

    /// `product` divided by 10,000.
    @inlinable
    func divided(_ product: Int128) -> Int128 {
        let (quotient, remainder) =
            if let small = Int64(exactly: product) {
                (Int128(small / 10_000), small % 10_000)
            } else {
                (product / 10_000, Int64(product % 10_000))
            }
        let magnitude = abs(remainder)
        let growsAway =
            switch self {
            case .halfEven: magnitude > 5_000 || magnitude == 5_000 && quotient & 1 == 1
            case .halfUp: magnitude >= 5_000
            case .down: false
            case .up: magnitude > 0
            }
        return growsAway ? quotient + (product < 0 ? -1 : 1) : quotient
    }
}

extension UnitPrice {
    /// Reads a plain decimal of major units, `0.001` or `-3.5`: an optional minus, digits without
    /// needless leading zeros, and optionally a point with 1 to `exponent + 4` digits. Nil for
    /// everything else: signs of plus, exponents, blanks, more digits, prices that do not fit.
    public init?(decimal: some StringProtocol, currency: Currency) {
        var units: UInt64 = 0
        var digits = 0
        var decimals: Int?
        var isNegative = false
        var previous: UInt8 = 0
        for byte in decimal.utf8 {
            switch byte {
            case UInt8(ascii: "-") where previous == 0:
                isNegative = true
            case UInt8(ascii: ".") where digits > 0 && decimals == nil:
                decimals = 0
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if decimals == nil, digits == 1, units == 0 { return nil }
                guard decimals != Self.decimals(currency),
                    Self.append(byte - UInt8(ascii: "0"), to: &units)
                else { return nil }
                digits += 1
                decimals = decimals.map { $0 + 1 }
            default: return nil
            }
            previous = byte
        }
        guard digits > 0, decimals != 0 else { return nil }
        for _ in (decimals ?? 0)..<Self.decimals(currency) {
            guard Self.append(0, to: &units) else { return nil }
        }
        guard units <= (isNegative ? Int64.min : Int64.max).magnitude else { return nil }
        let bits = isNegative ? 0 &- units : units
        self.init(tenThousandths: Int64(truncatingIfNeeded: bits), currency: currency)
    }

    /// The price in major units, exact and shortest, but with all decimals of the minor unit:
    /// `0.001`, `12.50`, and for JPY `12`. `init(decimal:currency:)` reads it back.
    public var decimal: String {
        decimalText(
            tenThousandths.magnitude, isNegative: tenThousandths < 0,
            decimals: Self.decimals(currency), decimalsMin: currency.exponent)
    }

    private static func append(_ digit: UInt8, to units: inout UInt64) -> Bool {
        let (product, overflows) = units.multipliedReportingOverflow(by: 10)
        let (sum, overflowsToo) = product.addingReportingOverflow(UInt64(digit))
        units = sum
        return !overflows && !overflowsToo
    }
}

extension UnitPrice: CustomStringConvertible {
    /// `EUR 0.001`: for logs and tests.
    public var description: String { currency.code + " " + decimal }
}
