// SPDX-License-Identifier: Apache-2.0
/// Chance in a simulated world: everything is drawn from named streams of one seed, so that a draw
/// that is added to one stream shifts no other. The numbers are part of every stored plan.

/// SplitMix64 (Steele, Lea, Flood 2014): derives seeds, and whatever must depend on its key alone.
package struct SplitMix: Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= Self.step
        return Self.mix(state)
    }

    static let step: UInt64 = 0x9e37_79b9_7f4a_7c15

    /// A bijection that leaves no likeness between neighbors.
    @inlinable
    package static func mix(_ value: UInt64) -> UInt64 {
        var word = value
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}

/// xoshiro256** (Blackman and Vigna 2018): draws.
package struct RandomStream: Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    package init(state: (UInt64, UInt64, UInt64, UInt64)) { self.state = state }

    package init(seed: UInt64) {
        var derived = SplitMix(seed: seed)
        state = (derived.next(), derived.next(), derived.next(), derived.next())
    }

    /// The stream of `seed` that is called `name`; `index` tells those of one name apart.
    package init(seed: UInt64, _ name: StaticString, _ index: UInt64 = 0) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        name.withUTF8Buffer { bytes in
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0100_0000_01b3 }
        }
        self.init(seed: SplitMix.mix(seed ^ SplitMix.mix(hash ^ SplitMix.mix(index))))
    }

    package mutating func next() -> UInt64 {
        let result = rotated(state.1 &* 5, 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = rotated(state.3, 45)
        return result
    }

    private func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 {
        word << bits | word >> (64 - bits)
    }

    /// Below `bound`, each number alike (Lemire 2019: multiply, shift, reject).
    package mutating func below(_ bound: UInt64) -> UInt64 {
        precondition(bound > 0, "nothing is below zero")
        var product = next().multipliedFullWidth(by: bound)
        if product.low < bound {
            let threshold = (0 &- bound) % bound
            while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
        }
        return product.high
    }

    package mutating func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(below(UInt64(range.upperBound - range.lowerBound) + 1))
    }

    /// True with a chance of `perMillion` in a million.
    package mutating func hits(_ perMillion: Int) -> Bool {
        perMillion > 0 && below(1_000_000) < UInt64(perMillion)
    }

    package mutating func coin() -> Bool { next() >> 63 == 1 }

    /// Within `range`, each order of magnitude (to base two) as likely as any other.
    package mutating func magnitude(_ range: ClosedRange<Int>) -> Int {
        precondition(range.lowerBound >= 0, "a magnitude is not negative")
        let low = UInt64(range.lowerBound) + 1
        let high = UInt64(range.upperBound) + 1
        let least = UInt64(63 - low.leadingZeroBitCount)
        let bits = least + below(UInt64(63 - high.leadingZeroBitCount) - least + 1)
        let from = max(low, 1 << bits)
        let to = min(high, (1 << bits) * 2 - 1)
        return Int(from + below(to - from + 1) - 1)
    }

    package mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int(below(UInt64(elements.count)))]
    }
}
