// SPDX-License-Identifier: Apache-2.0
/// Which rules and which kinds of trouble the planted bugs are about, and why some have none.
/// `docs/reference/planted-bugs.md` is made of this.

package import Invariants

extension Mutant {
    /// Rules that no planted bug names.
    package static let unplanted: [(rule: Rule, reason: String)] = []

    /// Kinds of trouble that no planted bug needs.
    package static let unneeded: [(family: FaultFamily, reason: String)] = []
}

package enum MutantPage {
    /// The tables, in Markdown.
    package static var lines: [String] {
        var lines = ["| bug | trips | needs |", "|---|---|---|"]
        lines += Mutant.all.map { mutant in
            "| `\(mutant.name)` | \(mutant.rule.id) | \(mutant.needs?.rawValue ?? "–") |"
        }
        let excused =
            Mutant.unplanted.map { "| \($0.rule.id) | \($0.reason) |" }
            + Mutant.unneeded.map { "| faults of \($0.family.rawValue) | \($0.reason) |" }
        if !excused.isEmpty { lines += ["", "| without a bug | why |", "|---|---|"] + excused }
        lines += ["", "| situation that is not asked for | why |", "|---|---|"]
        lines += Marks.unreachable.sorted { $0.key < $1.key }.map { "| \($0.key) | \($0.value) |" }
        return lines
    }
}
