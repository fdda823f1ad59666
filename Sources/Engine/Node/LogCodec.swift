// SPDX-License-Identifier: Apache-2.0
/// Turns a service's stored records into facts and into the envelopes that people and buses see.

package import JSONCodec
public import Kernel
import Ports

/// How one service's log is read, without knowing its types. An object: it is handed on with every
/// message, and to copy a struct of its size counts five references.
@usableFromInline package final class LogCodec: Sendable {
    @usableFromInline package let service: String
    @usableFromInline package let names: [WireName]
    /// By code.
    @usableFromInline let named: [WireName?]
    @usableFromInline let event: ObjectIdentifier
    @usableFromInline
    let readFact: @Sendable (WireName, inout WireReader) throws(WireError) -> any Fact
    @usableFromInline let keyText: @Sendable (Stream) -> String

    @inlinable init<Event: WireEvent, Key: EntityKey>(
        service: String, event: Event.Type, key: Key.Type,
        keyText: @escaping @Sendable (Key) -> String
    ) {
        self.service = service
        names = Event.names
        var named = [WireName?](repeating: nil, count: 256)
        for name in names { named[Int(name.code)] = name }
        self.named = named
        self.event = ObjectIdentifier(event)
        readFact = { name, reader throws(WireError) in try Event.read(name, from: &reader) }
        self.keyText = { stream in
            Key(table: stream.table, bytes: stream.key).map(keyText) ?? Hex.text(stream.key)
        }
    }

    /// How the log of `service` is read; `keyText` says what people call its entities.
    @inlinable
    package convenience init<S: Service>(
        of service: S.Type, keyText: @escaping @Sendable (S.Rules.Key) -> String
    ) {
        self.init(
            service: S.name, event: S.Rules.Event.self, key: S.Rules.Key.self, keyText: keyText)
    }

    /// What people call the entity that is kept under `key` in the service's `table`-th table.
    package func text(ofKey key: [UInt8], table: Int = 0) -> String {
        keyText(Stream(table: table, key: key, bucket: 0))
    }

    @usableFromInline func name(of record: Record) throws(WireError) -> WireName {
        guard let name = named[Int(record.code)] else {
            throw .unknownName("\(service) #\(record.code)")
        }
        return name
    }

    /// True when a fact of this code can be read.
    package func knows(code: UInt8) -> Bool { named[Int(code)] != nil }

    /// The name of the record's fact, with its version.
    package func typeName(of record: Record) throws(WireError) -> String {
        try name(of: record).text
    }

    /// What people call the entity in whose stream a record is kept.
    package func text(of stream: Stream) -> String { keyText(stream) }

    package func fact(of record: Record) throws(WireError) -> any Fact {
        var reader = record.reader
        return try readFact(try name(of: record), &reader)
    }

    /// True when `fact` is one of this log's, as this process knows them.
    func isOwn(_ fact: any Fact) -> Bool { fact.eventType == event }

    /// A fact from its wire name and JSON, as a bus carries it.
    package func fact(named text: String, json: [UInt8]) throws(WireError) -> any Fact {
        guard let name = names.first(where: { $0.text == text }) else { throw .unknownName(text) }
        let document: JSONDocument
        do { document = try JSONDocument(parsing: json, limits: .standard) } catch {
            throw .malformed
        }
        guard document.root.kind == .object else { throw .malformed }
        var reader = WireReader(json: document.root)
        return try readFact(name, &reader)
    }

    /// The whole event for people: envelope and data, as one JSON object; for clients without what
    /// only operators may see.
    package func write(
        _ record: Record, to json: inout JSONWriter, isForClients: Bool = false
    ) throws(WireError) {
        let fact = try fact(of: record)
        json.beginObject()
        json.key("id")
        json.string("evt_\(record.log)/\(record.position)")
        json.key("type")
        json.string(try name(of: record).text)
        json.key("stream")
        json.string(keyText(record.stream))
        json.key("version")
        json.int(record.version)
        json.key("position")
        json.int(record.position)
        json.key("recordedAt")
        json.string(record.at.text)
        json.key("causationId")
        json.string(record.cause.text)
        if let correlation = fact.correlation {
            json.key("correlationId")
            json.string(correlation)
        }
        if let trace = record.trace {
            json.key("traceparent")
            json.string(trace)
        }
        json.key("data")
        json.raw(fact.json(isForClients: isForClients))
        json.endObject()
    }
}
