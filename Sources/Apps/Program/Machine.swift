// SPDX-License-Identifier: Apache-2.0
/// What every figure comes with: the machine, the revision and the settings that it holds for.

import Foundation

package struct Machine {
    package let lines: [String]

    package init(
        settings: String = "one node, SQLite WAL synchronous=FULL, sandbox provider and carrier"
    ) {
        let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model =
            info.split(separator: "\n").first { $0.hasPrefix("model name") }?
            .split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
            ?? "unknown processor"
        let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? "?"
        let cores = ProcessInfo.processInfo.activeProcessorCount
        lines = [
            "machine      \(model), \(cores) cores, load \(load.prefix(14))",
            "revision     \(Revision.text)",
            "settings     \(settings)",
            "allocator    \(Allocator.name)",
        ]
    }
}

/// Wall and processor time of this process.
package struct Usage {
    package let wall: Double
    package let cpu: Double

    package static var wallNow: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// What this thread has spent.
    package static var threadSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    package static var now: Usage {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Usage(wall: wallNow, cpu: Double(time.tv_sec) + Double(time.tv_nsec) / 1e9)
    }
}

/// Prints a report as one JSON object.
package func put(_ report: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    FileHandle.standardOutput.write(try encoder.encode(report) + Data("\n".utf8))
}
