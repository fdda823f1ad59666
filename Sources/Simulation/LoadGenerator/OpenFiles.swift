// SPDX-License-Identifier: Apache-2.0
/// The limit of open files: ten thousand connections need more than a shell's usual 1,024.

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

package enum OpenFiles {
    /// macOS says "no limit" and then refuses more than this.
    private static let ceiling: rlim_t = 1 << 20

    /// Raises this process's soft limit to the hard one, and tells what it is now. Programs that
    /// are started afterwards inherit it.
    @discardableResult
    package static func raiseLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return 0 }
        let wanted = min(limit.rlim_max, ceiling)
        if limit.rlim_cur < wanted {
            var raised = limit
            raised.rlim_cur = wanted
            if setrlimit(resource, &raised) == 0 { limit = raised }
        }
        return Int(min(limit.rlim_cur, ceiling))
    }

    #if canImport(Darwin)
        private static let resource = RLIMIT_NOFILE
    #else
        private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #endif
}
