// SPDX-License-Identifier: Apache-2.0
/// RFC 4180 on both sides: what is a file of comma-separated values, and what is none.

import Retail
import Testing

@Suite struct `Reading CSV` {
    @Test(
        arguments: [
            ("", []), ("a", [["a"]]), ("a\n", [["a"]]),
            ("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]),
            ("a,\n,b\n", [["a", ""], ["", "b"]]), (",", [["", ""]]), ("\n", [[""]]),
            ("a\n\nb", [["a"], [""], ["b"]]), (" a , b \n", [[" a ", " b "]]),
            ("\"a,b\",c", [["a,b", "c"]]), ("\"a\"\"b\"", [["a\"b"]]), ("\"\"", [[""]]),
            ("\"\"\"\"", [["\""]]), ("\"a\nb\r\nc\",d", [["a\nb\r\nc", "d"]]),
            ("\"a\"\n\"b\"", [["a"], ["b"]]), ("é,£1\n", [["é", "£1"]]),
            ("\u{feff}a,b", [["a", "b"]]), ("a\u{feff}", [["a\u{feff}"]]),
            ("a,\"\"", [["a", ""]]), ("a,\"b\"\r\n", [["a", "b"]]),
        ] as [(String, [[String]])])
    func `rows and fields`(_ text: String, _ rows: [[String]]) throws {
        #expect(try all(CSVReader(text: text)) == rows)
        // The same however the bytes are cut into pieces.
        for size in 1...3 { #expect(try all(pieces(Array(text.utf8), size)) == rows) }
    }

    @Test(
        arguments: [
            ("a\"b", .strayQuote(line: 1)), ("a\nb,c\"\n", .strayQuote(line: 2)),
            (" \"a\"", .strayQuote(line: 1)), ("\"a\"b", .textAfterQuote(line: 1)),
            ("\"a\" ,b", .textAfterQuote(line: 1)), ("a\rb", .strayReturn(line: 1)),
            ("a\r", .strayReturn(line: 1)), ("a\r\r\n", .strayReturn(line: 1)),
            ("a\n\"b\n", .openQuote(line: 2)), ("\"", .openQuote(line: 1)),
            ("\"a\"\"", .openQuote(line: 1)), ("\"a\nb\",c\"", .strayQuote(line: 2)),
            ("\r,a", .strayReturn(line: 1)),
        ] as [(String, CSVError)])
    func `faults are told with their line`(_ text: String, _ fault: CSVError) {
        #expect(throws: fault) { try all(CSVReader(text: text)) }
        #expect(throws: fault) { try all(pieces(Array(text.utf8), 1)) }
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        let bytes: [UInt8] = [97, 10, 0xc3, 0x28, 10]
        #expect(throws: CSVError.notUTF8(line: 2)) { try all(pieces(bytes, 5)) }
    }

    @Test func `a row without an end is refused before it fills the memory`() {
        let endless = CSVReader { [UInt8](repeating: 97, count: 65_536) }
        #expect(throws: CSVError.rowTooLong(line: 1)) { try all(endless) }
    }

    @Test func `a missing file is unreadable`() {
        #expect(throws: CSVError.unreadable) { try CSVReader(path: "/nowhere/at-all.csv") }
    }

    @Test func `rows know their lines`() throws {
        var reader = CSVReader(text: "a\n\"b\nc\"\nd")
        var lines: [Int] = []
        while let row = try reader.next() { lines.append(row.line) }
        #expect(lines == [1, 2, 4])
    }

    private func all(_ reader: CSVReader) throws -> [[String]] {
        var reader = reader
        var rows: [[String]] = []
        while let row = try reader.next() { rows.append((0..<row.count).map { row[$0] }) }
        return rows
    }

    private func pieces(_ bytes: [UInt8], _ size: Int) -> CSVReader {
        var rest = bytes[...]
        return CSVReader {
            defer { rest = rest.dropFirst(size) }
            return Array(rest.prefix(size))
        }
    }
}
