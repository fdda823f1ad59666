// SPDX-License-Identifier: Apache-2.0
/// The hard stops on sizes: of a file, a line, a function, a page, and of an afternoon's reading.

enum Sizes {
    static let fileLinesMax = 500
    static let lineColumnsMax = 100
    static let functionLinesMax = 60
    /// The kernel, the ports, the node and the orders together: what can be read in an afternoon.
    /// Blank lines and lines that are only a comment or an attribute do not count.
    static let engineLinesMax = 8_000
    static let enginePaths = [
        "Sources/Domain/Kernel", "Sources/Engine/Ports", "Sources/Engine/Node",
        "Sources/Domain/Orders", "Sources/Services/Orders",
    ]
    static let pageLinesMax = ["README.md": 120, "ARCHITECTURE.md": 150, "CONTRIBUTING.md": 80]

    static func files(_ file: SourceFile) -> [Breach] {
        guard file.lines.count > fileLinesMax else { return [] }
        return [file.breach(.fileLength, 1, "\(file.lines.count) lines, not \(fileLinesMax)")]
    }

    static func lines(_ file: SourceFile) -> [Breach] {
        file.lines.enumerated().compactMap { index, line in
            guard line.utf8.count > lineColumnsMax, line.count > lineColumnsMax else { return nil }
            return file.breach(
                .lineLength, index + 1, "\(line.count) columns, not \(lineColumnsMax)")
        }
    }

    /// A function counts from its `func` or `init` to its closing brace.
    static func functions(_ file: SourceFile) -> [Breach] {
        Function.all(in: file).compactMap { function in
            guard function.lines > functionLinesMax else { return nil }
            return file.breach(
                .functionLength, function.line,
                "\(function.name): \(function.lines) lines, not \(functionLinesMax)")
        }
    }

    static func engine(_ files: [SourceFile]) -> [Breach] {
        let inside = files.filter { $0.isIn(enginePaths) }
        let total = inside.reduce(0) { sum, file in
            sum + file.lines.count { line in
                guard let first = line.first(where: { $0 != " " }) else { return false }
                return first != "/" && !line.hasSuffix(" @inlinable")
            }
        }
        guard total > engineLinesMax else { return [] }
        let what = "the engine and Orders have \(total) lines together, not \(engineLinesMax)"
        return [Breach(rule: .engineSize, file: "Sources", line: 1, what: what)]
    }

    static func pages(_ tree: Tree) -> [Breach] {
        pageLinesMax.sorted { $0.key < $1.key }.compactMap { page, max in
            guard let text = tree.text(page) else {
                return Breach(rule: .pageLength, file: page, line: 1, what: "is missing")
            }
            let count = SourceFile(page, text).lines.count
            guard count > max else { return nil }
            return Breach(
                rule: .pageLength, file: page, line: 1, what: "\(count) lines, not \(max)")
        }
    }
}

/// A function or initializer that has a body.
struct Function: Equatable {
    let name: String
    let line: Int
    let lines: Int

    static func all(in file: SourceFile) -> [Function] {
        (file.offsets(of: "func") + file.offsets(of: "init")).sorted().compactMap { start in
            guard !(start > 0 && file.code[start - 1] == UInt8(ascii: ".")),
                let end = end(of: start, in: file.code)
            else { return nil }
            let line = file.line(at: start)
            let text = file.lines[line - 1].drop { $0 == " " }
            return Function(
                name: String(text.prefix(60)), line: line, lines: file.line(at: end) - line + 1)
        }
    }

    /// The declaration's last brace; nil when it has no body, as in a protocol.
    private static func end(of start: Int, in code: [UInt8]) -> Int? {
        guard let open = body(of: start, in: code) else { return nil }
        var depth = 0
        for offset in open..<code.count {
            if code[offset] == UInt8(ascii: "{") { depth += 1 }
            if code[offset] == UInt8(ascii: "}") { depth -= 1 }
            if depth == 0 { return offset }
        }
        return code.count - 1
    }

    /// What may follow a requirement without a body: the next declaration.
    private static let declarations: Set<String> = [
        "func", "init", "var", "let", "subscript", "associatedtype", "typealias", "case", "static",
        "struct", "enum", "class", "actor", "extension", "protocol", "mutating",
    ]

    private static func body(of start: Int, in code: [UInt8]) -> Int? {
        var depth = 0
        var offset = start + 4
        while offset < code.count {
            switch code[offset] {
            case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: "{") where depth == 0: return offset
            case UInt8(ascii: "}") where depth == 0: return nil
            case let byte where byte.isWord && depth == 0:
                var end = offset
                while end < code.count, code[end].isWord { end += 1 }
                let word = String(decoding: code[offset..<end], as: UTF8.self)
                if declarations.contains(word) { return nil }
                offset = end
                continue
            default: break
            }
            offset += 1
        }
        return nil
    }
}

extension SourceFile {
    func breach(_ rule: Rule, _ line: Int, _ what: String) -> Breach {
        Breach(rule: rule, file: path, line: line, what: what)
    }
}
