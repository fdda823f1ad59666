// SPDX-License-Identifier: Apache-2.0
/// Reads back what `WireWriter` wrote, in either form. Bytes may be damaged or hostile: every read
/// is checked, nothing traps.

public import JSONCodec

@frozen public struct WireReader: Sendable {
    @usableFromInline let bytes: [UInt8]
    @usableFromInline var offset: Int
    @usableFromInline let end: Int
    @usableFromInline var json: JSONView?

    /// Lists longer than this are refused before anything is allocated for them.
    public static let listCountMax = 100_000

    /// Reads the binary form from `bytes[range]`.
    public init(binary bytes: [UInt8], range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "range in bytes")
        self.bytes = bytes
        offset = range.lowerBound
        end = range.upperBound
    }

    public init(binary bytes: [UInt8]) {
        self.init(binary: bytes, range: 0..<bytes.count)
    }

    /// Reads the members of a JSON object.
    public init(json view: JSONView) {
        bytes = []
        offset = 0
        end = 0
        json = view
    }

    /// True when the binary form is read to its end.
    public var isAtEnd: Bool { offset == end }

    /// The bytes of the binary form that are not read yet.
    public var remaining: Int { end - offset }

    public mutating func int(_ name: StaticString) throws(WireError) -> Int64 {
        if json != nil {
            guard let value = member(name)?.int64 else { throw .badField("\(name)") }
            return value
        }
        return try varint()
    }

    public mutating func bool(_ name: StaticString) throws(WireError) -> Bool {
        if json != nil {
            guard let value = member(name)?.bool else { throw .badField("\(name)") }
            return value
        }
        return try byte() != 0
    }

    public mutating func string(_ name: StaticString) throws(WireError) -> String {
        if json != nil {
            guard let value = member(name)?.string else { throw .badField("\(name)") }
            return value
        }
        return try counted()
    }

    public mutating func bytes(_ name: StaticString) throws(WireError) -> [UInt8] {
        if json != nil {
            guard let value = member(name)?.string.flatMap(Hex.bytes) else {
                throw .badField("\(name)")
            }
            return value
        }
        let count = try length()
        defer { offset += count }
        return Array(bytes[offset..<offset + count])
    }

    public mutating func id<Entity>(
        _ name: StaticString, of entity: Entity.Type = Entity.self
    ) throws(WireError) -> ID<Entity> {
        if json != nil {
            guard let id = member(name)?.string.flatMap({ ID<Entity>(text: $0) }) else {
                throw .badField("\(name)")
            }
            return id
        }
        guard end - offset >= 16 else { throw .truncated }
        let high = word()
        return ID(UUIDv7(high: high, low: word()))
    }

    public mutating func timestamp(_ name: StaticString) throws(WireError) -> Timestamp {
        if json != nil {
            guard let value = member(name)?.string.flatMap({ Timestamp(text: $0) }) else {
                throw .badField("\(name)")
            }
            return value
        }
        return Timestamp(milliseconds: try varint())
    }

    public mutating func optionalTimestamp(
        _ name: StaticString
    ) throws(WireError) -> Timestamp? {
        if json != nil { return member(name) == nil ? nil : try timestamp(name) }
        let milliseconds = try varint()
        return milliseconds == Int64.min ? nil : Timestamp(milliseconds: milliseconds)
    }

    public mutating func quantity(_ name: StaticString) throws(WireError) -> Quantity {
        guard let quantity = Quantity(try int(name)) else { throw .badField("\(name)") }
        return quantity
    }

    public mutating func money(_ name: StaticString) throws(WireError) -> Money {
        if json != nil {
            let view = member(name)
            guard let amount = view?["amount"]?.int64,
                let currency = view?["currency"]?.string.flatMap({ Currency(code: $0) })
            else { throw .badField("\(name)") }
            return Money(amount: amount, currency: currency)
        }
        return Money(amount: try varint(), currency: try currency(name))
    }

    public mutating func unitPrice(_ name: StaticString) throws(WireError) -> UnitPrice {
        try value(name)
    }

    public mutating func slug<Value: RawRepresentable<String>>(
        _ name: StaticString, of type: Value.Type = Value.self
    ) throws(WireError) -> Value {
        guard let value = Value(rawValue: try string(name)) else { throw .badField("\(name)") }
        return value
    }

    public mutating func value<Value: WireCoded>(
        _ name: StaticString, of type: Value.Type = Value.self
    ) throws(WireError) -> Value {
        if json != nil {
            guard let view = member(name), view.kind == .object else { throw .badField("\(name)") }
            var inner = WireReader(json: view)
            return try Value(from: &inner)
        }
        return try Value(from: &self)
    }

    public mutating func optional<Value: WireCoded>(
        _ name: StaticString, of type: Value.Type = Value.self
    ) throws(WireError) -> Value? {
        let isPresent = json != nil ? member(name) != nil : try byte() != 0
        return isPresent ? try value(name) : nil
    }

    public mutating func optionalString(_ name: StaticString) throws(WireError) -> String? {
        let isPresent = json != nil ? member(name) != nil : try byte() != 0
        return isPresent ? try string(name) : nil
    }

    public mutating func list<Element: WireCoded>(
        _ name: StaticString, of type: Element.Type = Element.self
    ) throws(WireError) -> [Element] {
        var elements: [Element] = []
        if json != nil {
            guard let view = member(name), view.kind == .array else { throw .badField("\(name)") }
            for element in view.elements {
                var inner = WireReader(json: element)
                elements.append(try Element(from: &inner))
            }
            return elements
        }
        let count = try unsignedVarint()
        guard count <= UInt64(Self.listCountMax) else { throw .truncated }
        for _ in 0..<count { elements.append(try Element(from: &self)) }
        return elements
    }

    /// A list of texts.
    public mutating func strings(_ name: StaticString) throws(WireError) -> [String] {
        var texts: [String] = []
        if json != nil {
            guard let view = member(name), view.kind == .array else { throw .badField("\(name)") }
            for element in view.elements {
                guard let text = element.string else { throw .badField("\(name)") }
                texts.append(text)
            }
            return texts
        }
        let count = try unsignedVarint()
        guard count <= UInt64(Self.listCountMax) else { throw .truncated }
        for _ in 0..<count { texts.append(try counted()) }
        return texts
    }

    // MARK: The binary form

    public mutating func byte() throws(WireError) -> UInt8 {
        guard offset < end else { throw .truncated }
        defer { offset += 1 }
        return bytes[offset]
    }

    public mutating func varint() throws(WireError) -> Int64 {
        let zigzag = try unsignedVarint()
        return Int64(bitPattern: (zigzag >> 1) ^ (0 &- (zigzag & 1)))
    }

    public mutating func unsignedVarint() throws(WireError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 64 {
            let next = try byte()
            value |= UInt64(next & 0x7f) << shift
            if next < 0x80 { return value }
            shift += 7
        }
        throw .truncated
    }

    public mutating func counted() throws(WireError) -> String {
        let count = try length()
        defer { offset += count }
        return bytes.withUnsafeBufferPointer {
            String(decoding: $0[offset..<offset + count], as: UTF8.self)
        }
    }

    private mutating func length() throws(WireError) -> Int {
        let count = try unsignedVarint()
        guard count <= UInt64(end - offset) else { throw .truncated }
        return Int(count)
    }

    private mutating func word() -> UInt64 {
        var word: UInt64 = 0
        for index in offset..<offset + 8 { word = word << 8 | UInt64(bytes[index]) }
        offset += 8
        return word
    }

    mutating func currency(_ name: StaticString) throws(WireError) -> Currency {
        guard let packed = UInt32(exactly: try unsignedVarint()),
            let currency = Currency(packed: packed)
        else { throw .badField("\(name)") }
        return currency
    }

    private func member(_ name: StaticString) -> JSONView? {
        guard let view = json?[name.description], !view.isNull else { return nil }
        return view
    }
}
