// SPDX-License-Identifier: Apache-2.0
/// The tests' own chance is what it says it is, or every seed in them would be a lie.

import Testing

@Suite struct `Drawing repeatably` {
    /// The first numbers of the reference implementation (https://prng.di.unimi.it/splitmix64.c)
    /// for the seed 1234567.
    @Test func `gives the published numbers`() {
        var random = SplitMix64(seed: 1_234_567)
        #expect(random.next() == 6_457_827_717_110_365_317)
        #expect(random.next() == 3_203_168_211_198_807_973)
        #expect(random.next() == 9_817_491_932_198_370_423)
    }
}
