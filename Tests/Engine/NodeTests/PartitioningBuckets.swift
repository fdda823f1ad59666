// SPDX-License-Identifier: Apache-2.0
/// Buckets lie in partitions as ranges: each has as many as any other.

import Ports
import Testing

@Suite struct `Partitioning buckets` {
    @Test(arguments: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096])
    func `gives each partition a range of the same length`(count: Int) throws {
        let partitioning = try #require(Partitioning(count: count))
        #expect(Int(partitioning.count) == count)
        let found = (0..<4_096 as Range<UInt16>).map { partitioning.of(bucket: $0) }
        #expect(found == found.sorted())
        #expect(found.first == 0 && Int(found[4_095]) == count - 1)
        for partition in Set(found) {
            #expect(found.count { $0 == partition } == 4_096 / count)
        }
    }

    @Test(arguments: [-64, -1, 0, 3, 63, 65, 4_095, 4_097, 8_192, 65_536, .max])
    func `takes only powers of two up to the number of buckets`(count: Int) {
        #expect(Partitioning(count: count) == nil)
    }

    @Test func `has sixty-four partitions when nothing is said`() {
        #expect(Partitioning.standard == Partitioning(count: 64))
    }

    /// More than twelve bits come from no key; they are no reason to trap.
    @Test func `looks at twelve bits of a bucket`() {
        #expect(Partitioning.standard.of(bucket: .max) == 63)
        #expect(Partitioning.standard.of(bucket: 4_096) == 0)
    }
}
