// SPDX-License-Identifier: Apache-2.0
/// Where types stand: whoever knows a type's name knows its file.

enum Types {
    /// Folders that keep to it. This list may only grow.
    static let folders = ["Sources/Engine", "Sources/Services", "Sources/Apps/House"]
    /// A shorter type may stand beside the one that it belongs to.
    static let linesMax = 15
    private static let keywords = ["struct", "class", "enum", "actor", "protocol"]

    /// Long types that other files name, in a file of another name.
    static func misplaced(_ files: [SourceFile]) -> [Breach] {
        files.filter { $0.isIn(folders) }.flatMap { file in
            all(in: file).compactMap { type in
                guard type.lines > linesMax, type.name != file.subject,
                    files.contains(where: { $0.path != file.path && $0.names(type.name) })
                else { return nil }
                return file.breach(
                    .misplacedType, type.line, "\(type.name) stands in \(type.name).swift")
            }
        }
    }

    /// The types that `file` declares at its top level and does not keep to itself.
    private static func all(in file: SourceFile) -> [(name: String, line: Int, lines: Int)] {
        keywords.flatMap { keyword in
            file.offsets(of: keyword).compactMap { offset in
                let line = file.line(at: offset)
                let head = file.lines[line - 1]
                guard head.first?.isWhitespace == false, !head.contains("private ") else {
                    return nil
                }
                let name = file.word(after: offset + keyword.utf8.count)
                guard !name.text.isEmpty, let end = end(of: name.end, in: file.code) else {
                    return nil
                }
                return (name.text, line, file.line(at: end) - line + 1)
            }
        }
    }

    /// The brace that closes the first one after `start`.
    private static func end(of start: Int, in code: [UInt8]) -> Int? {
        var depth = 0
        for offset in start..<code.count {
            if code[offset] == UInt8(ascii: "{") { depth += 1 }
            guard code[offset] == UInt8(ascii: "}") else { continue }
            depth -= 1
            if depth <= 0 { return offset }
        }
        return nil
    }
}

extension SourceFile {
    fileprivate func names(_ type: String) -> Bool { !offsets(of: type).isEmpty }

    /// What the file is named after: `Order` for `Order+Wire.swift`.
    fileprivate var subject: String {
        let name = path.split(separator: "/").last ?? ""
        return String(name.prefix { $0 != "+" && $0 != "." })
    }
}
