// SPDX-License-Identifier: Apache-2.0
/// The machine's clocks: the wall clock, which jumps when an operator or NTP sets it, and the time
/// since the machine was started, which does not.

package import Kernel
import Ports

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

package struct SystemClock: Clock {
    #if canImport(Darwin)
        private static let sinceBoot = CLOCK_MONOTONIC
    #else
        private static let sinceBoot = CLOCK_BOOTTIME
    #endif

    package init() {}

    package func now() -> Timestamp {
        Timestamp(milliseconds: Self.milliseconds(CLOCK_REALTIME))
    }

    package func elapsed() -> Span { .milliseconds(Self.milliseconds(Self.sinceBoot)) }

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
