// SPDX-License-Identifier: Apache-2.0
/// Ids as text: a prefix and 26 characters of Crockford's base32, read back exactly.

import Kernel
import Testing

private enum Parcel: Identified { static var prefix: String { "prefix" } }
private enum Order: Identified { static var prefix: String { "ord" } }
private enum Nameless: Identified { static var prefix: String { "" } }

/// Published pairs: the specifications of ULID and TypeID (`spec/valid.yml`), RFC 9562 A.6 encoded
/// by an independent program, and the ends of the range.
private let pairs: [(String, UInt64, UInt64)] = [
    ("00000000000000000000000000", 0, 0),
    ("00000000000000000000000001", 0, 1),
    ("0000000000000000000000000a", 0, 10),
    ("0000000000000000000000000g", 0, 16),
    ("00000000000000000000000010", 0, 32),
    ("7zzzzzzzzzzzzzzzzzzzzzzzzz", .max, .max),
    ("0123456789abcdefghjkmnpqrs", 0x0110_c853_1d09_52d8, 0xd73e_1194_e95b_5f19),
    ("01h455vb4pex5vsknk084sn02q", 0x0189_0a5d_ac96_774b, 0xbcce_b302_099a_8057),
    ("01arz3ndektsv4rrffq69g5fav", 0x0156_3e3a_b5d3_d676, 0x4c61_efb9_9302_bd5b),
    ("01fwhe4ydgfk1shh6w1g60eecf", 0x017f_22e2_79b0_7cc3, 0x98c4_dc0c_0c07_398f),
]

@Suite struct `Writing an id` {
    @Test(arguments: pairs)
    func `gives the published text`(_ digits: String, _ high: UInt64, _ low: UInt64) {
        let id = ID<Parcel>(UUIDv7(high: high, low: low))
        #expect(id.text == "prefix_" + digits)
        #expect("\(id)" == id.text)
    }

    @Test func `goes behind what is there`() {
        var bytes = Array("> ".utf8)
        ID<Order>(UUIDv7(high: 0, low: 1)).write(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "> ord_00000000000000000000000001")
    }

    @Test func `sorts as the ids do`() {
        var random = SplitMix64(seed: 3)
        for _ in 0..<1_000 {
            let one = ID<Order>(UUIDv7(high: random.next(), low: random.next()))
            let other = ID<Order>(UUIDv7(high: random.next(), low: random.next()))
            #expect((one < other) == (one.text < other.text))
        }
    }
}

@Suite struct `Reading an id` {
    @Test(arguments: pairs)
    func `takes the published text in either case`(
        _ digits: String, _ high: UInt64, _ low: UInt64
    ) {
        let id = ID<Parcel>(UUIDv7(high: high, low: low))
        #expect(ID<Parcel>(text: "prefix_" + digits) == id)
        #expect(ID<Parcel>(text: "prefix_" + digits.uppercased()) == id)
    }

    @Test func `returns what was written`() {
        var random = SplitMix64(seed: 4)
        for _ in 0..<2_000 {
            let id = ID<Order>(UUIDv7(high: random.next(), low: random.next()))
            #expect(ID<Order>(text: id.text) == id)
        }
    }

    @Test func `takes Crockford's aliases`() {
        let id = ID<Order>(text: "ord_01010110000000000000000000")
        #expect(id != nil)
        #expect(ID<Order>(text: "ord_oioIoLlO000000000000OO00o0") == id)
    }

    /// Every byte in every place that matters: a digit has exactly one value or is refused.
    @Test func `knows every digit and nothing else`() {
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
        let aliases: [UInt8: UInt64] = [
            UInt8(ascii: "o"): 0, UInt8(ascii: "i"): 1, UInt8(ascii: "l"): 1,
        ]
        for byte in UInt8.min..<0x80 {
            let digits = Array("ord_0000000000000000000000000".utf8) + [byte]
            let lower = (0x41...0x5a).contains(byte) ? byte + 0x20 : byte
            let value = alphabet.firstIndex(of: lower).map(UInt64.init) ?? aliases[lower]
            let read = ID<Order>(text: String(decoding: digits, as: UTF8.self))
            #expect(read?.raw.low == value, "\(byte)")
        }
    }

    @Test(arguments: 4..<30)
    func `refuses a foreign character anywhere`(_ position: Int) {
        for byte in "uU-_!@[`{ é\0".utf8 {
            var text = Array("ord_01h455vb4pex5vsknk084sn02q".utf8)
            text[position] = byte
            #expect(ID<Order>(text: String(decoding: text, as: UTF8.self)) == nil)
        }
    }

    @Test func `allows no more than 128 bits`() {
        #expect(ID<Order>(text: "ord_7zzzzzzzzzzzzzzzzzzzzzzzzz") != nil)
        for first in "89abcxyz" {
            #expect(ID<Order>(text: "ord_\(first)0000000000000000000000000") == nil)
        }
    }

    @Test(arguments: [
        "", "_", "ord", "ord_", "01h455vb4pex5vsknk084sn02q",
        "ord_01h455vb4pex5vsknk084sn02", "ord_01h455vb4pex5vsknk084sn02q0",
        "ord01h455vb4pex5vsknk084sn02q0", "ORD_01h455vb4pex5vsknk084sn02q",
        "pay_01h455vb4pex5vsknk084sn02q", "or_01h455vb4pex5vsknk084sn02q",
        "oord_01h455vb4pex5vsknk084sn02q", " ord_01h455vb4pex5vsknk084sn02q",
        "ord_01h455vb4pex5vsknk084sn02q ", "ord-01h455vb4pex5vsknk084sn02q",
        "ord__1h455vb4pex5vsknk084sn02q", "ord_01h455vb4pex5vsknk084sn02ü",
    ])
    func `refuses everything else`(_ text: String) {
        #expect(ID<Order>(text: text) == nil)
    }

    @Test func `takes a part of a text`() {
        let path = "/v1/orders/ord_00000000000000000000000001/cancel"
        let part = path.split(separator: "/")[2]
        #expect(ID<Order>(text: part)?.raw == UUIDv7(high: 0, low: 1))
    }

    @Test func `works with an empty prefix`() {
        let id = ID<Nameless>(UUIDv7(high: 1, low: 2))
        #expect(ID<Nameless>(text: id.text) == id)
        #expect(id.text.first == "_")
    }
}
