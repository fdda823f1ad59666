// SPDX-License-Identifier: Apache-2.0
/// A lock with a condition that can be waited for. The wait is measured by what elapses:
/// Foundation's waits until the wall clock shows a time, and does so for ever once that was set
/// back.

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

final class TimedCondition: Sendable {
    // SAFETY: allocated from `init` to `deinit`; the functions of pthreads may be called by all.
    nonisolated(unsafe) private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    // SAFETY: as above.
    nonisolated(unsafe) private let condition: UnsafeMutablePointer<pthread_cond_t>

    init() {
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        condition.initialize(to: pthread_cond_t())
        Self.check(pthread_mutex_init(mutex, nil))
        #if canImport(Darwin)
            Self.check(pthread_cond_init(condition, nil))
        #else
            var attributes = pthread_condattr_t()
            Self.check(pthread_condattr_init(&attributes))
            Self.check(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC))
            Self.check(pthread_cond_init(condition, &attributes))
            pthread_condattr_destroy(&attributes)
        #endif
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func withLock<Result>(_ body: () throws -> Result) rethrows -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body()
    }

    /// Wakes one who waits. The lock is held.
    func signal() { pthread_cond_signal(condition) }

    /// Wakes all who wait. The lock is held.
    func broadcast() { pthread_cond_broadcast(condition) }

    /// Lets the lock go and waits for a signal, `seconds` at most; it may come back early.
    func wait(atMost seconds: Double) {
        var time = timespec()
        #if !canImport(Darwin)
            clock_gettime(CLOCK_MONOTONIC, &time)
        #endif
        let nanoseconds = Int(max(0, min(seconds, 3_600)) * 1e9) + time.tv_nsec
        time.tv_sec += nanoseconds / 1_000_000_000
        time.tv_nsec = nanoseconds % 1_000_000_000
        #if canImport(Darwin)
            pthread_cond_timedwait_relative_np(condition, mutex, &time)
        #else
            pthread_cond_timedwait(condition, mutex, &time)
        #endif
    }

    private static func check(_ code: Int32) {
        precondition(code == 0, "a lock can be made: \(code)")
    }
}
