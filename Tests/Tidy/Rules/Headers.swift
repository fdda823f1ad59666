// SPDX-License-Identifier: Apache-2.0
/// How every source file opens: its license, then a sentence that says what it is for.

enum Headers {
    static let license = "// SPDX-License-Identifier: Apache-2.0"
    /// Where the purpose must begin.
    static let purposeLineMax = 12
    /// Fewer words than this are a label and not a sentence.
    static let purposeWordsMin = 4

    static func license(_ file: SourceFile) -> [Breach] {
        guard file.lines.first.map(String.init) != license else { return [] }
        return [file.breach(.license, 1, "the first line is not `\(license)`")]
    }

    static func purpose(_ file: SourceFile) -> [Breach] {
        guard !comments(in: file).contains(where: isSentence) else { return [] }
        return [file.breach(.purpose, 1, "no sentence says what this file is for")]
    }

    /// The comments that begin in the first lines, each joined from its lines.
    private static func comments(in file: SourceFile) -> [String] {
        var comments: [String] = []
        var current: String?
        for (index, line) in file.lines.enumerated().dropFirst() {
            let line = line.drop { $0 == " " }
            if line.hasPrefix("//"), current != nil || index < purposeLineMax {
                current = (current ?? "") + " " + line.drop { $0 == "/" || $0 == " " }
            } else if let comment = current {
                comments.append(comment)
                current = nil
            }
            if current == nil, index >= purposeLineMax { break }
        }
        return comments + [current].compactMap(\.self)
    }

    private static func isSentence(_ comment: String) -> Bool {
        let words = comment.split(separator: " ")
        let ends = words.contains { $0.hasSuffix(".") || $0.hasSuffix("?") || $0.hasSuffix(":") }
        let isInstruction = ["MARK:", "swift-format-ignore", "SAFETY:"].contains { mark in
            words.first?.hasPrefix(mark) == true
        }
        return words.count >= purposeWordsMin && ends && !isInstruction
    }
}
