// SPDX-License-Identifier: Apache-2.0
/// The mails of one batch as one frame of the spool: written at once, and whole or worth nothing.

import Kernel

/// A frame is a mark and the number of bytes between them and the checksum (8 bytes each), then for
/// each mail the numbers of bytes of its id and of its text (4 each), id and text, then 16 bytes of
/// MurmurHash3 over all before, seeded with the segment's number: what was written to another
/// segment is no frame of this one. Numbers are little-endian.
struct MailBatch {
    struct Entry: Equatable {
        let id: String
        /// Where its text lies in `bytes`.
        let text: Range<Int>
    }

    private(set) var bytes: [UInt8]
    private(set) var entries: [Entry] = []

    /// `OHmail1` and a zero, which is in no text.
    private static let mark: UInt64 = 0x0031_6c69_616d_484f
    private static let headSize = 16
    private static let checksumSize = 16

    init() {
        bytes = []
        bytes.append(number: Self.mark)
        bytes.append(number: UInt64(0))
    }

    var isEmpty: Bool { entries.isEmpty }

    mutating func append(_ text: [UInt8], of id: String) {
        bytes.append(number: UInt32(id.utf8.count))
        bytes.append(number: UInt32(text.count))
        bytes.append(contentsOf: id.utf8)
        let start = bytes.count
        bytes.append(contentsOf: text)
        entries.append(Entry(id: id, text: start..<bytes.count))
    }

    func text(of entry: Entry) -> ArraySlice<UInt8> { bytes[entry.text] }

    /// The frame for one segment.
    func frame(in segment: UInt64) -> [UInt8] {
        var frame = bytes
        let count = UInt64(bytes.count - Self.headSize)
        withUnsafeBytes(of: count.littleEndian) { frame.replaceSubrange(8..<16, with: $0) }
        let (first, second) = Murmur3.hash128(frame, seed: segment)
        frame.append(number: first)
        frame.append(number: second)
        return frame
    }

    // MARK: Reading

    /// The batches in a segment that are whole. A torn one is the last, unless the medium is
    /// damaged: then those behind it are still found, if its head is well.
    static func all(in segment: UInt64, _ bytes: [UInt8]) -> [MailBatch] {
        var batches: [MailBatch] = []
        var offset = 0
        while let end = end(of: bytes[offset...]) {
            if let batch = MailBatch(Array(bytes[offset..<end]), in: segment) {
                batches.append(batch)
            }
            offset = end
        }
        return batches
    }

    /// Where the frame at the beginning of `bytes` ends; nil when none begins there, or when it
    /// would be longer than they are.
    private static func end(of bytes: ArraySlice<UInt8>) -> Int? {
        let head = Array(bytes.prefix(headSize))
        guard head.count == headSize, head.number(at: 0) == mark else { return nil }
        let count: UInt64 = head.number(at: 8)
        guard count <= bytes.count - headSize, bytes.count - headSize - Int(count) >= checksumSize
        else { return nil }
        return bytes.startIndex + headSize + Int(count) + checksumSize
    }

    private init?(_ frame: [UInt8], in segment: UInt64) {
        let body = Array(frame.dropLast(Self.checksumSize))
        let (first, second) = Murmur3.hash128(body, seed: segment)
        guard frame.number(at: body.count) == first, frame.number(at: body.count + 8) == second
        else { return nil }
        bytes = body
        var offset = Self.headSize
        while offset < body.count {
            guard body.count - offset >= 8 else { return nil }
            let idCount: UInt32 = body.number(at: offset)
            let textCount: UInt32 = body.number(at: offset + 4)
            let start = offset + 8 + Int(idCount)
            let end = start + Int(textCount)
            guard end <= body.count else { return nil }
            let id = String(decoding: body[(offset + 8)..<start], as: UTF8.self)
            entries.append(Entry(id: id, text: start..<end))
            offset = end
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append<Number: FixedWidthInteger>(number: Number) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }

    fileprivate func number<Number: FixedWidthInteger>(at offset: Int) -> Number {
        withUnsafeBytes { bytes in
            Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
        }
    }
}
