// SPDX-License-Identifier: Apache-2.0
/// The lists of what is checked and of what is not, as `docs/reference/invariants.md` has them.

extension Rule {
    /// Two Markdown tables.
    package static var tables: String {
        var text = "| id | promise | checked |\n|---|---|---|\n"
        for rule in allCases {
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
