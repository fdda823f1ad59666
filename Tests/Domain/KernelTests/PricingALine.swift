// SPDX-License-Identifier: Apache-2.0
/// Unit prices below a minor unit, and totals that are rounded once.

import Kernel
import Testing

private func eur(_ amount: Int64) -> Money { Money(amount: amount, currency: .eur) }

private func price(_ tenThousandths: Int64) -> UnitPrice {
    UnitPrice(tenThousandths: tenThousandths, currency: .eur)
}

@Suite struct `Pricing a line` {
    @Test(
        arguments: [
            (1_000, 1_000, 100), (1_000, 5, 0), (1_000, 15, 2), (1_000, 25, 2), (1_000, 35, 4),
            (12_345_600, 3, 3_704), (-1_000, 15, -2), (-1_000, 25, -2), (9_999, 1, 1), (0, 7, 0),
        ] as [(Int64, Int, Int64)])
    func `rounds once, halves to even`(
        _ tenThousandths: Int64, _ units: Int, _ amount: Int64
    ) throws {
        let quantity = try #require(Quantity(units))
        #expect(try price(tenThousandths).total(for: quantity, rounding: .halfEven) == eur(amount))
        #expect(try price(tenThousandths).total(for: quantity) == eur(amount))
    }

    /// The table of java.math.RoundingMode, which these rules are named after.
    @Test(
        arguments: [
            (55_000, 6, 6, 5, 6), (25_000, 2, 3, 2, 3), (16_000, 2, 2, 1, 2), (11_000, 1, 1, 1, 2),
            (10_000, 1, 1, 1, 1), (-10_000, -1, -1, -1, -1), (-11_000, -1, -1, -1, -2),
            (-16_000, -2, -2, -1, -2), (-25_000, -2, -3, -2, -3), (-55_000, -6, -6, -5, -6),
            (4_999, 0, 0, 0, 1), (5_000, 0, 1, 0, 1), (5_001, 1, 1, 0, 1), (15_000, 2, 2, 1, 2),
            (-5_000, 0, -1, 0, -1), (-15_000, -2, -2, -1, -2), (0, 0, 0, 0, 0),
        ] as [(Int64, Int64, Int64, Int64, Int64)])
    func `rounds by the named rule`(
        _ exact: Int64, _ halfEven: Int64, _ halfUp: Int64, _ down: Int64, _ up: Int64
    ) throws {
        let one = try #require(Quantity(1))
        #expect(try price(exact).total(for: one, rounding: .halfEven) == eur(halfEven))
        #expect(try price(exact).total(for: one, rounding: .halfUp) == eur(halfUp))
        #expect(try price(exact).total(for: one, rounding: .down) == eur(down))
        #expect(try price(exact).total(for: one, rounding: .up) == eur(up))
    }

    @Test func `is refused beyond 64 bits`() throws {
        let hundredth = try #require(Quantity(10_000))
        #expect(try price(.max).total(for: hundredth) == eur(.max))
        #expect(try price(.min).total(for: hundredth) == eur(.min))
        let more = try #require(Quantity(10_001))
        #expect(throws: MoneyError.overflow) { try price(.max).total(for: more) }
        #expect(throws: MoneyError.overflow) { try price(.min).total(for: more) }
        #expect(throws: MoneyError.overflow) { try price(.max).total(for: .max) }
    }

    @Test func `is never more than one off, and halves only go to even`() throws {
        var random = SplitMix64(seed: 7)
        for _ in 0..<5_000 {
            let price = price(random.amount() / 128)
            let quantity = try #require(Quantity(random.below(1_000_000) + 1))
            let exact = Int128(price.tenThousandths) * Int128(quantity.units)
            let total = try price.total(for: quantity)
            let off = (Int128(total.amount) * 10_000 - exact).magnitude
            #expect(off <= 5_000)
            #expect(off != 5_000 || total.amount.isMultiple(of: 2))
        }
    }

    @Test func `mirrors a charge in its credit`() throws {
        var random = SplitMix64(seed: 8)
        for rule in [Rounding.halfEven, .halfUp, .down, .up] {
            for _ in 0..<500 {
                let tenThousandths = random.amount() / 1_024
                let quantity = try #require(Quantity(random.below(1_000) + 1))
                let charge = try price(tenThousandths).total(for: quantity, rounding: rule)
                let credit = try price(-tenThousandths).total(for: quantity, rounding: rule)
                #expect(charge.amount == -credit.amount)
            }
        }
    }

    @Test func `of whole money needs no rounding`() throws {
        let price = try UnitPrice(eur(1_250))
        #expect(price.tenThousandths == 12_500_000)
        #expect(try price.total(for: .max, rounding: .up) == eur(1_250_000_000))
        #expect(try UnitPrice(eur(.max / 10_000)).decimal == "9223372036854.77")
        #expect(throws: MoneyError.overflow) { try UnitPrice(eur(.max / 10_000 + 1)) }
        #expect(throws: MoneyError.overflow) { try UnitPrice(eur(.min)) }
    }
}
