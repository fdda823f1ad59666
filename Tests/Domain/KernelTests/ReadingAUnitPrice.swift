// SPDX-License-Identifier: Apache-2.0
/// Unit prices as plain decimals, exact in both directions.

import Kernel
import Testing

@Suite struct `Reading a unit price` {
    @Test(
        arguments: [
            ("0.001", "EUR", 1_000), ("-3.5", "EUR", -3_500_000), ("0", "EUR", 0),
            ("12", "EUR", 12_000_000), ("12.50", "EUR", 12_500_000), ("0.000001", "EUR", 1),
            ("-0.000001", "EUR", -1), ("-0", "EUR", 0), ("0.0", "EUR", 0),
            ("1.000000", "EUR", 1_000_000),
            ("3", "JPY", 30_000), ("0.0001", "JPY", 1), ("0.0000001", "KWD", 1),
            ("0.00000001", "CLF", 1),
            ("9223372036854.775807", "EUR", .max), ("-9223372036854.775808", "EUR", .min),
            ("922337203685477.5807", "JPY", .max),
        ] as [(String, String, Int64)])
    func `takes plain decimals`(_ text: String, _ code: String, _ tenThousandths: Int64) throws {
        let currency = try #require(Currency(code: code))
        let price = UnitPrice(decimal: text, currency: currency)
        #expect(price == UnitPrice(tenThousandths: tenThousandths, currency: currency))
    }

    @Test(arguments: [
        "", "-", ".", "-.", "+1", "1.", ".5", "-.5", "1..2", "1.2.3", "--1", "1-", "-1-", "1e3",
        "1E3", " 1", "1 ", "1 000", "1,5", "1_000", "0x10", "00", "01", "-01.5", "00.5",
        "1.0000000", "0.0000001", "NaN", "inf", "١", "1\0", "\0", "½", "1.5€",
        "9223372036854.775808", "-9223372036854.775809", "10000000000000", "99999999999999999999",
        "18446744073709.551616", "0.00000000000000000000000000001",
        String(repeating: "9", count: 10_000),
    ])
    func `refuses everything else`(_ text: String) {
        #expect(UnitPrice(decimal: text, currency: .eur) == nil)
    }

    @Test(arguments: [("JPY", "0.00001"), ("EUR", "0.0000001"), ("KWD", "0.00000001")])
    func `refuses more decimals than four beyond the minor unit`(
        _ code: String, _ text: String
    ) throws {
        let currency = try #require(Currency(code: code))
        #expect(UnitPrice(decimal: text, currency: currency) == nil)
        #expect(UnitPrice(decimal: text.dropLast(), currency: currency)?.tenThousandths == 0)
    }
}

@Suite struct `Writing a unit price` {
    @Test(
        arguments: [
            ("EUR", 1_000, "0.001"), ("EUR", 12_500_000, "12.50"), ("EUR", 12_000_000, "12.00"),
            ("EUR", 1, "0.000001"), ("EUR", -3_500_000, "-3.50"), ("EUR", 0, "0.00"),
            ("EUR", 120_000, "0.12"), ("EUR", 123_000, "0.123"), ("JPY", 120_000, "12"),
            ("JPY", 125_000, "12.5"), ("JPY", 0, "0"), ("KWD", 10_000, "0.001"),
            ("EUR", .max, "9223372036854.775807"), ("EUR", .min, "-9223372036854.775808"),
        ] as [(String, Int64, String)])
    func `is exact, short, and has the minor unit's decimals`(
        _ code: String, _ tenThousandths: Int64, _ text: String
    ) throws {
        let currency = try #require(Currency(code: code))
        let price = UnitPrice(tenThousandths: tenThousandths, currency: currency)
        #expect(price.decimal == text)
        #expect("\(price)" == "\(code) \(text)")
    }

    @Test func `is read back`() {
        var random = SplitMix64(seed: 9)
        for currency in Currency.all {
            for _ in 0..<50 {
                let price = UnitPrice(tenThousandths: random.amount(), currency: currency)
                #expect(UnitPrice(decimal: price.decimal, currency: currency) == price)
            }
        }
    }
}
