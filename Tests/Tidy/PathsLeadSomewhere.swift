// SPDX-License-Identifier: Apache-2.0
/// No path of one machine gets in, and every path that a page names exists.

import Testing

@Suite struct `Paths lead somewhere` {
    @Test func `no file holds a path of the machine it was written on`() {
        Tidy.demand(.machinePath)
    }

    @Test func `no lock file is tracked`() { Tidy.demand(.lockFile) }

    @Test func `every file that the architecture names exists`() { Tidy.demand(.missingFile) }

    /// Put together here, so that this file does not break the rule itself.
    private static let folder = "/" + "work" + "/"

    @Test(arguments: [
        "\(folder)a", "see \(folder)a", "\"\(folder)\"", "file:/\(folder)a", "é\(folder)",
    ])
    func `a machine path is found in any file`(text: String) {
        let tree = Tree(["docs/a.md": "one\n\(text)\n", "b.sh": "\(text)\n"])
        #expect(Paths.machine(tree).map(\.file) == ["b.sh", "docs/a.md"])
        #expect(Paths.machine(tree).map(\.line) == [1, 2])
    }

    @Test(arguments: ["at\(folder)a", "..\(folder)a", "/" + "works/a", "paper/" + "work"])
    func `the middle of a longer path passes`(text: String) {
        #expect(Paths.machine(Tree(["a.md": text])).isEmpty)
    }

    @Test func `a tracked lock file is found`() {
        let tree = Tree(["Package.resolved": "{}", "Tools/Package.resolved": "{}", "a.md": ""])
        #expect(Paths.lockFiles(tree).count == 2)
    }

    @Test func `a page that names a missing file is found`() {
        let page = """
            Start at `Sources/Domain/Orders/OrderDecider.swift`, then `Ledger.swift`
            and `Engine/Loop/`, `Sources/Gateway`, `docs/none.md`.
            """
        let tree = Tree(["ARCHITECTURE.md": page, "Sources/Domain/A.swift": "", "docs/a.md": ""])
        #expect(Paths.missing(tree).map(\.line) == [1, 1, 2, 2, 2])
        #expect(Paths.missing(Tree([:])).count == 1)
    }

    @Test func `files by their full or short names, folders, and other words pass`() {
        let page = """
            `Sources/Domain/A.swift`, `A.swift`, `Domain/A.swift`, `Sources/Domain/`, `Domain/`,
            `Sources/Domain`, `Package.swift`, `/v1/orders`, `a/b`, `order.placed.v1`, `.swift`,
            `Sources/*/B.swift`, `swift build`.
            ```
            `Sources/Missing.swift`
            ```
            """
        let tree = Tree([
            "ARCHITECTURE.md": page, "Sources/Domain/A.swift": "", "Package.swift": "",
        ])
        #expect(Paths.missing(tree).isEmpty)
    }
}
