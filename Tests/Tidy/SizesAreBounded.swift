// SPDX-License-Identifier: Apache-2.0
/// Files, lines, functions and pages stay small enough to read.

import Testing

@Suite struct `Sizes are bounded` {
    @Test func `no source file is longer than 500 lines`() { Tidy.demand(.fileLength) }

    @Test func `no line is wider than 100 columns`() { Tidy.demand(.lineLength) }

    @Test func `no function is longer than 60 lines`() { Tidy.demand(.functionLength) }

    @Test func `kernel, ports, node and orders can be read in an afternoon`() {
        Tidy.demand(.engineSize)
    }

    @Test func `the pages for newcomers stay short`() { Tidy.demand(.pageLength) }

    @Test(arguments: [(0, 0), (500, 0), (501, 1)])
    func `a file is measured in lines`(lines: Int, breaches: Int) {
        let file = SourceFile("Sources/A.swift", String(repeating: "a\n", count: lines))
        #expect(Sizes.files(file).count == breaches)
    }

    @Test func `a last line counts without its newline, too`() {
        #expect(SourceFile("Sources/A.swift", "a\nb").lines.count == 2)
        #expect(SourceFile("Sources/A.swift", "a\nb\n").lines.count == 2)
    }

    @Test(arguments: [(0, 0), (100, 0), (101, 1)])
    func `a line is measured in characters and not in bytes`(columns: Int, breaches: Int) {
        for letter in ["a", "é"] {
            let text = "\n" + String(repeating: letter, count: columns) + "\n"
            let found = Sizes.lines(SourceFile("Tests/A.swift", text))
            #expect(found.count == breaches)
            #expect(found.allSatisfy { $0.line == 2 })
        }
    }

    @Test(arguments: ["func work(_ x: [Int] = []) throws(No) -> Int {", "init?(_ f: () -> Void) {"])
    func `a function is measured from its head to its brace`(head: String) {
        func breaches(_ lines: Int) -> [Breach] {
            let body = String(repeating: "    if true { work() }\n", count: lines - 2)
            return Sizes.functions(SourceFile("Sources/A.swift", "\n\(head)\n\(body)}\n"))
        }
        #expect(breaches(2).isEmpty)
        #expect(breaches(60).isEmpty)
        #expect(breaches(61).map(\.line) == [2])
    }

    @Test func `a requirement has no body, and a call is no declaration`() {
        let text = """
            protocol Store {
                func load(_ keys: [Key]) throws(No) -> [State]
                init()
                var size: Int { get }
            }
            struct A {
                init(_ a: Int) { self.init() ; Self.init(); b = .init(1) }
                func `say "func {"`() -> String { "func { /* \\(name { "}" }) */" }  // }
            }
            """
        let found = Function.all(in: SourceFile("Sources/A.swift", text))
        #expect(found.map(\.line) == [7, 8])
        #expect(found.map(\.lines) == [1, 1])
    }

    @Test func `a long function inside an outer one is found twice`() {
        let inner = "func b() {\n" + String(repeating: "c()\n", count: 60) + "}\n"
        let file = SourceFile("Sources/A.swift", "func a() {\n\(inner)}\n")
        #expect(Sizes.functions(file).map(\.line) == [1, 2])
    }

    @Test(arguments: [(4_000, 0), (4_001, 1)])
    func `they are measured together`(lines: Int, breaches: Int) {
        let half = String(repeating: "a\n", count: 4_000)
        let files = [
            SourceFile("Sources/Domain/Kernel/A.swift", half),
            SourceFile("Sources/Engine/Node/B.swift", String(repeating: "a\n", count: lines)),
            SourceFile("Sources/Gateway/C.swift", half),
        ]
        #expect(Sizes.engine(files).count == breaches)
    }

    @Test func `a long page is found, and so is a missing one`() {
        let tree = Tree([
            "README.md": String(repeating: "a\n", count: 121),
            "CONTRIBUTING.md": String(repeating: "a\n", count: 80),
        ])
        #expect(Sizes.pages(tree).map(\.file) == ["ARCHITECTURE.md", "README.md"])
    }
}
