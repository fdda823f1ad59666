// SPDX-License-Identifier: Apache-2.0
/// CSV after RFC 4180, read in pieces: strict about quotes, bounded in everything, and never more
/// of the file in memory than a piece and a row.

import Foundation

/// Why a file is not CSV. `line` counts from 1.
package enum CSVError: Error, Equatable, Sendable {
    case unreadable
    /// A quote inside a field that does not begin with one.
    case strayQuote(line: Int)
    /// Something else than a comma or an end of line behind a closing quote.
    case textAfterQuote(line: Int)
    /// A carriage return that no line feed follows.
    case strayReturn(line: Int)
    /// The file ends inside quotes.
    case openQuote(line: Int)
    /// More than 1 MiB in one row.
    case rowTooLong(line: Int)
    case notUTF8(line: Int)
    /// A column that is needed is not in the header line, or twice.
    case badHeader(column: String)
}

/// One row: its fields as text.
package struct CSVRow: Sendable {
    /// Where it begins.
    package fileprivate(set) var line = 1
    fileprivate var bytes: [UInt8] = []
    fileprivate var ends: [Int] = []

    package var count: Int { ends.count }

    package subscript(index: Int) -> String { String(decoding: self[bytes: index], as: UTF8.self) }

    private subscript(bytes index: Int) -> ArraySlice<UInt8> {
        bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
    }

    /// What two rows have in common that are equal in every field.
    var fingerprint: [UInt8] {
        var joined: [UInt8] = []
        joined.reserveCapacity(bytes.count + count)
        for index in 0..<count {
            joined += self[bytes: index]
            joined.append(0xff)  // Never a byte of UTF-8.
        }
        return joined
    }
}

/// Gives one row after the other. Lines end in LF or CRLF; a byte order mark is skipped.
package struct CSVReader {
    /// Gives the next bytes; empty at the end.
    package typealias Source = () throws -> [UInt8]

    private enum Place {
        case fieldStart, plain, quoted, quoteInQuoted, carriageReturn
    }

    private static let rowMax = 1 << 20

    private let source: Source
    private var piece: [UInt8] = []
    private var position = 0
    private var isAtEnd = false
    private var line = 1
    private var row = CSVRow()

    package init(_ source: @escaping Source) { self.source = source }

    package init(text: String) {
        var pieces = [Array(text.utf8)]
        source = { pieces.popLast() ?? [] }
    }

    package init(path: String) throws(CSVError) {
        guard let file = FileHandle(forReadingAtPath: path) else { throw .unreadable }
        source = { Array(try file.read(upToCount: 256 * 1024) ?? Data()) }
    }

    /// The next row, nil behind the last one. An empty line is a row of one empty field.
    package mutating func next() throws(CSVError) -> CSVRow? {
        if line == 1, position == 0, piece.isEmpty { try skipCheckpoint() }
        row.line = line
        row.bytes.removeAll(keepingCapacity: true)
        row.ends.removeAll(keepingCapacity: true)
        var place = Place.fieldStart
        while true {
            if position == piece.count, try !refill() { return try last(place) }
            if try scan(&place) { return try checked() }
            guard row.bytes.count <= Self.rowMax else { throw .rowTooLong(line: row.line) }
        }
    }

    /// Takes from the piece until the row or the piece ends; true when the row did.
    private mutating func scan(_ place: inout Place) throws(CSVError) -> Bool {
        while position < piece.count {
            let byte = piece[position]
            position += 1
            if place == .quoted {
                if byte == UInt8(ascii: "\"") {
                    place = .quoteInQuoted
                } else {
                    if byte == 10 { line += 1 }
                    row.bytes.append(byte)
                }
                continue
            }
            switch byte {
            case UInt8(ascii: ",") where place != .carriageReturn:
                row.ends.append(row.bytes.count)
                place = .fieldStart
            case 10:
                row.ends.append(row.bytes.count)
                line += 1
                return true
            case 13 where place != .carriageReturn: place = .carriageReturn
            case _ where place == .carriageReturn: throw .strayReturn(line: line)
            case UInt8(ascii: "\""):
                if place == .plain { throw .strayQuote(line: line) }
                // A doubled quote is one quote; at the start of a field it opens.
                if place == .quoteInQuoted { row.bytes.append(byte) }
                place = .quoted
            default:
                guard place != .quoteInQuoted else { throw .textAfterQuote(line: line) }
                row.bytes.append(byte)
                place = .plain
            }
        }
        return false
    }

    /// The row that no line end follows.
    private mutating func last(_ place: Place) throws(CSVError) -> CSVRow? {
        switch place {
        case .quoted: throw .openQuote(line: row.line)
        case .carriageReturn: throw .strayReturn(line: line)
        case .fieldStart where row.ends.isEmpty: return nil
        case .fieldStart, .plain, .quoteInQuoted:
            row.ends.append(row.bytes.count)
            return try checked()
        }
    }

    private func checked() throws(CSVError) -> CSVRow {
        let isASCII = row.bytes.allSatisfy { $0 < 0x80 }
        guard isASCII || String(validating: row.bytes, as: UTF8.self) != nil else {
            throw .notUTF8(line: row.line)
        }
        return row
    }

    private mutating func refill() throws(CSVError) -> Bool {
        guard !isAtEnd else { return false }
        do {
            piece = try source()
        } catch {
            throw .unreadable
        }
        position = 0
        isAtEnd = piece.isEmpty
        return !isAtEnd
    }

    private mutating func skipCheckpoint() throws(CSVError) {
        var start: [UInt8] = []
        while start.count < 3, try refill() { start += piece }
        piece = start
        position = start.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    }
}
