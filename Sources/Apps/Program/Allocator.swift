// SPDX-License-Identifier: Apache-2.0
/// Which memory allocator the program runs with. Asking jemalloc for its name is what links it.

#if canImport(CJemalloc)
    import CJemalloc
#endif

package enum Allocator {
    /// Its name and version, for reports.
    package static var name: String {
        #if canImport(CJemalloc)
            var version: UnsafePointer<CChar>?
            var size = MemoryLayout<UnsafePointer<CChar>?>.size
            guard mallctl("version", &version, &size, nil, 0) == 0, let version else {
                return "jemalloc"
            }
            return "jemalloc \(String(cString: version).prefix { $0 != "-" })"
        #else
            return "the system's"
        #endif
    }
}
