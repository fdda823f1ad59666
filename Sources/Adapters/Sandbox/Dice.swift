// SPDX-License-Identifier: Apache-2.0
/// The sandbox's own chance, seeded, so that the same calls in the same order misbehave in the same
/// way again: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).

struct Dice: Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// 0 ... 999.
    mutating func roll() -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((mixed ^ (mixed >> 31)) % 1_000)
    }

    /// True in `chance` of a thousand rolls. Rolls only if that is open.
    mutating func comesUp(_ chance: Int) -> Bool {
        chance > 0 && roll() < chance
    }

    /// The index of the one of `chances` (each out of a thousand, together at most that) that comes
    /// up in one roll; nil when none does.
    mutating func pick(_ chances: [Int]) -> Int? {
        var rolled = roll()
        for (index, chance) in chances.enumerated() {
            if rolled < chance { return index }
            rolled -= chance
        }
        return nil
    }
}
