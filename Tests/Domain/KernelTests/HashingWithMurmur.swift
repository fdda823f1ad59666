// SPDX-License-Identifier: Apache-2.0
/// MurmurHash3 gives what the reference code gives, or keys would move when a library changes.

import Kernel
import Testing

@Suite struct `Hashing with Murmur3` {
    /// Ian Boyd's vectors for x86_32 (https://stackoverflow.com/a/31929528).
    @Test(
        arguments: [
            ([], 0, 0), ([], 1, 0x514e_28b7), ([], 0xffff_ffff, 0x81f1_6f39),
            ([0xff, 0xff, 0xff, 0xff], 0, 0x7629_3b50),
            ([0x21, 0x43, 0x65, 0x87], 0, 0xf55b_516b),
            ([0x21, 0x43, 0x65, 0x87], 0x5082_edee, 0x2362_f9de),
            ([0x21, 0x43, 0x65], 0, 0x7e4a_8634), ([0x21, 0x43], 0, 0xa0f7_b07a),
            ([0x21], 0, 0x7266_1cf4), ([0, 0, 0, 0], 0, 0x2362_f9de),
            ([0, 0, 0], 0, 0x85f0_b427), ([0, 0], 0, 0x30f4_c306), ([0], 0, 0x514e_28b7),
        ] as [([UInt8], UInt32, UInt32)])
    func `gives the published numbers of 32 bits`(
        _ bytes: [UInt8], _ seed: UInt32, _ hash: UInt32
    ) {
        #expect(Murmur3.hash32(bytes, seed: seed) == hash)
        #expect(Murmur3.hash32(AnySequence(bytes), seed: seed) == hash)
        #expect(bytes.withUnsafeBufferPointer { Murmur3.hash32($0, seed: seed) } == hash)
    }

    @Test(
        arguments: [
            ("aaaa", 0x5a97_808a), ("Hello, world!", 0x2488_4cba),
            ("The quick brown fox jumps over the lazy dog", 0x2fa8_26cd),
        ] as [(String, UInt32)])
    func `gives the published numbers of texts`(_ text: String, _ hash: UInt32) {
        #expect(Murmur3.hash32(text.utf8, seed: 0x9747_b28c) == hash)
    }

    @Test func `gives the published number of 128 bits`() {
        let text = Array("The quick brown fox jumps over the lazy dog".utf8)
        #expect(Murmur3.hash128(text, seed: 0) == (0xe34b_bc7b_bc07_1b6c, 0x7a43_3ca9_c49a_9347))
        #expect(Murmur3.hash128([], seed: 0) == (0, 0))
    }

    /// SMHasher's VerificationTest: the keys [], [0], [0, 1] ... with the seeds 256, 255 ...
    @Test func `passes the verification of its author`() {
        var hashes32: [UInt8] = []
        var hashes128: [UInt8] = []
        for count in 0..<256 {
            let key = (0..<count).map(UInt8.init)
            let seed = UInt32(256 - count)
            append(Murmur3.hash32(key, seed: seed), to: &hashes32)
            let (first, second) = Murmur3.hash128(key, seed: UInt64(seed))
            append(first, to: &hashes128)
            append(second, to: &hashes128)
        }
        #expect(Murmur3.hash32(hashes32, seed: 0) == 0xb0f5_7ee3)
        let (first, _) = Murmur3.hash128(hashes128, seed: 0)
        #expect(UInt32(truncatingIfNeeded: first) == 0x6384_ba69)
    }

    @Test func `names buckets of twelve bits`() {
        #expect(Murmur3.bucket([]) == 0)
        #expect(Murmur3.bucket([0]) == 0x8b7)
        #expect(Murmur3.bucket([0x21]) == 0xcf4)
    }

    @Test func `spreads keys evenly over the buckets`() {
        var counts = [Int](repeating: 0, count: 4_096)
        for number in 0..<40_960 { counts[Int(Murmur3.bucket(Array("SKU-\(number)".utf8)))] += 1 }
        // Ten on average; of a Poisson distribution, none of 4096 is above 30.
        #expect(counts.allSatisfy { $0 <= 30 })
        #expect(counts.count { $0 == 0 } <= 3)
    }

    private func append<Word: FixedWidthInteger>(_ word: Word, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
