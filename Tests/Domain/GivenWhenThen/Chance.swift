// SPDX-License-Identifier: Apache-2.0
/// Chance that repeats: the same seed draws the same numbers on every machine.

package import Kernel

/// SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
package struct Chance: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// 0..<bound; as good as even for the small bounds of tests.
    package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// True in `percent` of a hundred cases.
    package mutating func comesUp(_ percent: Int) -> Bool { below(100) < percent }

    /// One of `values`, of which there is at least one.
    package mutating func one<Value>(of values: [Value]) -> Value { values[below(values.count)] }

    /// A span up to `max`, in milliseconds.
    package mutating func span(upTo max: Span) -> Span {
        .milliseconds(Int64(next() % UInt64(max.milliseconds + 1)))
    }

    package mutating func moment(at time: Timestamp) -> Moment {
        Moment(at: time, draw: next(), principal: .house)
    }
}
