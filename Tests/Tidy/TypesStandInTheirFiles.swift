// SPDX-License-Identifier: Apache-2.0
/// A type is found in the file of its name.

import Testing

@Suite struct `Types stand in their files` {
    @Test func `every long type that other files name has a file of its name`() {
        Tidy.demand(.misplacedType)
    }

    private static func text(_ head: String, lines: Int) -> String {
        "\n\(head) {\n" + String(repeating: "    let a = \"}\"\n", count: lines - 2) + "}\n"
    }

    private func breaches(
        _ path: String, _ head: String, lines: Int = 16, usedBy other: String = "let a = Order.b"
    ) -> [Breach] {
        Types.misplaced([
            SourceFile(path, Self.text(head, lines: lines)),
            SourceFile("Sources/Gateway/B.swift", other),
        ])
    }

    @Test(
        arguments: [
            "struct Order", "package struct Order: Sendable", "public final class Order<Key>",
            "@usableFromInline package enum Order", "actor Order", "protocol Order: AnyObject",
        ])
    func `a long type in another one's file is found`(head: String) {
        for folder in Types.folders {
            #expect(breaches("\(folder)/A.swift", head).map(\.line) == [2])
            #expect(breaches("\(folder)/A+Order.swift", head).count == 1)
        }
    }

    @Test(arguments: [(15, 0), (16, 1)])
    func `a short type may stand beside another`(lines: Int, count: Int) {
        let found = breaches("Sources/Engine/Node/A.swift", "struct Order", lines: lines)
        #expect(found.count == count)
    }

    @Test(arguments: ["private struct Order", "fileprivate final class Order", "extension Order"])
    func `what a file keeps to itself, and an extension, pass`(head: String) {
        #expect(breaches("Sources/Engine/Node/A.swift", head).isEmpty)
    }

    @Test(arguments: ["let a = Orders.b", "// Order", "let a = \"Order\"", "reorder(OrderLine)"])
    func `a type that no other file names passes`(other: String) {
        let found = breaches("Sources/Engine/Node/A.swift", "struct Order", usedBy: other)
        #expect(found.isEmpty)
    }

    @Test(arguments: ["Order.swift", "Order+Wire.swift"])
    func `a type in a file of its name passes`(file: String) {
        #expect(breaches("Sources/Engine/Node/\(file)", "struct Order").isEmpty)
    }

    @Test func `a nested type passes, and so does a folder that does not keep to it`() {
        let nested = "struct A {\n" + Self.text("    struct Order", lines: 20) + "}\n"
        let files = [
            SourceFile("Sources/Engine/Node/A.swift", nested),
            SourceFile("Sources/Gateway/B.swift", "let a = A.Order()"),
        ]
        #expect(Types.misplaced(files).isEmpty)
        #expect(breaches("Sources/Gateway/A.swift", "struct Order").isEmpty)
    }
}
