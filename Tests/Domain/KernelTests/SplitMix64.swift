// SPDX-License-Identifier: Apache-2.0
/// Chance that repeats: the same seed draws the same numbers on every machine.

/// Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
struct SplitMix64 {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// 0..<bound; as good as even for the small bounds of tests.
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// An amount whose size is as likely small as huge.
    mutating func amount() -> Int64 {
        Int64(truncatingIfNeeded: next()) >> Int64(below(64))
    }
}
