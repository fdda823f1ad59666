// SPDX-License-Identifier: Apache-2.0
/// Reads responses from a connection's bytes: status, the two lengths there are, body. Own code,
/// because the general decoder costs a load generator more than all else that it does, and the
/// server under test pays for that.

import Foundation
import NIOCore

/// Reads one response after the other. Strict: whatever it does not understand is malformed.
struct ResponseReader {
    /// A response without its body.
    struct Head {
        var status = 0
        /// Bytes from the start of the buffer to the body.
        var size = 0
        var length: Int?
        var isChunked = false
        var keepsAlive = true
    }

    struct Parsed {
        let response: LoadResponse
        let keepsAlive: Bool
    }

    private enum Phase {
        case head
        case body(left: Int)
        case chunkHead
        case chunk(left: Int)
        case trailers
    }

    private static let headMax = 64 * 1024
    private static let bodyMax = 64 * 1024 * 1024

    private var buffer = ByteBuffer()
    private var phase = Phase.head
    private var head = Head()
    private var headers: [UInt8] = []
    private var body: [UInt8] = []

    /// True when bytes wait that belong to no finished response.
    var hasLeftovers: Bool { buffer.readableBytes > 0 }

    mutating func append(_ bytes: ByteBuffer) {
        if buffer.readableBytes == 0 {
            buffer = bytes
        } else {
            var bytes = bytes
            buffer.writeBuffer(&bytes)
        }
    }

    /// The next whole response; nil while bytes are missing. Headers and body are left out unless
    /// `keepsBody`.
    mutating func next(keepsBody: Bool) throws(LoadFailure) -> Parsed? {
        while true {
            switch phase {
            case .head:
                guard let read = try readHead() else { return nil }
                begin(read, keepsHeaders: keepsBody)
            case .body(let left):
                guard try take(left, keepsBody: keepsBody, skipping: 0) else { return nil }
                return finish()
            case .chunkHead:
                guard let size = try readChunkHead() else { return nil }
                phase = size == 0 ? .trailers : .chunk(left: size)
            case .chunk(let left):
                guard try take(left, keepsBody: keepsBody, skipping: 2) else { return nil }
                phase = .chunkHead
            case .trailers:
                guard let line = try readLine() else { return nil }
                if line.isEmpty { return finish() }
            }
        }
    }

    private mutating func begin(_ read: Head, keepsHeaders: Bool) {
        let text = buffer.readSlice(length: read.size)
        guard !(100..<200).contains(read.status) else { return }
        head = read
        if keepsHeaders { headers = text.map { Array($0.readableBytesView) } ?? [] }
        if read.status == 204 || read.status == 304 {
            phase = .body(left: 0)
        } else {
            phase = read.isChunked ? .chunkHead : .body(left: read.length ?? 0)
        }
    }

    /// Moves `count` bytes to the body once all of them, and `skipping` line end bytes, are here.
    private mutating func take(
        _ count: Int, keepsBody: Bool, skipping: Int
    ) throws(LoadFailure) -> Bool {
        guard body.count + count <= Self.bodyMax else { throw .malformed }
        guard buffer.readableBytes >= count + skipping else { return false }
        if keepsBody, let bytes = buffer.getBytes(at: buffer.readerIndex, length: count) {
            if body.isEmpty { body = bytes } else { body += bytes }
        }
        buffer.moveReaderIndex(forwardBy: count)
        guard skipping == 0 || buffer.readBytes(length: skipping) == [13, 10] else {
            throw .malformed
        }
        return true
    }

    private mutating func finish() -> Parsed {
        let parsed = Parsed(
            response: LoadResponse(status: head.status, headers: LoadHeaders(headers), body: body),
            keepsAlive: head.keepsAlive)
        phase = .head
        headers = []
        body = []
        return parsed
    }

    private mutating func readHead() throws(LoadFailure) -> Head? {
        let head = try buffer.withUnsafeReadableBytes { bytes in
            Result { () throws(LoadFailure) -> Head? in try Head(parsing: bytes) }
        }.get()
        guard head != nil || buffer.readableBytes <= Self.headMax else { throw .malformed }
        return head
    }

