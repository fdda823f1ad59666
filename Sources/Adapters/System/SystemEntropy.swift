// SPDX-License-Identifier: Apache-2.0
/// Random bits for ids and jitter, not for secrets: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014)
/// from a seed of the kernel. Its state is one counter, so threads share it without a lock, and no
/// number comes twice in 2⁶⁴ draws.

import Ports
import Synchronization

package final class SystemEntropy: Entropy {
    private let counter: Atomic<UInt64>

    package init() {
        counter = Atomic(UInt64.random(in: .min ... .max))
    }

    package func next() -> UInt64 {
        let gamma: UInt64 = 0x9e37_79b9_7f4a_7c15
        var mixed = counter.wrappingAdd(gamma, ordering: .relaxed).newValue
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
