// SPDX-License-Identifier: Apache-2.0
/// The machine's wall clock. It jumps when an operator or NTP sets it; the node sees to it that its
/// own time never goes back.

package import Kernel
import Ports

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

package struct SystemClock: Clock {
    package init() {}

    package func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(
            milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
