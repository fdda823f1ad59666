// SPDX-License-Identifier: Apache-2.0
/// Sums and products of money are exact or an error, never something near.

import Kernel
import Testing

private func eur(_ amount: Int64) -> Money { Money(amount: amount, currency: .eur) }

@Suite struct `Adding money` {
    @Test func `of one currency gives the sum`() throws {
        #expect(try eur(1).adding(eur(2)) == eur(3))
        #expect(try eur(.max).adding(eur(.min)) == eur(-1))
        #expect(try eur(.max - 1).adding(eur(1)) == eur(.max))
        #expect(try eur(1).subtracting(eur(2)) == eur(-1))
        #expect(try eur(-1).subtracting(eur(.max)) == eur(.min))
        #expect(try eur(7).adding(.zero(.eur)) == eur(7))
    }

    @Test func `of two currencies is refused`() {
        let dollar = Money(amount: 1, currency: .usd)
        #expect(throws: MoneyError.currencyMismatch) { try eur(1).adding(dollar) }
        #expect(throws: MoneyError.currencyMismatch) { try eur(1).subtracting(dollar) }
        #expect(throws: MoneyError.currencyMismatch) { try eur(.max).adding(dollar) }
        #expect(throws: MoneyError.currencyMismatch) { try eur(1).adding(.zero(.usd)) }
    }

    @Test func `beyond 64 bits is refused`() {
        #expect(throws: MoneyError.overflow) { try eur(.max).adding(eur(1)) }
        #expect(throws: MoneyError.overflow) { try eur(.min).adding(eur(-1)) }
        #expect(throws: MoneyError.overflow) { try eur(.min).subtracting(eur(1)) }
        #expect(throws: MoneyError.overflow) { try eur(0).subtracting(eur(.min)) }
    }
}

@Suite struct `Multiplying money` {
    @Test func `gives the product`() throws {
        #expect(try eur(3).multiplied(by: -4) == eur(-12))
        #expect(try eur(.max).multiplied(by: 1) == eur(.max))
        #expect(try eur(.max).multiplied(by: 0) == eur(0))
        #expect(try eur(.max).multiplied(by: -1) == eur(-.max))
    }

    @Test func `beyond 64 bits is refused`() {
        #expect(throws: MoneyError.overflow) { try eur(.max).multiplied(by: 2) }
        #expect(throws: MoneyError.overflow) { try eur(.min).multiplied(by: -1) }
        #expect(throws: MoneyError.overflow) { try eur(1 << 32).multiplied(by: 1 << 31) }
    }
}

@Suite struct `Describing money` {
    @Test(
        arguments: [
            ("GBP", 1_234, "GBP 12.34"), ("GBP", -5, "GBP -0.05"), ("GBP", 0, "GBP 0.00"),
            ("GBP", 100, "GBP 1.00"), ("GBP", -123_456, "GBP -1234.56"),
            ("JPY", 500, "JPY 500"), ("JPY", 0, "JPY 0"), ("JPY", -1, "JPY -1"),
            ("KWD", 1, "KWD 0.001"), ("KWD", 12_345, "KWD 12.345"),
            ("CLF", 1, "CLF 0.0001"), ("CLF", 10_000, "CLF 1.0000"),
            ("EUR", .max, "EUR 92233720368547758.07"), ("EUR", .min, "EUR -92233720368547758.08"),
            ("JPY", .min, "JPY -9223372036854775808"),
        ] as [(String, Int64, String)])
    func `honors the exponent`(_ code: String, _ amount: Int64, _ text: String) throws {
        let currency = try #require(Currency(code: code))
        #expect("\(Money(amount: amount, currency: currency))" == text)
    }

    @Test func `tells debts and nothing`() {
        #expect(eur(-1).isNegative && !eur(0).isNegative && !eur(1).isNegative)
        #expect(eur(0).isZero && !eur(1).isZero && !eur(-1).isZero)
    }
}
