// SPDX-License-Identifier: Apache-2.0
/// A Swift file as the rules read it: its text, and its code with comments and strings blanked.

struct SourceFile: Sendable {
    let path: String
    let text: String
    let lines: [Substring]
    /// As long as the text, line for line; see `Blanking`.
    let code: [UInt8]
    /// Where each line of the code begins.
    private let starts: [Int]

    init(_ path: String, _ text: String) {
        self.path = path
        self.text = text
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        self.lines = lines
        let code = Blanking.code(of: Array(text.utf8))
        self.code = code
        starts = [0] + code.indices.filter { code[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    }

    func isIn(_ folders: [String]) -> Bool {
        folders.contains { path == $0 || path.hasPrefix($0 + "/") }
    }

    /// The number of the line, from 1, that holds the byte at `offset`.
    func line(at offset: Int) -> Int {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        return low + 1
    }

    /// Where `word` stands in the code, with no identifier running on at either end of it.
    func offsets(of word: String) -> [Int] { Self.offsets(of: word, in: code) }

    /// The same in any bytes, so that comments can be searched, too.
    static func offsets(of word: String, in bytes: [UInt8]) -> [Int] {
        let word = Array(word.utf8)
        guard let first = word.first, let last = word.last, bytes.count >= word.count else {
            return []
        }
        var found: [Int] = []
        for start in 0...(bytes.count - word.count) where bytes[start] == first {
            let end = start + word.count
            guard bytes[start..<end].elementsEqual(word) else { continue }
            let joinsBefore = first.isWord && start > 0 && bytes[start - 1].isWord
            let joinsAfter = last.isWord && end < bytes.count && bytes[end].isWord
            if !joinsBefore && !joinsAfter { found.append(start) }
        }
        return found
    }

    /// The identifier at or after `offset`, spaces skipped; empty when something else is there.
    func word(after offset: Int) -> (text: String, end: Int) {
        var start = offset
        while start < code.count, code[start].isSpace { start += 1 }
        var end = start
        while end < code.count, code[end].isWord { end += 1 }
        return (String(decoding: code[start..<end], as: UTF8.self), end)
    }

    /// The identifier that ends before `offset`, spaces skipped.
    func word(before offset: Int) -> String {
        var end = offset
        while end > 0, code[end - 1].isSpace { end -= 1 }
        var start = end
        while start > 0, code[start - 1].isWord { start -= 1 }
        return String(decoding: code[start..<end], as: UTF8.self)
    }
}

extension UInt8 {
    /// Part of an identifier; bytes beyond ASCII count as such.
    var isWord: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }

    var isSpace: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}
