// SPDX-License-Identifier: Apache-2.0
/// The moments of one batch: one time, a fresh draw for each decision.

public import Kernel

@usableFromInline package struct Moments {
    @usableFromInline package let at: Timestamp
    @usableFromInline var state: UInt64

    package init(at: Timestamp, seed: UInt64) {
        self.at = at
        state = seed
    }

    /// SplitMix64 (Steele, Lea, Flood 2014), begun anew for each batch.
    @inlinable mutating func next(
        for principal: Principal, credit: CallCredit, elapsed: Timestamp? = nil
    ) -> Moment {
        state &+= 0x9e37_79b9_7f4a_7c15
        var draw = state
        draw = (draw ^ (draw >> 30)) &* 0xbf58_476d_1ce4_e5b9
        draw = (draw ^ (draw >> 27)) &* 0x94d0_49bb_1331_11eb
        return Moment(
            at: at, draw: draw ^ (draw >> 31), principal: principal, credit: credit,
            elapsed: elapsed)
    }
}
