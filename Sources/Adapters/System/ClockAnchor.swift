// SPDX-License-Identifier: Apache-2.0
/// What a process knew of the time, for the next one on the same machine: without it, a process
/// that starts while the wall clock is wrong would have to take it for right.

import Foundation
import Kernel
package import Ports

/// A small file: the boot that the reading belongs to, then the reading in milliseconds.
package struct ClockAnchor: Sendable {
    private let path: String
    /// Nil where the machine does not say which boot this is.
    private let boot: String?

    package init(path: String) {
        self.init(path: path, boot: Self.currentBoot)
    }

    init(path: String, boot: String?) {
        self.path = path
        self.boot = boot
    }

    /// The reading that was kept; nil when there is none, or none of this boot.
    package func read() -> ClockReading? {
        guard let boot, let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            return nil
        }
        let words = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard words.count == 4, words[0] == boot, let wall = Int64(words[1]),
            let elapsed = Int64(words[2])
        else { return nil }
        return ClockReading(
            wall: Timestamp(milliseconds: wall), elapsed: Span(milliseconds: elapsed))
    }

    /// Keeps `reading` in the place of what was kept.
    package func write(_ reading: ClockReading) throws {
        guard let boot else { return }
        let text = "\(boot)\n\(reading.wall.milliseconds)\n\(reading.elapsed.milliseconds)\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    private static var currentBoot: String? {
        #if canImport(Darwin)
            var text = [CChar](repeating: 0, count: 64)
            var count = text.count
            guard sysctlbyname("kern.bootsessionuuid", &text, &count, nil, 0) == 0 else {
                return nil
            }
            let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            return String(decoding: bytes, as: UTF8.self)
        #else
            let path = "/proc/sys/kernel/random/boot_id"
            return (try? String(contentsOfFile: path, encoding: .utf8))?
                .trimmingCharacters(in: .whitespacesAndNewlines)
        #endif
    }
}
