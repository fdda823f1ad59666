// SPDX-License-Identifier: Apache-2.0
/// One parked input, with everything that is needed to run it again.

package import Kernel
public import Ports

@usableFromInline package struct ParkedItem: Sendable, Equatable {
    package let consumer: LogName
    package let source: LogName
    package let position: Int64
    package let name: String
    package let payload: [UInt8]
    package let provenance: Provenance
    package var reason: String
    package let entity: RowKey?
    /// Why a fact is parked that waits behind another one of its entity.
    @usableFromInline static let behind = "behind-parked"

    /// What an operator is told of it.
    @usableFromInline var alarm: Alarm {
        Alarm(
            "fact parked",
            [
                "consumer": "\(consumer)", "source": "\(source)", "position": "\(position)",
                "fact": name, "reason": reason,
            ])
    }

    /// The consumer's items have ascending numbers in the order in which they came.
    package var number: Int64 = 0

    /// The same for the same fact: to park it twice is to park it once.
    package var rowKey: [UInt8] {
        var key = Array("\(consumer)<\(source)#".utf8)
        let place = UInt64(bitPattern: position)
        for shift in stride(from: 56, through: 0, by: -8) {
            key.append(UInt8(truncatingIfNeeded: place >> UInt64(shift)))
        }
        return key
    }

    package var value: [UInt8] {
        var writer = WireWriter(binary: 128)
        writer.field("consumer", consumer.description)
        writer.field("source", source.description)
        writer.field("position", position)
        writer.field("name", name)
        writer.field("payload", bytes: payload)
        provenance.write(to: &writer)
        writer.field("reason", reason)
        writer.field("table", entity?.table ?? "")
        writer.field("key", bytes: entity?.key ?? [])
        writer.field("number", number)
        return writer.bytes
    }

    @usableFromInline package init(
        consumer: LogName, source: LogName, position: Int64, name: String, payload: [UInt8],
        provenance: Provenance, reason: String, entity: RowKey?
    ) {
        self.consumer = consumer
        self.source = source
        self.position = position
        self.name = name
        self.payload = payload
        self.provenance = provenance
        self.reason = reason
        self.entity = entity
    }

    package init(value: [UInt8]) throws(WireError) {
        var reader = WireReader(binary: value)
        guard let consumer = LogName(text: try reader.string("consumer")),
            let source = LogName(text: try reader.string("source"))
        else { throw .badField("log") }
        self.consumer = consumer
        self.source = source
        position = try reader.int("position")
        name = try reader.string("name")
        payload = try reader.bytes("payload")
        provenance = try Provenance(from: &reader)
        reason = try reader.string("reason")
        let table = try reader.string("table")
        let key = try reader.bytes("key")
        entity = table.isEmpty ? nil : RowKey(table, key)
        number = try reader.int("number")
    }
}
