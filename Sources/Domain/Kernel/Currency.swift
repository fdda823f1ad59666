// SPDX-License-Identifier: Apache-2.0
/// Currencies of ISO 4217 and how many decimals their minor unit has. The table is that of list one
/// on 2026-01-01, without funds (BOV, CHE, MXV, USN ...), metals, tests and other codes that nobody
/// pays with; CLF and UYW, the units of account with four decimals, are in.

/// A currency that an amount can be in. Costs four bytes and knows its exponent without a search.
@frozen public struct Currency: Hashable, Sendable {
    /// The exponent in the highest byte, the letters in the other three.
    @usableFromInline let bits: UInt32

    @inlinable public static var eur: Currency { Currency(bits: 0x0245_5552) }
    @inlinable public static var gbp: Currency { Currency(bits: 0x0247_4250) }
    @inlinable public static var jpy: Currency { Currency(bits: 0x004a_5059) }
    @inlinable public static var usd: Currency { Currency(bits: 0x0255_5344) }

    /// Nil unless `code` is three capital letters that name a currency in use.
    @inlinable
    public init?(code: some StringProtocol) {
        var packed: UInt32 = 0
        var count = 0
        for byte in code.utf8 {
            guard count < 3 else { return nil }
            packed = packed << 8 | UInt32(byte)
            count += 1
        }
        guard count == 3 else { return nil }
        self.init(packed: packed)
    }

    /// Reads back what `packed` gave. Nil for everything that is not the code of a currency.
    @inlinable
    public init?(packed: UInt32) {
        switch packed {
        case 0x45_5552: self = .eur
        case 0x47_4250: self = .gbp
        case 0x55_5344: self = .usd
        default:
            guard let bits = Self.find(packed) else { return nil }
            self.init(bits: bits)
        }
    }

    /// The three ASCII letters as a number, the first one highest: `EUR` is 0x455552. For storage.
    @inlinable
    public var packed: UInt32 { bits & 0xff_ffff }

    /// Decimals of the minor unit: 2 for EUR, 0 for JPY, 3 for KWD, 4 for CLF.
    @inlinable
    public var exponent: Int { Int(bits >> 24) }

    /// The code in capital letters.
    public var code: String {
        String(unsafeUninitializedCapacity: 3) { buffer in
            for position in 0..<3 {
                let shift = UInt32(16 - 8 * position)
                buffer[position] = UInt8(truncatingIfNeeded: bits >> shift)
            }
            return 3
        }
    }

    /// Every currency, by code. For tests and reference pages.
    public static var all: [Currency] {
        (0..<Self.tableCount).map { Currency(bits: entry(at: $0)) }
    }

    @inlinable
    init(bits: UInt32) { self.bits = bits }
}

extension Currency: CustomStringConvertible {
    public var description: String { code }
}

extension Currency {
    /// Sorted by code, each code with its exponent, five bytes an entry.
    private static var table: StaticString {
        """
        AED2 AFN2 ALL2 AMD2 AOA2 ARS2 AUD2 AWG2 AZN2 BAM2 BBD2 BDT2 BHD3 BIF0 BMD2 BND2 BOB2
        BRL2 BSD2 BTN2 BWP2 BYN2 BZD2 CAD2 CDF2 CHF2 CLF4 CLP0 CNY2 COP2 CRC2 CUP2 CVE2 CZK2
        DJF0 DKK2 DOP2 DZD2 EGP2 ERN2 ETB2 EUR2 FJD2 FKP2 GBP2 GEL2 GHS2 GIP2 GMD2 GNF0 GTQ2
        GYD2 HKD2 HNL2 HTG2 HUF2 IDR2 ILS2 INR2 IQD3 IRR2 ISK0 JMD2 JOD3 JPY0 KES2 KGS2 KHR2
        KMF0 KPW2 KRW0 KWD3 KYD2 KZT2 LAK2 LBP2 LKR2 LRD2 LSL2 LYD3 MAD2 MDL2 MGA2 MKD2 MMK2
        MNT2 MOP2 MRU2 MUR2 MVR2 MWK2 MXN2 MYR2 MZN2 NAD2 NGN2 NIO2 NOK2 NPR2 NZD2 OMR3 PAB2
        PEN2 PGK2 PHP2 PKR2 PLN2 PYG0 QAR2 RON2 RSD2 RUB2 RWF0 SAR2 SBD2 SCR2 SDG2 SEK2 SGD2
        SHP2 SLE2 SOS2 SRD2 SSP2 STN2 SVC2 SYP2 SZL2 THB2 TJS2 TMT2 TND3 TOP2 TRY2 TTD2 TWD2
        TZS2 UAH2 UGX0 USD2 UYU2 UYW4 UZS2 VED2 VES2 VND0 VUV0 WST2 XAF0 XCD2 XCG2 XOF0 XPF0
        YER2 ZAR2 ZMW2 ZWG2
        """
    }

    private static var tableCount: Int { (table.utf8CodeUnitCount + 1) / 5 }

    /// Binary search: eight steps.
    @usableFromInline
    static func find(_ packed: UInt32) -> UInt32? {
        var low = 0
        var high = tableCount
        while low < high {
            let middle = (low + high) / 2
            let bits = entry(at: middle)
            if bits & 0xff_ffff == packed { return bits }
            if bits & 0xff_ffff < packed {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return nil
    }

    private static func entry(at index: Int) -> UInt32 {
        // SAFETY: an entry is five bytes including its separator, and index < tableCount.
        let letters = table.utf8Start + index * 5
        return UInt32(letters[3] - UInt8(ascii: "0")) << 24 | UInt32(letters[0]) << 16
            | UInt32(letters[1]) << 8 | UInt32(letters[2])
    }
}
