// SPDX-License-Identifier: Apache-2.0
/// Derived ids are the same for ever: stored history names things by them.

import Kernel
import Testing

@Suite struct `Deriving an id` {
    /// Computed from the documented formula by an independent program.
    @Test(
        arguments: [
            (0x98c4_dc0c_0c07_398f, 0, 0, 0x9a91_7aaa_477d_7a4d),
            (0x98c4_dc0c_0c07_398f, 1, 0, 0x8ac4_876d_af74_6917),
            (0x98c4_dc0c_0c07_398f, 0, 1, 0x9991_18fc_03c0_99b7),
            (0x98c4_dc0c_0c07_398f, .max, .max, 0xacff_e308_3af2_a711),
            (0x8000_0000_0000_0000, 0, 0, 0x8ea3_616b_3d2f_eb54),
            (0x8000_0000_0000_0000, 7, 42, 0xbd3d_9c08_290d_ec87),
        ] as [(UInt64, UInt8, UInt32, UInt64)])
    func `never changes`(_ low: UInt64, _ kind: UInt8, _ ordinal: UInt32, _ derived: UInt64) {
        let origin = UUIDv7(high: 0x017f_22e2_79b0_7cc3, low: low)
        #expect(origin.derived(kind, ordinal) == UUIDv7(high: origin.high, low: derived))
    }

    @Test func `keeps time, bucket, version and variant`() {
        let origin = UUIDv7(milliseconds: 1_793_000_000_000, bucket: 1_234, entropy: 99)
        for kind in UInt8.min...UInt8.max {
            let derived = origin.derived(kind)
            #expect(derived.high == origin.high)
            #expect(derived.low >> 62 == 0b10)
        }
    }

    @Test func `names every kind and ordinal differently`() {
        var seen: Set<UUIDv7> = []
        for entropy: UInt64 in [0, 1, 2, .max] {
            let origin = UUIDv7(milliseconds: 5, bucket: 5, entropy: entropy)
            seen.insert(origin)
            for kind: UInt8 in 0..<16 {
                for ordinal: UInt32 in 0..<256 { seen.insert(origin.derived(kind, ordinal)) }
            }
        }
        #expect(seen.count == 4 * (1 + 16 * 256))
    }

    @Test func `from a derived one is a third`() {
        let origin = UUIDv7(milliseconds: 5, bucket: 5, entropy: 5)
        let twice = origin.derived(1).derived(2)
        #expect(twice != origin.derived(2).derived(1))
        #expect(twice != origin.derived(3))
    }

    /// One bit in, about half of the 62 bits out.
    @Test func `mixes well`() {
        var random = SplitMix64(seed: 2)
        var changed = 0
        for _ in 0..<1_000 {
            let entropy = random.next()
            let flipped = entropy ^ 1 << UInt64(random.below(62))
            let one = UUIDv7(milliseconds: 1, bucket: 1, entropy: entropy).derived(3, 4)
            let other = UUIDv7(milliseconds: 1, bucket: 1, entropy: flipped).derived(3, 4)
            changed += (one.low ^ other.low).nonzeroBitCount
        }
        #expect((30_000...32_000).contains(changed))
    }
}
