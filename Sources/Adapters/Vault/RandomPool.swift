// SPDX-License-Identifier: Apache-2.0
/// Random bytes for keys and nonces, from the kernel, fetched 256 at a time: nonce by nonce they
/// would cost half as much as the sealing itself.

import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

final class RandomPool: Sendable {
    private let state = Mutex(State())

    private struct State {
        /// More than this does not come in one call.
        var bytes = [UInt8](repeating: 0, count: 256)
        var next = 256
    }

    /// `count` bytes, at most 256, that nobody else gets or can find here later. Nil when the
    /// kernel gives none.
    func next(_ count: Int) -> [UInt8]? {
        state.withLock { state in
            if state.bytes.count - state.next < count {
                guard getentropy(&state.bytes, state.bytes.count) == 0 else { return nil }
                state.next = 0
            }
            let taken = state.next..<state.next + count
            let bytes = Array(state.bytes[taken])
            for index in taken { state.bytes[index] = 0 }
            state.next = taken.upperBound
            return bytes
        }
    }
}
