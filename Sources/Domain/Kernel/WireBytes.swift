// SPDX-License-Identifier: Apache-2.0
/// Bytes that are being written. An array asks before every byte whether somebody else holds it,
/// which made encoding an event cost three times as much (measured); these have one owner.

/// A growing run of bytes with one owner. Not thread-safe, never shared.
@frozen public struct WireBytes: ~Copyable {
    @usableFromInline var base: UnsafeMutablePointer<UInt8>
    @usableFromInline var capacity: Int
    @usableFromInline var end = 0

    @inlinable
    public init(capacity: Int) {
        self.capacity = max(capacity, 16)
        base = .allocate(capacity: self.capacity)
    }

    @inlinable deinit { base.deallocate() }

    @inlinable public var count: Int { end }

    /// Makes room for `more` bytes behind the last one.
    @inlinable
    public mutating func reserve(_ more: Int) {
        if capacity - end < more { grow(more) }
    }

    @usableFromInline
    mutating func grow(_ more: Int) {
        let larger = max(capacity * 2, end + more)
        let next = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        next.update(from: base, count: end)
        base.deallocate()
        base = next
        capacity = larger
    }

    @inlinable
    public mutating func append(_ byte: UInt8) {
        reserve(1)
        base[end] = byte
        end += 1
    }

    /// LEB128 of the zigzag form, so that small negative numbers stay short.
    @inlinable
    public mutating func appendVarint(_ value: Int64) {
        appendVarint(unsigned: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    /// LEB128, little end first: ten bytes at the most.
    @inlinable
    public mutating func appendVarint(unsigned value: UInt64) {
        reserve(10)
        // Most are lengths and small differences of one byte.
        if value < 0x80 {
            base[end] = UInt8(truncatingIfNeeded: value)
            end += 1
            return
        }
        var rest = value
        var place = base + end
        while rest >= 0x80 {
            place.pointee = UInt8(truncatingIfNeeded: rest) | 0x80
            place += 1
            rest >>= 7
        }
        place.pointee = UInt8(truncatingIfNeeded: rest)
        end = place + 1 - base
    }

    @inlinable
    public mutating func append(contentsOf bytes: UnsafeBufferPointer<UInt8>) {
        guard let first = bytes.baseAddress else { return }
        reserve(bytes.count)
        (base + end).update(from: first, count: bytes.count)
        end += bytes.count
    }

    @inlinable
    public mutating func append(contentsOf bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
    }

    /// The length of `text` in UTF-8, then its bytes.
    @inlinable
    public mutating func appendCounted(_ text: String) {
        let isDone: Void? = text.utf8.withContiguousStorageIfAvailable { bytes in
            appendVarint(unsigned: UInt64(bytes.count))
            append(contentsOf: bytes)
        }
        if isDone == nil {
            let bytes = Array(text.utf8)
            appendVarint(unsigned: UInt64(bytes.count))
            append(contentsOf: bytes)
        }
    }

    /// The 16 bytes, most significant first.
    @inlinable
    public mutating func append(_ id: UUIDv7) {
        reserve(16)
        let target = UnsafeMutableRawPointer(base + end)
        target.storeBytes(of: id.high.bigEndian, as: UInt64.self)
        target.storeBytes(of: id.low.bigEndian, toByteOffset: 8, as: UInt64.self)
        end += 16
    }

    /// Appends the bytes of `other` in `range`, which lies within them.
    @inlinable
    public mutating func append(_ range: Range<Int>, of other: borrowing WireBytes) {
        precondition(range.lowerBound >= 0 && range.upperBound <= other.end, "within the bytes")
        let first = other.base + range.lowerBound
        append(contentsOf: UnsafeBufferPointer(start: first, count: range.count))
    }

    @inlinable public mutating func removeAll() { end = 0 }

    /// All bytes, in an array of their own.
    @inlinable public var array: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: end) { buffer, count in
            if end > 0 { buffer.baseAddress?.update(from: base, count: end) }
            count = end
        }
    }
}
