// SPDX-License-Identifier: Apache-2.0
/// Dividing an amount without losing a minor unit: a discount over the lines of an order, a payment
/// over its shipments. The method of the largest remainder (Hamilton, Vinton).

extension Money {
    /// Shares in proportion to `ratios`, in their order. They always add up to the whole, each is
    /// within one minor unit of its exact value, and a ratio of zero gets nothing. The units left
    /// over after rounding towards zero go one each to the largest remainders, ties to the first.
    /// A negative amount is divided as its positive one would be, so a refund mirrors the charge.
    ///
    /// Throws `badRatios` unless there is at least one ratio, none is negative and one is positive.
    public func allocated(by ratios: [Int64]) throws(MoneyError) -> [Money] {
        var sum: UInt128 = 0
        for ratio in ratios {
            guard ratio >= 0 else { throw .badRatios }
            sum += UInt128(ratio)
        }
        guard sum > 0 else { throw .badRatios }
        var shares = [UInt64](repeating: 0, count: ratios.count)
        var remainders = [UInt128](repeating: 0, count: ratios.count)
        var left = amount.magnitude
        for index in ratios.indices {
            // At most 2^63 * (2^63 - 1): no overflow. A share is at most the whole amount.
            let product = UInt128(amount.magnitude) * UInt128(ratios[index])
            let (quotient, remainder) = product.quotientAndRemainder(dividingBy: sum)
            shares[index] = UInt64(quotient)
            remainders[index] = remainder
            left -= shares[index]
        }
        if left > 0 {
            let order = ratios.indices.sorted {
                (remainders[$1], $0) < (remainders[$0], $1)
            }
            // Less than one unit per positive remainder is left, so the shares take all of it.
            for index in order.prefix(Int(left)) { shares[index] += 1 }
        }
        return shares.map(signed)
    }

    /// Equal shares, the first ones one minor unit larger where it does not come out even.
    ///
    /// Throws `badRatios` if `parts` is less than one.
    public func split(into parts: Int) throws(MoneyError) -> [Money] {
        guard parts >= 1 else { throw .badRatios }
        let (share, rest) = amount.magnitude.quotientAndRemainder(dividingBy: UInt64(parts))
        return (0..<parts).map { signed(share + (UInt64($0) < rest ? 1 : 0)) }
    }

    /// A part of this amount's magnitude, with this amount's sign.
    private func signed(_ magnitude: UInt64) -> Money {
        let share = isNegative ? 0 &- magnitude : magnitude
        return Money(amount: Int64(truncatingIfNeeded: share), currency: currency)
    }
}
