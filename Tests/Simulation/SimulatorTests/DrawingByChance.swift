// SPDX-License-Identifier: Apache-2.0
/// The numbers behind every seed: those of their authors, for ever.

import Simulator
import Testing

@Suite struct `Drawing by chance` {
    @Test func `derives what SplitMix64 derives`() {
        var derived = SplitMix(seed: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
        ]
        #expect(expected.allSatisfy { $0 == derived.next() })
    }

    @Test func `draws what xoshiro256 draws`() {
        var stream = RandomStream(state: (1, 2, 3, 4))
        let expected: [UInt64] = [
            11_520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360,
            607_988_272_756_665_600, 16_172_922_978_634_559_625, 8_476_171_486_693_032_832,
            10_595_114_339_597_558_777, 2_904_607_092_377_533_576,
        ]
        #expect(expected.allSatisfy { $0 == stream.next() })
    }

    @Test func `streams of one seed differ by name and number`() {
        var firsts: Set<UInt64> = []
        for index in 0..<50 as Range<UInt64> {
            var one = RandomStream(seed: 1, "one", index)
            var other = RandomStream(seed: 1, "other", index)
            firsts.insert(one.next())
            firsts.insert(other.next())
        }
        #expect(firsts.count == 100)
    }

    @Test(arguments: [1, 2, 3, 10, 1 << 63 + 1] as [UInt64])
    func `stays below its bound`(bound: UInt64) {
        var stream = RandomStream(seed: 7)
        var isHigh = false
        for _ in 0..<2_000 {
            let drawn = stream.below(bound)
            #expect(drawn < bound)
            isHigh = isHigh || drawn >= bound / 2
        }
        #expect(isHigh)
    }

    @Test func `magnitudes reach both ends and every order between`() {
        var stream = RandomStream(seed: 8)
        var counts: [Int: Int] = [:]
        for _ in 0..<10_000 { counts[stream.magnitude(1...1_000), default: 0] += 1 }
        #expect(counts.keys.allSatisfy { (1...1_000).contains($0) })
        #expect(counts[1] != nil && counts.keys.contains { $0 > 900 })
        #expect(counts.filter { $0.key < 31 }.values.reduce(0, +) > 3_000)
        #expect(stream.magnitude(5...5) == 5)
    }
}
