// SPDX-License-Identifier: Apache-2.0
/// Which revision a program was built from.

package enum Revision {
    /// The commit, with `+` when what was built differed from it; "unknown" when it was not built
    /// in a clone. Written down at build time by the plugin RecordRevision: where the program runs
    /// later says nothing about it.
    package static var text: String { Built.revision }

    /// What `--version` prints.
    package static func version(of program: String) -> String {
        text == "unknown"
            ? "\(program), revision unknown: it was not built in a clone of its repository"
            : "\(program), revision \(text)"
    }
}
