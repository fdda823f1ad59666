// SPDX-License-Identifier: Apache-2.0
/// Writing JSON straight into bytes: no tree, no reflection, members in the order of the calls. It
/// sees to commas, quotes and escapes; the caller pairs the ends and gives each member one value.

/// Appends JSON (RFC 8259) without blanks.
public struct JSONWriter: Sendable {
    /// Written up to `used`, zeros behind: appending to an array piece by piece costs twice.
    private var storage: [UInt8]
    private var used = 0
    /// A value ended here, so what comes next in the same container needs a comma.
    private var needsComma = false

    public init(capacity: Int = 256) {
        storage = [UInt8](repeating: 0, count: capacity)
    }

    /// A copy of what has been written so far, always valid UTF-8.
    public var bytes: [UInt8] { Array(storage[..<used]) }

    /// How many bytes have been written so far.
    public var count: Int { used }

    public mutating func beginObject() { begin(UInt8(ascii: "{")) }

    public mutating func endObject() { end(UInt8(ascii: "}")) }

    public mutating func beginArray() { begin(UInt8(ascii: "[")) }

    public mutating func endArray() { end(UInt8(ascii: "]")) }

    /// The name of the next member.
    public mutating func key(_ name: StaticString) {
        name.withUTF8Buffer { quote($0, isKey: true) }
    }

    /// The name of the next member, where it is not known before.
    @_disfavoredOverload
    public mutating func key(_ name: String) {
        quote(name, isKey: true)
    }

    public mutating func string(_ text: String) {
        quote(text)
    }

    public mutating func int(_ number: Int64) {
        separate()
        if number < 0 { put(UInt8(ascii: "-")) }
        let magnitude = number.magnitude
        var count = 1
        var power: UInt64 = 10
        // At most 19 digits, and 10^19 still fits.
        while magnitude >= power {
            count += 1
            power *= 10
        }
        append(count) { digits in
            var rest = magnitude
            for position in stride(from: count - 1, through: 0, by: -1) {
                digits[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
        }
        needsComma = true
    }

    public mutating func bool(_ value: Bool) { literal(value ? "true" : "false") }

    public mutating func null() { literal("null") }

    /// One JSON value that is already rendered; taken as it is.
    public mutating func raw(_ value: [UInt8]) {
        separate()
        value.withUnsafeBufferPointer { append($0) }
        needsComma = true
    }

    // MARK: Tokens

    @inline(__always)
    private mutating func separate() {
        if needsComma { put(UInt8(ascii: ",")) }
        needsComma = false
    }

    private mutating func begin(_ bracket: UInt8) {
        separate()
        put(bracket)
    }

    private mutating func end(_ bracket: UInt8) {
        put(bracket)
        needsComma = true
    }

    private mutating func literal(_ text: StaticString) {
        separate()
        text.withUTF8Buffer { append($0) }
        needsComma = true
    }

    /// A string of `count` plain characters that `body` writes.
    @inline(__always)
    public mutating func quoted(
        _ count: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) -> Void
    ) {
        separate()
        put(UInt8(ascii: "\""))
        append(count, body)
        put(UInt8(ascii: "\""))
        needsComma = true
    }

    // MARK: Strings

    private mutating func quote(_ text: String, isKey: Bool = false) {
        var text = text
        text.withUTF8 { quote($0, isKey: isKey) }
    }

    /// A comma if need be, the string, a colon after a key: in one go unless it has escapes.
    private mutating func quote(_ text: UnsafeBufferPointer<UInt8>, isKey: Bool) {
        reserve(text.count + 4)
        let start = used
        let hasComma = needsComma
        var copied = 0
        used = storage.withUnsafeMutableBytes { bytes in
            // SAFETY: room for all of `text` and four bytes more was reserved.
            let to = bytes.baseAddress.unsafelyUnwrapped
            var end = start
            if hasComma {
                to.storeBytes(of: UInt8(ascii: ","), toByteOffset: end, as: UInt8.self)
                end &+= 1
            }
            to.storeBytes(of: UInt8(ascii: "\""), toByteOffset: end, as: UInt8.self)
            end &+= 1
            if let from = text.baseAddress {
                copied = JSONText.copyPlain(from, count: text.count, to: to + end)
                end &+= copied
            }
            if copied == text.count {
                to.storeBytes(of: UInt8(ascii: "\""), toByteOffset: end, as: UInt8.self)
                end &+= 1
                if isKey {
                    to.storeBytes(of: UInt8(ascii: ":"), toByteOffset: end, as: UInt8.self)
                    end &+= 1
                }
            }
            return end
        }
        needsComma = !isKey
        if copied < text.count {
            escapeRest(UnsafeBufferPointer(rebasing: text[copied...]), isKey: isKey)
        }
    }

    /// The rest of a string from its first escape on, and what follows it.
    @inline(never)
    private mutating func escapeRest(_ text: UnsafeBufferPointer<UInt8>, isKey: Bool) {
        for byte in text {
            if JSONText.isEscaped(byte) {
                escape(byte)
            } else {
                put(byte)
            }
        }
        put(UInt8(ascii: "\""))
        if isKey { put(UInt8(ascii: ":")) }
    }

    private mutating func escape(_ byte: UInt8) {
        put(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): put(byte)
        case 0x08: put(UInt8(ascii: "b"))
        case 0x0c: put(UInt8(ascii: "f"))
        case 0x0a: put(UInt8(ascii: "n"))
        case 0x0d: put(UInt8(ascii: "r"))
        case 0x09: put(UInt8(ascii: "t"))
        default:
            put(UInt8(ascii: "u"))
            put(UInt8(ascii: "0"))
            put(UInt8(ascii: "0"))
            put(UInt8(ascii: "0") + byte >> 4)
            put(byte & 15 < 10 ? UInt8(ascii: "0") + byte & 15 : UInt8(ascii: "a") + byte & 15 - 10)
        }
    }

    // MARK: Bytes

    @inline(__always)
    private mutating func put(_ byte: UInt8) {
        reserve(1)
        storage[used] = byte
        used &+= 1
    }

    private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        append(bytes.count) { room in _ = room.update(fromContentsOf: bytes) }
    }

    @inline(__always)
    private mutating func append(
        _ count: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) -> Void
    ) {
        reserve(count)
        let start = used
        storage.withUnsafeMutableBufferPointer {
            body(UnsafeMutableBufferPointer(rebasing: $0[start..<start + count]))
        }
        used &+= count
    }

    @inline(__always)
    private mutating func reserve(_ count: Int) {
        if storage.count &- used < count { grow(by: count) }
    }

    @inline(never)
    private mutating func grow(by count: Int) {
        let size = max(storage.count * 2, used + count, 64)
        storage.append(contentsOf: repeatElement(0, count: size - storage.count))
    }
}
