// SPDX-License-Identifier: Apache-2.0
/// Which rules and which kinds of trouble the planted bugs are about, and why some have none.
/// `docs/reference/planted-bugs.md` is made of this.

package import Invariants

extension Mutant {
    /// Rules that no planted bug names.
    package static let unplanted: [(rule: Rule, reason: String)] = [
        (
            .g4,
            "Each event that leaves something under way carries the moment at which it is looked "
                + "at; a row that loses it is not what its events make of it: Q1."
        ),
        (.l4, "The queues are those of the shell, which the simulator plays without bounds."),
    ]

    /// Kinds of trouble that no planted bug needs.
    package static let unneeded: [(family: FaultFamily, reason: String)] = [
        (
            .clocks,
            "A node's own time never goes back, and no two clocks are compared: to plant a bug "
                + "there would take a switch in the engine."
        )
    ]
}

package enum MutantPage {
    /// The tables, in Markdown.
    package static var lines: [String] {
        var lines = ["| bug | trips | needs |", "|---|---|---|"]
        lines += Mutant.all.map { mutant in
            "| `\(mutant.name)` | \(mutant.rule.id) | \(mutant.needs?.rawValue ?? "–") |"
        }
        lines += ["", "| without a bug | why |", "|---|---|"]
        lines += Mutant.unplanted.map { "| \($0.rule.id) | \($0.reason) |" }
        lines += Mutant.unneeded.map { "| faults of \($0.family.rawValue) | \($0.reason) |" }
        lines += ["", "| situation that is not asked for | why |", "|---|---|"]
        lines += Marks.unreachable.sorted { $0.key < $1.key }.map { "| \($0.key) | \($0.value) |" }
        return lines
    }
}
