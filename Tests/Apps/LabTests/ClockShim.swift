// SPDX-License-Identifier: Apache-2.0
/// A wall clock that tests set, for a program that knows nothing of it: a library that is loaded
/// before all others and shows the time that a file says. It asks the kernel itself and allocates
/// nothing, since the program's allocator asks for the time before it is ready.

import CrashLabs
import Foundation
import TemporaryFolders

struct ClockShim {
    private let library: String
    private let file: String

    /// Builds the library with the compiler that comes with Swift, or any other.
    init(in folder: TestFolder) async throws {
        library = folder.path("clockshim.so")
        file = folder.path("clock-offset")
        try folder.write(Self.source, to: "clockshim.c")
        try set(to: .seconds(0))
        let words = ["-shared", "-fPIC", "-O1", "-o", library, folder.path("clockshim.c")]
        var failures: [String] = []
        for compiler in ["clang", "cc", "gcc"] {
            let process = try ChildProcess("/usr/bin/env", [compiler] + words, in: folder)
            if try await process.wait(.seconds(60)) == .exited(0) { return }
            failures.append(process.errorTail)
        }
        throw ClockShimFailure.notBuilt(failures)
    }

    /// What must stand before the program and its words.
    var tracer: [String] { ["/usr/bin/env", "LD_PRELOAD=\(library)", "CLOCK_OFFSET=\(file)"] }

    /// From now on, within 10 ms, the wall clock is so much ahead of the truth.
    func set(to ahead: Duration) throws {
        let text = String(ahead.components.seconds)
        try Data(text.utf8).write(to: URL(filePath: file), options: .atomic)
    }

    private static let source = #"""
        #define _GNU_SOURCE
        #include <errno.h>
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>

        static long ahead, looked_at;

        /* Seconds; the file is read again every 10 ms. */
        static long offset(void) {
            struct timespec now;
            syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
            long tick = now.tv_sec * 100 + now.tv_nsec / 10000000;
            if (__atomic_exchange_n(&looked_at, tick, __ATOMIC_RELAXED) == tick)
                return __atomic_load_n(&ahead, __ATOMIC_RELAXED);
            int known = errno;
            const char *path = getenv("CLOCK_OFFSET");
            long file = path ? syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC) : -1;
            if (file >= 0) {
                char text[32];
                long count = syscall(SYS_read, file, text, sizeof text - 1);
                syscall(SYS_close, file);
                if (count > 0) {
                    text[count] = 0;
                    __atomic_store_n(&ahead, atol(text), __ATOMIC_RELAXED);
                }
            }
            errno = known;
            return __atomic_load_n(&ahead, __ATOMIC_RELAXED);
        }

        int clock_gettime(clockid_t id, struct timespec *time) {
            int result = syscall(SYS_clock_gettime, id, time);
            if (result == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
                time->tv_sec += offset();
            return result;
        }

        int gettimeofday(struct timeval *time, void *zone) {
            struct timespec now;
            (void)zone;
            clock_gettime(CLOCK_REALTIME, &now);
            time->tv_sec = now.tv_sec;
            time->tv_usec = now.tv_nsec / 1000;
            return 0;
        }

        time_t time(time_t *result) {
            struct timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            if (result) *result = now.tv_sec;
            return now.tv_sec;
        }
        """#
}

enum ClockShimFailure: Error {
    /// No C compiler could be run; Swift on Linux brings clang.
    case notBuilt([String])
}
