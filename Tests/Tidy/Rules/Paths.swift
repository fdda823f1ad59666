// SPDX-License-Identifier: Apache-2.0
/// Paths: those of one machine must not get in, and those that a page names must exist.

enum Paths {
    private static let machineFolders = ["work", "farm"].map { "/" + $0 + "/" }

    /// Absolute paths of the machine on which something was written; they mean nothing elsewhere.
    static func machine(_ tree: Tree) -> [Breach] {
        tree.paths.flatMap { path -> [Breach] in
            guard let bytes = tree.bytes(path) else { return [] }
            let offsets = machineFolders.flatMap { SourceFile.offsets(of: $0, in: bytes) }
            return offsets.filter { isAbsolute($0, in: bytes) }.map { offset in
                let line = 1 + bytes[..<offset].count { $0 == UInt8(ascii: "\n") }
                return Breach(rule: .machinePath, file: path, line: line, what: "a machine's path")
            }
        }
    }

    /// Not the middle of a longer path.
    private static func isAbsolute(_ offset: Int, in bytes: [UInt8]) -> Bool {
        guard offset > 0 else { return true }
        let before = bytes[offset - 1]
        return before >= 0x80 || !(before.isWord || before == UInt8(ascii: "."))
    }

    /// The manifest declares ranges; what one machine made of them is no part of the project.
    static func lockFiles(_ tree: Tree) -> [Breach] {
        tree.paths.filter { $0.split(separator: "/").last == "Package.resolved" }.map { path in
            Breach(rule: .lockFile, file: path, line: 1, what: "is tracked")
        }
    }

    private static let page = "ARCHITECTURE.md"
    private static let extensions = [".swift", ".md", ".sh", ".csv"]

    static func missing(_ tree: Tree) -> [Breach] {
        guard let text = tree.text(page) else {
            return [Breach(rule: .missingFile, file: page, line: 1, what: "is missing")]
        }
        return named(in: text, of: tree).filter { !exists($0.path, in: tree) }.map { name in
            Breach(
                rule: .missingFile, file: page, line: name.line, what: "`\(name.path)` is not there"
            )
        }
    }

    /// What stands in backticks, outside fenced blocks, and looks like a path of this tree.
    private static func named(in text: String, of tree: Tree) -> [(path: String, line: Int)] {
        let tops = Set(
            tree.paths.compactMap { path in
                path.contains("/") ? path.split(separator: "/").first.map { $0 + "/" } : nil
            })
        var isFenced = false
        var named: [(String, Int)] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            if line.hasPrefix("```") { isFenced.toggle() }
            guard !isFenced else { continue }
            let spans = line.split(separator: "`", omittingEmptySubsequences: false)
            for (number, span) in spans.enumerated() where number % 2 == 1 {
                let path = String(span)
                guard path.utf8.allSatisfy(isPathByte), !path.hasPrefix("/") else { continue }
                let hasExtension = extensions.contains { path.hasSuffix($0) && path != $0 }
                let beginsAtTop = tops.contains { path.hasPrefix($0) }
                if hasExtension || beginsAtTop || path.hasSuffix("/") {
                    named.append((path, index + 1))
                }
            }
        }
        return named
    }

    private static func isPathByte(_ byte: UInt8) -> Bool {
        byte.isWord || "./+-".utf8.contains(byte)
    }

    /// As written, or as the end of a longer path: `Orders/OrderDecider.swift` is enough.
    private static func exists(_ path: String, in tree: Tree) -> Bool {
        if tree.holds(path) { return true }
        guard !path.hasSuffix("/") else {
            return tree.paths.contains { ("/" + $0).contains("/" + path) }
        }
        return tree.paths.contains { $0.hasSuffix("/" + path) }
    }
}
