// SPDX-License-Identifier: Apache-2.0
/// How facts are named for ever. A Swift rename must never change what is on disk or on the wire.

public import JSONCodec

/// The permanent name of an event version, `noun.verb.vN`, and its number in the binary log.
/// Both are added to, never changed and never used again for something else.
@frozen public struct WireName: Hashable, Sendable, CustomStringConvertible {
    public let code: UInt8
    public let text: String

    @inlinable
    public init(_ code: UInt8, _ text: String) {
        self.code = code
        self.text = text
    }

    public var description: String { text }
}

/// An event: a fact in the past tense that a service logs and announces.
public protocol WireEvent: Fact, Equatable {
    /// Every name that this context has ever written, old versions included.
    static var names: [WireName] { get }
    /// Reads any version ever written; an older one is brought up to date on the way.
    static func read(_ name: WireName, from reader: inout WireReader) throws(WireError) -> Self
}

/// What one service may hear of another.
public protocol Fact: Sendable {
    var wireName: WireName { get }
    /// The number of `wireName`.
    var code: UInt8 { get }
    /// Which type of event it is. `type(of:)` of any fact asks the runtime, at twenty times the
    /// cost of this.
    var eventType: ObjectIdentifier { get }
    /// The id, as text, of the order or whatever else the fact's story is about; nil when it
    /// belongs to none.
    var correlation: String? { get }
    func write(to writer: inout WireWriter)
}

extension Fact {
    @inlinable public var code: UInt8 { wireName.code }

    @inlinable public var eventType: ObjectIdentifier { ObjectIdentifier(Self.self) }

    /// The fact as an `Event`; nil when it is another's. `as?` asks the runtime, which costs
    /// 100 ns, and every fact meets several; comparing types costs 1.
    @inlinable
    public func of<Event: Fact>(_ type: Event.Type) -> Event? { same(self, as: type) }

    /// The fact's data as a JSON object.
    public var json: [UInt8] { json(isForClients: false) }

    /// The same, perhaps without its secrets.
    public func json(isForClients: Bool) -> [UInt8] {
        var writer = WireWriter(json: JSONWriter(capacity: 256), isForClients: isForClients)
        writer.json.beginObject()
        write(to: &writer)
        writer.json.endObject()
        return writer.json.bytes
    }
}

/// `value` when it is exactly a `Target`, without asking the runtime for conversions.
@inlinable
public func same<Value, Target>(_ value: Value, as type: Target.Type) -> Target? {
    guard Value.self == Target.self else { return nil }
    // SAFETY: both types are the same one.
    return unsafeBitCast(value, to: Target.self)
}

/// A value with one description of its fields that serves the binary and the JSON form alike.
public protocol WireCoded {
    func write(to writer: inout WireWriter)
    init(from reader: inout WireReader) throws(WireError)
}

/// Why bytes could not be read back.
public enum WireError: Error, Equatable, Sendable {
    /// The bytes end early, or a length is absurd.
    case truncated
    /// A field is absent or has another type or an impossible value.
    case badField(String)
    /// No version of any event known here has this name.
    case unknownName(String)
    /// The text is not JSON.
    case malformed
}

extension JSONWriter {
    /// An id as its text.
    public mutating func string<Entity>(_ id: ID<Entity>) {
        quoted(id.textCount) { id.writeText(to: $0) }
    }

    /// A point in time as its text.
    public mutating func string(_ timestamp: Timestamp) {
        quoted(Timestamp.textCount) { timestamp.writeText(to: $0) }
    }
}
