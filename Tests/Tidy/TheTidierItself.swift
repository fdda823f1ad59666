// SPDX-License-Identifier: Apache-2.0
/// The tests of the tests: what they read, what they overlook, and what is let off.

import Testing

@Suite struct `The tidier itself` {
    @Test func `reads this checkout`() {
        #expect(Tidy.tree.holds("Package.swift"))
        #expect(Tidy.tree.holds("Tests/Tidy"))
        #expect(!Tidy.tree.sources.isEmpty)
        #expect(Tidy.tree.paths.allSatisfy { !$0.hasPrefix(".build/") && !$0.hasPrefix(".git/") })
    }

    @Test func `lets off only what still needs it`() {
        let breaches = Set(Tidy.exceptions.map(\.rule)).flatMap { $0.breaches(in: Tidy.tree) }
        let stale = Exception.stale(Tidy.exceptions, among: breaches)
        #expect(stale.isEmpty, "mended: take these from the list")
    }

    @Test func `finds an exception that is no longer needed`() {
        let needed = Exception(file: "Sources/A.swift", rule: .fileLength, because: "a table")
        let otherRule = Exception(file: "Sources/A.swift", rule: .purpose, because: "generated")
        let otherFile = Exception(file: "Sources/B.swift", rule: .fileLength, because: "a table")
        let breach = Breach(rule: .fileLength, file: "Sources/A.swift", line: 1, what: "too long")
        let stale = Exception.stale([needed, otherRule, otherFile], among: [breach])
        #expect(stale.map(\.description) == [otherRule, otherFile].map(\.description))
    }

    @Test func `finds every kind of breach in an untidy tree`() {
        let long = String(repeating: "a()\n", count: 8_001)
        let machinePath = "/" + "work" + "/"
        let untidy = """
            import GRDB
            func a() { let a = Date(); Task { try! b() } }
            final class A: @unchecked Sendable {}
            let a = Mutex<() -> Void>(b)
            func b() {
            \(long)}
            \(String(repeating: "a", count: 101))
            """
        let tree = Tree([
            "Sources/Domain/Kernel/A.swift": untidy, "Package.resolved": machinePath,
            "Sources/Engine/Node/B.swift": "struct A {\n\(long)}\n",
        ])
        for rule in Rule.allCases {
            #expect(!rule.breaches(in: tree).isEmpty, "\(rule)")
        }
    }

    @Test(
        arguments: [
            ("a // b", "a     "), ("a /* b /* c */ d */ e", "a                   e"),
            ("a \"b\" c", "a     c"), ("a \"\\\"b\" c", "a       c"), ("#\"b\"c\"# d", "        d"),
            ("\"\"\"\n\"b\"\n\"\"\" c", "   \n   \n    c"), ("\"b\nc", "  \nc"),
            ("\"b \\(c(\"d\")) e\" f", "    (c(   ))    f"),
            ("#\"\\(b)\\#(c)\"# d", "        (c)   d"),
            ("a = /b\"/; c", "a =     ; c"), ("a / b / c", "a / b / c"), ("#/b\"/# c", "       c"),
            ("func `a \"b\"`()", "func _______()"), ("#if a // b", "#if a     "),
        ])
    func `keeps code and blanks the rest`(text: String, code: String) {
        #expect(String(decoding: SourceFile("A.swift", text).code, as: UTF8.self) == code)
    }

    @Test func `counts lines from one`() {
        let file = SourceFile("A.swift", "a\n\nbc\n")
        #expect([0, 1, 2, 3, 4, 5].map(file.line) == [1, 1, 2, 3, 3, 3])
    }
}
