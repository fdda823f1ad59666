// SPDX-License-Identifier: Apache-2.0
/// Writes the fields of a value, either as compact binary (in order, untagged, for the log) or as
/// JSON (for people, the API and the bus). A branch on the form costs a nanosecond; two
/// descriptions of each event would cost their agreement.

public import JSONCodec

@frozen public struct WireWriter: ~Copyable {
    /// The binary form; empty when JSON is written.
    public var binary: WireBytes
    public var json: JSONWriter
    public let isJSON: Bool
    /// True when the JSON is for clients: what only the house and its operators may know is left
    /// out.
    public let isForClients: Bool

    /// A writer of the binary form.
    public init(binary capacity: Int = 128) {
        binary = WireBytes(capacity: capacity)
        json = JSONWriter(capacity: 0)
        isJSON = false
        isForClients = false
    }

    /// A writer of JSON. The caller opens and closes the outermost object.
    public init(json writer: JSONWriter, isForClients: Bool = false) {
        binary = WireBytes(capacity: 0)
        json = writer
        isJSON = true
        self.isForClients = isForClients
    }

    /// The binary form, in an array of its own.
    public var bytes: [UInt8] { binary.array }

    public mutating func field(_ name: StaticString, _ value: Int64) {
        if isJSON {
            json.key(name)
            json.int(value)
        } else {
            binary.appendVarint(value)
        }
    }

    public mutating func field(_ name: StaticString, _ value: Bool) {
        if isJSON {
            json.key(name)
            json.bool(value)
        } else {
            binary.append(value ? 1 : 0)
        }
    }

    public mutating func field(_ name: StaticString, _ value: String) {
        if isJSON {
            json.key(name)
            json.string(value)
        } else {
            binary.appendCounted(value)
        }
    }

    /// What no client is shown, not even whoever sent it.
    public mutating func secret(_ name: StaticString, _ value: String) {
        if !isForClients { field(name, value) }
    }

    public mutating func field<Entity>(_ name: StaticString, _ id: ID<Entity>) {
        if isJSON {
            json.key(name)
            json.string(id.text)
        } else {
            binary.append(id.raw)
        }
    }

    /// Opaque bytes: hexadecimal in JSON.
    public mutating func field(_ name: StaticString, bytes value: [UInt8]) {
        if isJSON {
            json.key(name)
            json.string(Hex.text(value))
        } else {
            binary.appendVarint(unsigned: UInt64(value.count))
            binary.append(contentsOf: value)
        }
    }

    public mutating func field(_ name: StaticString, _ value: Timestamp) {
        if isJSON {
            json.key(name)
            json.string(value.text)
        } else {
            binary.appendVarint(value.milliseconds)
        }
    }

    public mutating func field(_ name: StaticString, _ value: Timestamp?) {
        if isJSON {
            guard let value else { return }
            field(name, value)
        } else {
            binary.appendVarint(value.map(\.milliseconds) ?? Int64.min)
        }
    }

    public mutating func field(_ name: StaticString, _ value: Quantity) {
        field(name, Int64(value.units))
    }

    /// `{"amount": 1500, "currency": "EUR"}`, in minor units.
    public mutating func field(_ name: StaticString, _ value: Money) {
        if isJSON {
            json.key(name)
            json.beginObject()
            json.key("amount")
            json.int(value.amount)
            json.key("currency")
            json.string(value.currency.code)
            json.endObject()
        } else {
            binary.appendVarint(value.amount)
            binary.appendVarint(unsigned: UInt64(value.currency.packed))
        }
    }

    /// A state or reason by its kebab-case slug.
    public mutating func slug<Value: RawRepresentable<String>>(
        _ name: StaticString, _ value: Value
    ) {
        field(name, value.rawValue)
    }

    public mutating func field(_ name: StaticString, _ value: some WireCoded) {
        if isJSON {
            json.key(name)
            json.beginObject()
            value.write(to: &self)
            json.endObject()
        } else {
            value.write(to: &self)
        }
    }

    public mutating func optional(_ name: StaticString, _ value: (some WireCoded)?) {
        if isJSON {
            guard let value else { return }
            field(name, value)
        } else {
            binary.append(value == nil ? 0 : 1)
            value?.write(to: &self)
        }
    }

    public mutating func optional(_ name: StaticString, _ value: String?) {
        if isJSON {
            guard let value else { return }
            field(name, value)
        } else {
            binary.append(value == nil ? 0 : 1)
            if let value { binary.appendCounted(value) }
        }
    }

    public mutating func list<Element: WireCoded>(_ name: StaticString, _ values: [Element]) {
        if isJSON {
            json.key(name)
            json.beginArray()
            for value in values {
                json.beginObject()
                value.write(to: &self)
                json.endObject()
            }
            json.endArray()
        } else {
            binary.appendVarint(unsigned: UInt64(values.count))
            for value in values { value.write(to: &self) }
        }
    }

    public mutating func list(_ name: StaticString, _ texts: [String]) {
        if isJSON {
            json.key(name)
            json.beginArray()
            for text in texts { json.string(text) }
            json.endArray()
        } else {
            binary.appendVarint(unsigned: UInt64(texts.count))
            for text in texts { binary.appendCounted(text) }
        }
    }
}

extension [UInt8] {
    /// LEB128 of the zigzag form, so that small negative numbers stay short.
    @inlinable
    public mutating func appendVarint(_ value: Int64) {
        appendVarint(unsigned: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    /// LEB128, little end first.
    @inlinable
    public mutating func appendVarint(unsigned value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    @inlinable
    public mutating func appendCounted(_ text: String) {
        appendVarint(unsigned: UInt64(text.utf8.count))
        append(contentsOf: text.utf8)
    }
}

/// Lower-case hexadecimal.
public enum Hex {
    public static func text(_ bytes: some Collection<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil unless `text` is an even number of hexadecimal digits.
    public static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        guard text.utf8.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        for unit in text.utf8 {
            guard let digit = digit(unit) else { return nil }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return bytes
    }

    private static func digit(_ unit: UInt8) -> UInt8? {
        switch unit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): unit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): unit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): unit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
