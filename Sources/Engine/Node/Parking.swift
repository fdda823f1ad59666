// SPDX-License-Identifier: Apache-2.0
/// Inputs that end the process or can't be read are set aside, visibly, so that the others go on,
/// and taken again, in their order, when an operator says so.

package import Kernel
public import Ports

/// What a runner has set aside. A parked fact parks the later ones for the same entity.
@usableFromInline package struct Parking {
    /// How often an input was running when the process died.
    @usableFromInline package var deaths: [InputID: Int] = [:]
    /// Entities whose facts wait behind a parked one.
    @usableFromInline var keys: Set<RowKey> = []
    /// Rows to be written with the next commit.
    @usableFromInline var changes: [RowChange] = []
    /// What the batch added to `keys`.
    private var freshKeys: [RowKey] = []
    /// What the batch set aside for a reason of its own, not because it waits behind another.
    @usableFromInline private(set) var causes: [ParkedItem] = []
    /// How many inputs are parked.
    package private(set) var count = 0
    private var committedCount = 0
    /// The number of the one that was parked last.
    private var last: Int64 = 0
    /// The number of the one that is being taken again.
    private var retaken: Int64?
    @usableFromInline var attemptsMax = 3

    package static let table = "parked"
    package static let deathsTable = "deaths"

    init() {}

    /// True when nothing was ever parked or died: the usual case, decided at once.
    @inlinable var isEmpty: Bool { deaths.isEmpty && keys.isEmpty }

    @inlinable func isPoison(_ input: InputID) -> Bool {
        (deaths[input] ?? 0) >= attemptsMax
    }

    /// Sets `item` aside: behind all others or, when it is being taken again, where it was.
    @usableFromInline mutating func park(_ item: ParkedItem) {
        var item = item
        item.number = retaken ?? last + 1
        last = max(last, item.number)
        retaken = nil
        count += 1
        if let entity = item.entity, keys.insert(entity).inserted { freshKeys.append(entity) }
        changes.append(RowChange(table: Self.table, key: item.rowKey, value: item.value))
        if item.reason != ParkedItem.behind { causes.append(item) }
    }

    /// Takes `item` out of what is parked: between this and `endAgain` it is taken once more.
    mutating func beginAgain(_ item: ParkedItem) {
        count -= 1
        retaken = item.number
    }

    /// Unless that parked it again, its row goes with the commit of what followed from it.
    mutating func endAgain(_ item: ParkedItem) {
        guard retaken != nil else { return }
        retaken = nil
        changes.append(RowChange(table: Self.table, key: item.rowKey, value: nil))
    }

    /// Learns of a stored item; behind what is released nothing waits.
    mutating func adopt(_ item: ParkedItem, isReleased: Bool) {
        count += 1
        committedCount = count
        last = max(last, item.number)
        if !isReleased, let entity = item.entity { keys.insert(entity) }
    }

    /// The batch is committed.
    @usableFromInline mutating func settle() {
        committedCount = count
        changes.removeAll()
        freshKeys.removeAll()
        causes.removeAll()
    }

    /// The batch did not happen: what it parked, or took again, will come again.
    @usableFromInline mutating func forget() {
        count = committedCount
        keys.subtract(freshKeys)
        settle()
    }
}

/// One parked input, with everything that is needed to run it again.
@usableFromInline package struct ParkedItem: Sendable, Equatable {
    package let consumer: LogName
    package let source: LogName
    package let position: Int64
    package let name: String
    package let payload: [UInt8]
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
        writer.field("reason", reason)
        writer.field("table", entity?.table ?? "")
        writer.field("key", bytes: entity?.key ?? [])
        writer.field("number", number)
        return writer.bytes
    }

    @usableFromInline package init(
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
        reason = try reader.string("reason")
        let table = try reader.string("table")
        let key = try reader.bytes("key")
        entity = table.isEmpty ? nil : RowKey(table, key)
        number = try reader.int("number")
    }
}