    /// A line without its end; nil while that is missing.
    private mutating func readLine() throws(LoadFailure) -> [UInt8]? {
        let view = buffer.readableBytesView
        guard let end = view.firstIndex(of: 10) else {
            guard view.count <= Self.headMax else { throw .malformed }
            return nil
        }
        guard end > view.startIndex, view[end - 1] == 13 else { throw .malformed }
        let line = Array(view[..<(end - 1)])
        buffer.moveReaderIndex(to: end + 1)
        return line
    }

    private mutating func readChunkHead() throws(LoadFailure) -> Int? {
        guard let line = try readLine() else { return nil }
        let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
        guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size >= 0,
            digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-")
        else { throw .malformed }
        return size
    }
}

extension ResponseReader.Head {
    /// Nil while the end of the head is missing.
    init?(parsing bytes: UnsafeRawBufferPointer) throws(LoadFailure) {
        var start = 0
        var isFirst = true
        while let end = Self.lineEnd(bytes, from: start) {
            guard end > start, bytes[end - 1] == 13 else { throw .malformed }
            let line = UnsafeRawBufferPointer(rebasing: bytes[start..<(end - 1)])
            start = end + 1
            if isFirst {
                try readStatus(line)
                isFirst = false
            } else if line.isEmpty {
                size = start
                // Without a length the body would end with the connection: then nobody could
                // tell a whole answer from a broken one.
                guard isChunked || length != nil || status < 200 || status == 204 || status == 304
                else { throw .malformed }
                return
            } else {
                try readField(line)
            }
        }
        return nil
    }

    private static func lineEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = bytes.baseAddress, start < bytes.count,
            let found = memchr(base + start, 10, bytes.count - start)
        else { return nil }
        return UnsafeRawPointer(found) - base
    }

    /// `HTTP/1.1 200 OK`.
    private mutating func readStatus(_ line: UnsafeRawBufferPointer) throws(LoadFailure) {
        let version = "HTTP/1.1 "
        guard line.count >= 12, line.prefix(9).elementsEqual(version.utf8),
            line.count == 12 || line[12] == 32
        else { throw .malformed }
        for byte in line[9..<12] {
            guard (48...57).contains(byte) else { throw .malformed }
            status = status * 10 + Int(byte - 48)
        }
        guard status >= 100 else { throw .malformed }
    }

    private mutating func readField(_ line: UnsafeRawBufferPointer) throws(LoadFailure) {
        // Only the three names that say where the response ends are looked at.
        guard let first = line.first, first | 0x20 == 99 || first | 0x20 == 116 else { return }
        if let value = Self.value(of: "content-length", line) {
            let number = try Self.number(value)
            guard length == nil || length == number else { throw .malformed }
            length = number
        } else if let value = Self.value(of: "transfer-encoding", line) {
            guard Self.isEqual(value, "chunked") else { throw .malformed }
            isChunked = true
        } else if let value = Self.value(of: "connection", line) {
            keepsAlive = !Self.isEqual(value, "close")
        }
    }

    private static func number(_ digits: Slice<UnsafeRawBufferPointer>) throws(LoadFailure) -> Int {
        guard (1...10).contains(digits.count) else { throw .malformed }
        var number = 0
        for byte in digits {
            guard (48...57).contains(byte) else { throw .malformed }
            number = number * 10 + Int(byte - 48)
        }
        return number
    }

    /// What stands behind `name` and the colon, without blanks around it.
    private static func value(
        of name: StaticString, _ line: UnsafeRawBufferPointer
    ) -> Slice<UnsafeRawBufferPointer>? {
        let count = name.utf8CodeUnitCount
        guard line.count > count, line[count] == UInt8(ascii: ":"),
            isEqual(line[..<count], name)
        else { return nil }
        var value = line[(count + 1)...].drop { $0 == 32 || $0 == 9 }
        while let last = value.last, last == 32 || last == 9 { value.removeLast() }
        return value
    }

    /// In any letter case.
    private static func isEqual(
        _ text: Slice<UnsafeRawBufferPointer>, _ name: StaticString
    ) -> Bool {
        guard text.count == name.utf8CodeUnitCount else { return false }
        return name.withUTF8Buffer { name in
            zip(text, name).allSatisfy { $0 | 0x20 == $1 | 0x20 }
        }
    }
}
