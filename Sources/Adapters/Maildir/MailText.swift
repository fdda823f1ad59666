// SPDX-License-Identifier: Apache-2.0
/// A mail as a message of RFC 5322, with the line ends of a maildir (LF). No value can begin a new
/// header: control characters never get into one.

import Kernel
import Ports

struct MailText {
    private(set) var bytes: [UInt8] = []

    /// `from` is a valid address, and so is the recipient of `mail`; its id needs no quotes.
    init(_ mail: Mail, from: String, date: String) {
        bytes.reserveCapacity(mail.body.utf8.count + mail.subject.utf8.count * 2 + 384)
        header("From: ", from)
        header("To: ", mail.recipient)
        bytes.append(contentsOf: "Subject: ".utf8)
        appendSubject(mail.subject)
        bytes.append(UInt8(ascii: "\n"))
        header("Date: ", date)
        bytes.append(contentsOf: "Message-ID: <".utf8)
        bytes.append(contentsOf: mail.id.utf8)
        bytes.append(contentsOf: "@orderhouse.local>\n".utf8)
        bytes.append(contentsOf: "MIME-Version: 1.0\n".utf8)
        bytes.append(contentsOf: "Content-Type: text/plain; charset=utf-8\n".utf8)
        bytes.append(contentsOf: "Content-Transfer-Encoding: 8bit\n\n".utf8)
        appendBody(mail.body)
    }

    private mutating func header(_ name: StaticString, _ value: String) {
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: value.utf8)
        bytes.append(UInt8(ascii: "\n"))
    }

    // MARK: Subject

    /// A line may have 78 characters with its name; what is longer, is not ASCII, or could be taken
    /// for an encoded word is encoded.
    private static let plainSubjectMax = 68

    private mutating func appendSubject(_ subject: String) {
        let isPlain =
            subject.utf8.count <= Self.plainSubjectMax
            && subject.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f }
            && !subject.utf8.contains(UInt8(ascii: "?"))
        if isPlain {
            bytes.append(contentsOf: subject.utf8)
        } else {
            appendEncodedWords(subject.unicodeScalars.filter { !isControl($0) })
        }
    }

    /// RFC 2047: words of at most 75 characters, so 45 bytes each, none of which splits a
    /// character; folded, and put together again by the reader.
    private mutating func appendEncodedWords(_ scalars: String.UnicodeScalarView) {
        let wordBytesMax = 45
        var word: [UInt8] = []
        var isFirst = true
        for scalar in scalars {
            let encoded = UTF8.encode(scalar).map(Array.init) ?? []
            if word.count + encoded.count > wordBytesMax {
                appendEncodedWord(word, isFirst: isFirst)
                isFirst = false
                word = []
            }
            word += encoded
        }
        if !word.isEmpty { appendEncodedWord(word, isFirst: isFirst) }
    }

    private mutating func appendEncodedWord(_ word: [UInt8], isFirst: Bool) {
        if !isFirst { bytes.append(contentsOf: "\n ".utf8) }
        bytes.append(contentsOf: "=?UTF-8?B?".utf8)
        bytes.appendBase64(word)
        bytes.append(contentsOf: "?=".utf8)
    }

    // MARK: Body

    /// RFC 5322, section 2.1.1: a line has at most 998 bytes.
    private static let lineBytesMax = 998

    /// Every line end becomes LF; other control characters but the tab go; a line that is too long
    /// is broken between two characters. The body ends with a line end.
    private mutating func appendBody(_ body: String) {
        var body = body
        body.withUTF8 { text in
            /// Where what is not appended yet begins, and where its line did.
            var start = 0
            var lineStart = 0
            for offset in text.indices {
                let byte = text[offset]
                let isPlain = byte >= 0x20 && byte != 0x7f || byte == UInt8(ascii: "\t")
                // A character of UTF-8 has up to three bytes after its first one.
                let mustBreak = offset - lineStart > Self.lineBytesMax - 4 && byte & 0xc0 != 0x80
                if isPlain, !mustBreak { continue }
                bytes.append(contentsOf: text[start..<offset])
                start = isPlain ? offset : offset + 1
                let isEnd = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
                let isSecondOfTwo =
                    byte == UInt8(ascii: "\n") && offset > 0
                    && text[offset - 1] == UInt8(ascii: "\r")
                if isEnd && !isSecondOfTwo || mustBreak && isPlain {
                    bytes.append(UInt8(ascii: "\n"))
                }
                if isEnd || isPlain { lineStart = start }
            }
            bytes.append(contentsOf: text[start...])
        }
        if bytes.last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
    }
}

/// C0, DEL, C1 and the line and paragraph separators.
private func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00..<0x20, 0x7f..<0xa0, 0x2028, 0x2029: true
    default: false
    }
}

extension [UInt8] {
    fileprivate mutating func appendBase64(_ data: [UInt8]) {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        for start in stride(from: 0, to: data.count, by: 3) {
            let group = data[start..<Swift.min(start + 3, data.count)]
            var bits: UInt32 = 0
            for index in 0..<3 {
                bits = bits << 8 | (index < group.count ? UInt32(group[start + index]) : 0)
            }
            for index in 0..<4 {
                let digit = Int(bits >> UInt32(18 - 6 * index)) & 63
                append(index <= group.count ? digits[digit] : UInt8(ascii: "="))
            }
        }
    }
}
