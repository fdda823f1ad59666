// SPDX-License-Identifier: Apache-2.0
/// The lists of what is checked and of what is not, as `docs/reference/invariants.md` has them.

extension Rule {
    /// The rules of every service, of what spans them, of any house, and of what is read of it.
    package static let all: [Rule] =
        (ServiceChecks.all.flatMap { $0.rules } + Judge.rules + general + reading)
        .sorted { $0.rank < $1.rank }

    /// The families in the order of the page. One that a service brings stands behind them.
    private static let families = "SMOEGIQL"

    private var rank: (family: Int, letter: String, number: Int) {
        let letter = String(id.prefix(1))
        let family = Self.families.enumerated().first { String($0.element) == letter }?.offset
        return (family ?? Self.families.count, letter, Int(id.dropFirst()) ?? 0)
    }

    /// Two Markdown tables.
    package static var tables: String {
        var text = "| id | promise | checked |\n|---|---|---|\n"
        for rule in all {
            let stages = rule.stages.names.joined(separator: ", ")
            text += "| \(rule.id) | \(rule.promise) | \(stages) |\n"
        }
        text += "\n| id | promise | why it is not checked here |\n|---|---|---|\n"
        for omission in Omission.all {
            text += "| \(omission.id) | \(omission.promise) | \(omission.reason) |\n"
        }
        return text
    }
}
