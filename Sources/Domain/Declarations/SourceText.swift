// SPDX-License-Identifier: Apache-2.0
/// Lines of Swift, laid out as the house's own.

struct SourceText {
    private(set) var lines: [String] = []
    private static let columns = 100
    /// The second line of each file.
    static let notice =
        "// Written by `make contracts` from Sources/Domain/Declarations: change it there."

    var text: String { lines.joined(separator: "\n") + "\n" }

    mutating func line(_ text: String = "", _ depth: Int = 0) {
        lines.append(text.isEmpty ? "" : Self.indent(depth) + text)
    }

    /// A doc comment, filled to the width of a line.
    mutating func comment(_ about: String, _ depth: Int = 0) {
        guard !about.isEmpty else { return }
        for text in Self.filled(about, Self.columns - 4 * depth - 4) { line("/// " + text, depth) }
    }

    /// `head`, the arguments and `tail` on one line, or, where they don't fit, the arguments on
    /// lines of their own.
    mutating func call(_ head: String, _ arguments: [String], _ tail: String, _ depth: Int) {
        let whole = head + arguments.joined(separator: ", ") + tail
        guard Self.indent(depth).count + whole.count > Self.columns else {
            return line(whole, depth)
        }
        line(head, depth)
        list(arguments, tail, depth + 1)
    }

    /// `items`, parted by commas and closed by `tail`, as many on a line as fit.
    mutating func list(_ items: [String], _ tail: String, _ depth: Int) {
        var row = ""
        for (index, item) in items.enumerated() {
            let piece = item + (index == items.count - 1 ? tail : ",")
            if !row.isEmpty && 4 * depth + row.count + 1 + piece.count > Self.columns {
                line(row, depth)
                row = ""
            }
            row += (row.isEmpty ? "" : " ") + piece
        }
        line(row, depth)
    }

    private static func indent(_ depth: Int) -> String { String(repeating: "    ", count: depth) }

    private static func filled(_ text: String, _ width: Int) -> [String] {
        var rows: [String] = []
        for word in text.split(separator: " ") {
            if let row = rows.last, row.count + 1 + word.count <= width {
                rows[rows.count - 1] = row + " " + word
            } else {
                rows.append(String(word))
            }
        }
        return rows
    }
}
