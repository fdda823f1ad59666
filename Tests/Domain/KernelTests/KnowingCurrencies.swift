// SPDX-License-Identifier: Apache-2.0
/// Which currencies exist, and how fine they are.

import Kernel
import Testing

@Suite struct `Knowing a currency` {
    @Test(arguments: [
        ("EUR", 2), ("USD", 2), ("GBP", 2), ("CHF", 2), ("AED", 2), ("ZWG", 2), ("XCG", 2),
        ("MGA", 2), ("MRU", 2), ("HUF", 2), ("CLF", 4), ("UYW", 4),
        ("JPY", 0), ("KRW", 0), ("ISK", 0), ("CLP", 0), ("VND", 0), ("UGX", 0), ("XAF", 0),
        ("XOF", 0), ("XPF", 0), ("BIF", 0), ("DJF", 0), ("GNF", 0), ("KMF", 0), ("PYG", 0),
        ("RWF", 0), ("VUV", 0),
        ("BHD", 3), ("IQD", 3), ("JOD", 3), ("KWD", 3), ("LYD", 3), ("OMR", 3), ("TND", 3),
    ])
    func `gives its exponent`(_ code: String, _ exponent: Int) {
        let currency = Currency(code: code)
        #expect(currency?.exponent == exponent)
        #expect(currency?.code == code)
    }

    @Test func `has constants for the usual ones`() {
        #expect(Currency(code: "EUR") == .eur && Currency.eur.exponent == 2)
        #expect(Currency(code: "GBP") == .gbp && Currency.gbp.exponent == 2)
        #expect(Currency(code: "USD") == .usd && Currency.usd.exponent == 2)
        #expect(Currency(code: "JPY") == .jpy && Currency.jpy.exponent == 0)
    }

    @Test(arguments: [
        "", "E", "EU", "EURO", "eur", "Eur", "EU ", " EUR", "EÜR", "€", "123", "AAA", "ZZZ",
        "XXX", "XTS", "XAU", "XAG", "XPT", "XPD", "XDR", "XSU", "XUA", "XBA", "XBB", "XBC", "XBD",
        "BOV", "CHE", "CHW", "COU", "MXV", "USN", "UYI",
        "DEM", "FRF", "HRK", "BGN", "ANG", "CUC", "SLL", "ZWL", "VEF",
    ])
    func `refuses what nobody pays with`(_ code: String) {
        #expect(Currency(code: code) == nil)
    }

    @Test func `finds every one of the table`() {
        let all = Currency.all
        #expect(all.count == 157)
        #expect(Set(all).count == all.count)
        for currency in all {
            #expect(Currency(code: currency.code) == currency)
            #expect(Currency(packed: currency.packed) == currency)
            #expect((0...4).contains(currency.exponent))
        }
        #expect(all.map(\.code) == all.map(\.code).sorted())
    }

    @Test func `packs the letters, the first one highest`() {
        #expect(Currency.eur.packed == 0x45_5552)
        #expect(Currency(packed: 0x45_5552) == .eur)
        for packed: UInt32 in [0, 1, 0x45_5551, 0x0245_5552, 0xff_ffff, .max] {
            #expect(Currency(packed: packed) == nil)
        }
    }

    @Test func `finds no more than the table has`() {
        let letters = (UInt8(ascii: "A")...UInt8(ascii: "Z")).map { Character(Unicode.Scalar($0)) }
        var found = 0
        for first in letters {
            for second in letters {
                for third in letters where Currency(code: "\(first)\(second)\(third)") != nil {
                    found += 1
                }
            }
        }
        #expect(found == Currency.all.count)
    }
}
