// SPDX-License-Identifier: Apache-2.0
/// The reports for people.

extension CrashReport {
    package var lines: [String] {
        var lines = [
            "kills         \(killPoints) places, \(depth2Points) again while it recovered",
            "failed calls  \(ioErrorPoints) with EIO, \(noSpacePoints) with ENOSPC",
            "lost          \(lost) acknowledged",
            "doubled       \(doubled)",
            "half commits  \(halfCommits)",
            "otherwise     \(others)",
            "untouched     \(untouched) lives ended by themselves",
            "refused with  \(Self.list(refusals))",
            "time          \(Int(seconds)) s\(isComplete ? "" : ", before every place was struck")",
        ]
        for (kind, count) in points.sorted(by: { $0.key < $1.key }) {
            lines.append("    \(kind): \(count)")
        }
        return lines + findings + evidence.map { "kept \($0)" }
            + [passed ? "Nothing was lost." : "The house has failed."]
    }

    private static func list(_ counts: [String: Int]) -> String {
        let items = counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return items.isEmpty ? "nothing" : items.joined(separator: ", ")
    }
}

extension PowerCutReport {
    package var lines: [String] {
        guard isPermitted else {
            return ["Loop devices are not permitted here: no power was cut, nothing is proven."]
        }
        var lines = [
            "cuts          \(cuts) under load, \(foundingCuts) while the house was founded",
            "acknowledged  \(acked), \(stored) orders stored",
            "lost          \(lost) acknowledged",
            "half commits  \(halfCommits)",
            "otherwise     \(others)",
            "control       \(controlCuts) cuts without flushed commits, \(controlLost) lost",
            "time          \(Int(seconds)) s",
        ]
        if let full = fullDisk {
            lines.append(
                "full disk     \(full.refusals) while \(full.read) reads went on, taking orders "
                    + "again \(Int(full.resumedAfterMilliseconds)) ms after there was room")
        }
        return lines + findings + evidence.map { "kept \($0)" }
            + [passed ? "Nothing was lost." : "The house has failed, or the bench."]
    }
}
