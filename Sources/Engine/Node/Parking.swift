// SPDX-License-Identifier: Apache-2.0
/// Inputs that end the process or can't be read are set aside, visibly, so that the others go on.

public import Kernel
public import Ports

/// What a desk has set aside. A parked fact parks the later ones for the same entity.
public struct Parking {
    /// How often an input was running when the process died.
    public var deaths: [InputID: Int] = [:]
    /// Entities whose facts wait behind a parked one.
    public var keys: Set<RowKey> = []
    /// Rows to be written with the next commit.
    public var changes: [RowChange] = []
    /// What the batch added to `keys`.
    private var freshKeys: [RowKey] = []
    /// How many inputs are parked.
    public var count = 0
    public var attemptsMax = 3

    public static let table = "parked"
    public static let deathsTable = "deaths"

    public init() {}

    /// True when nothing was ever parked or died: the usual case, decided at once.
    public var isEmpty: Bool { deaths.isEmpty && keys.isEmpty }

    public func isPoison(_ input: InputID) -> Bool {
        (deaths[input] ?? 0) >= attemptsMax
    }

    /// Sets `item` aside.
    public mutating func park(_ item: ParkedItem) {
        count += 1
        if let entity = item.entity, keys.insert(entity).inserted { freshKeys.append(entity) }
        changes.append(RowChange(table: Self.table, key: item.rowKey, value: item.value))
    }

    /// The batch is committed.
    public mutating func settle() {
        changes.removeAll()
        freshKeys.removeAll()
    }

    /// The batch did not happen: what it parked will come again.
    public mutating func forget() {
        count -= changes.count
        keys.subtract(freshKeys)
        settle()
    }
}

/// One parked input, with everything that is needed to run it again.
public struct ParkedItem: Sendable, Equatable {
    public let consumer: LogName
    public let source: LogName
    public let position: Int64
    public let name: String
    public let payload: [UInt8]
    public let reason: String
    public let entity: RowKey?

    /// Ordered by consumer, source and position.
    public var rowKey: [UInt8] {
        var key = Array("\(consumer)<\(source)#".utf8)
        let place = UInt64(bitPattern: position)
        for shift in stride(from: 56, through: 0, by: -8) {
            key.append(UInt8(truncatingIfNeeded: place >> UInt64(shift)))
        }
        return key
    }

    public var value: [UInt8] {
        var writer = WireWriter(binary: 128)
        writer.field("consumer", consumer.description)
        writer.field("source", source.description)
        writer.field("position", position)
        writer.field("name", name)
        writer.field("payload", bytes: payload)
        writer.field("reason", reason)
        writer.field("table", entity?.table ?? "")
        writer.field("key", bytes: entity?.key ?? [])
        return writer.bytes
    }

    public init(
        consumer: LogName, source: LogName, position: Int64, name: String, payload: [UInt8],
        reason: String, entity: RowKey?
    ) {
        self.consumer = consumer
        self.source = source
        self.position = position
        self.name = name
        self.payload = payload
        self.reason = reason
        self.entity = entity
    }

    public init(value: [UInt8]) throws(WireError) {
        var reader = WireReader(binary: value)
        guard let consumer = LogName(text: try reader.string("consumer")),
            let source = LogName(text: try reader.string("source"))
        else { throw .badField("log") }
        self.consumer = consumer
        self.source = source
        position = try reader.int("position")
        name = try reader.string("name")
        payload = try reader.bytes("payload")
        reason = try reader.string("reason")
        let table = try reader.string("table")
        let key = try reader.bytes("key")
        entity = table.isEmpty ? nil : RowKey(table, key)
    }
}
