// SPDX-License-Identifier: Apache-2.0
/// The sandbox's own books: an append-only text file, one JSON object a line, one line a fact. They
/// are written before anybody is answered, so that an audit can compare what the house believes
/// with what truly happened outside of it.

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

package enum BooksFailure: Error, Equatable, Sendable {
    /// The file can't be opened or read.
    case unavailable
    /// A whole line (numbered from 1) is no fact of these books.
    case corrupt(line: Int)
}

/// The writing end. A line that is in the file survives the death of the process; against the loss
/// of power nothing is done, since the house's own records are what is put to that test.
struct Books: ~Copyable {
    private let descriptor: Int32
    /// Where the last whole line ends.
    private var length: off_t
    /// A failed write left something behind that could not be cut off yet.
    private var hasStrayTail = false

    /// Opens or founds the books. A torn last line is cut off: nobody was told of it.
    init(path: String) throws(BooksFailure) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unavailable }
        guard let length = Self.endOfLines(descriptor), ftruncate(descriptor, length) == 0 else {
            close(descriptor)
            throw .unavailable
        }
        self.descriptor = descriptor
        self.length = length
    }

    deinit { close(descriptor) }

    /// Adds whole lines with one `write(2)`: all of them, or none. False when there is no room or
    /// the medium fails.
    mutating func append(_ lines: [UInt8]) -> Bool {
        if lines.isEmpty { return true }
        if hasStrayTail {
            guard ftruncate(descriptor, length) == 0 else { return false }
            hasStrayTail = false
        }
        if writeAll(lines) {
            length += off_t(lines.count)
            return true
        }
        hasStrayTail = ftruncate(descriptor, length) != 0
        return false
    }

    private func writeAll(_ lines: [UInt8]) -> Bool {
        lines.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return true }
            var done = 0
            while done < bytes.count {
                let count = write(descriptor, base + done, bytes.count - done)
                if count > 0 {
                    done += count
                } else if count == 0 || errno != EINTR {
                    return false
                }
            }
            return true
        }
    }

    /// The offset after the last line break; 0 when there is none.
    private static func endOfLines(_ descriptor: Int32) -> off_t? {
        var end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else { return nil }
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while end > 0 {
            let start = max(0, end - off_t(chunk.count))
            let count = pread(descriptor, &chunk, Int(end - start), start)
            guard count == Int(end - start) else { return nil }
            if let found = chunk[..<count].lastIndex(of: UInt8(ascii: "\n")) {
                return start + off_t(found) + 1
            }
            end = start
        }
        return 0
    }
}

extension Books {
    /// Gives each whole line of the books at `path`, without its end, to `body`, which says whether
    /// it is a fact. A torn last line is passed over. No books are books without facts.
    static func forEachLine(
        of path: String, _ body: (UnsafeRawBufferPointer) -> Bool
    ) throws(BooksFailure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return }
            throw .unavailable
        }
        defer { close(descriptor) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: lineBytesMax + (1 << 18), alignment: 16)
        defer { buffer.deallocate() }
        guard let front = buffer.baseAddress else { throw .unavailable }
        var line = 0
        /// The beginning of a line whose end is not read yet stands at the front.
        var held = 0
        while true {
            guard held < lineBytesMax else { throw .corrupt(line: line + 1) }
            let count = read(descriptor, front + held, buffer.count - held)
            guard count >= 0 else { throw .unavailable }
            guard count > 0 else { return }
            var rest = UnsafeRawBufferPointer(rebasing: buffer[..<(held + count)])
            while let end = endOfLine(in: rest) {
                line += 1
                guard body(UnsafeRawBufferPointer(rebasing: rest[..<end])) else {
                    throw .corrupt(line: line)
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
            }
            held = rest.count
            buffer.copyMemory(from: rest)
        }
    }

    /// Lines are much shorter.
    private static var lineBytesMax: Int { 4_096 }

    private static func endOfLine(in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress,
            let found = memchr(base, CInt(UInt8(ascii: "\n")), bytes.count)
        else { return nil }
        return UnsafeRawPointer(found) - base
    }
}

extension BooksFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unavailable: "the file can't be opened, read or written"
        case .corrupt(let line): "line \(line) is no fact"
        }
    }
}
