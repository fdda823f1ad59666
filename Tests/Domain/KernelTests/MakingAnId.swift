// SPDX-License-Identifier: Apache-2.0
/// A UUID of version 7 carries its time and bucket where RFC 9562 puts them.

import Kernel
import Testing

@Suite struct `Making an id` {
    /// RFC 9562, appendix A.6.
    static let published = UUIDv7(high: 0x017f_22e2_79b0_7cc3, low: 0x98c4_dc0c_0c07_398f)

    @Test func `puts time, bucket and entropy where the RFC says`() {
        let made = UUIDv7(
            milliseconds: 0x017f_22e2_79b0, bucket: 0xcc3, entropy: 0x18c4_dc0c_0c07_398f)
        #expect(made == Self.published)
        #expect(made.milliseconds == 1_645_557_742_000)
        #expect(made.bucket == 0xcc3)
    }

    @Test(arguments: [0, 1, 2_047, 2_048, 4_094, 4_095] as [UInt16])
    func `gives the bucket back`(_ bucket: UInt16) {
        let made = UUIDv7(milliseconds: 1, bucket: bucket, entropy: .max)
        #expect(made.bucket == bucket)
        #expect(made.milliseconds == 1)
    }

    @Test func `of a bucket above 4095 is a bug`() async {
        await #expect(processExitsWith: .failure) {
            _ = UUIDv7(milliseconds: 1, bucket: 4_096, entropy: 0)
        }
    }

    @Test(
        arguments: [
            (Int64.min, 0), (-1, 0), (0, 0), (1, 1),
            (0xffff_ffff_ffff, 0xffff_ffff_ffff), (0x1_0000_0000_0000, 0xffff_ffff_ffff),
            (Int64.max, 0xffff_ffff_ffff),
        ] as [(Int64, Int64)])
    func `keeps a time within 48 bits`(_ given: Int64, _ kept: Int64) {
        #expect(UUIDv7(milliseconds: given, bucket: 7, entropy: 9).milliseconds == kept)
    }

    @Test(arguments: [0, 1, .max, 0xc000_0000_0000_0000] as [UInt64])
    func `marks version and variant whatever the entropy is`(_ entropy: UInt64) {
        let made = UUIDv7(milliseconds: .max, bucket: 4_095, entropy: entropy)
        #expect(made.high >> 12 & 0xf == 7)
        #expect(made.low >> 62 == 0b10)
        #expect(made.low & 0x3fff_ffff_ffff_ffff == entropy & 0x3fff_ffff_ffff_ffff)
    }

    @Test func `sorts by time, then bucket, then entropy`() {
        let inOrder = [
            UUIDv7(milliseconds: 1, bucket: 0, entropy: 0),
            UUIDv7(milliseconds: 1, bucket: 0, entropy: 1),
            UUIDv7(milliseconds: 1, bucket: 1, entropy: 0),
            UUIDv7(milliseconds: 2, bucket: 0, entropy: 0),
        ]
        #expect(inOrder.reversed().sorted() == inOrder)
        #expect(!(inOrder[0] < inOrder[0]))
    }
}

@Suite struct `The bytes of an id` {
    @Test func `are big endian`() {
        let bytes: [UInt8] = [
            0x01, 0x7f, 0x22, 0xe2, 0x79, 0xb0, 0x7c, 0xc3,
            0x98, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f,
        ]
        #expect(`Making an id`.published.bytes == bytes)
        #expect(UUIDv7(bytes: bytes) == `Making an id`.published)
        #expect(UUIDv7(bytes: ([9] + bytes)[1...]) == `Making an id`.published)
    }

    @Test func `go behind what is there`() {
        var bytes: [UInt8] = [1, 2]
        `Making an id`.published.append(to: &bytes)
        #expect(bytes == [1, 2] + `Making an id`.published.bytes)
    }

    @Test(arguments: [0, 1, 15, 17, 32])
    func `are sixteen`(_ count: Int) {
        #expect(UUIDv7(bytes: [UInt8](repeating: 1, count: count)) == nil)
    }

    @Test func `sort as the ids do`() {
        var random = SplitMix64(seed: 1)
        for _ in 0..<1_000 {
            let one = UUIDv7(high: random.next(), low: random.next())
            let other = UUIDv7(high: random.next(), low: random.next())
            #expect(UUIDv7(bytes: one.bytes) == one)
            #expect((one < other) == one.bytes.lexicographicallyPrecedes(other.bytes))
        }
    }
}
