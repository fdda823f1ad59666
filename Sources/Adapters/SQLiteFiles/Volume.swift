// SPDX-License-Identifier: Apache-2.0
/// The volume that a database lies on.

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

package enum Volume {
    /// The size in bytes of the volume that holds `path`; nil when it can't be told.
    package static func bytes(at path: String) -> Int? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        let (bytes, overflows) = Int(status.f_blocks).multipliedReportingOverflow(
            by: Int(status.f_frsize))
        return overflows ? nil : bytes
    }
}
