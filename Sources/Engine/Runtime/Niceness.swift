// SPDX-License-Identifier: Apache-2.0
/// Lets a thread give way to the others of its process.

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

enum Niceness {
    /// Sets it for the calling thread. Where threads have none of their own, nothing changes.
    static func set(_ niceness: Int) {
        #if canImport(Darwin)
            if niceness > 0 { pthread_set_qos_class_self_np(QOS_CLASS_UTILITY, 0) }
        #else
            // Linux: a thread's own, by its number; 0 is the calling one.
            guard niceness > 0 else { return }
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Int32(niceness))
        #endif
    }
}
