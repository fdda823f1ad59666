// SPDX-License-Identifier: Apache-2.0
/// What stock is at a moment: the units of one article in one warehouse, and the holds on them.

package import Contracts
package import Kernel

/// An article's units in a warehouse, or one order's claim on several of them.
package enum InventoryKey: Hashable, Sendable, EntityKey {
    case item(StockKey)
    case hold(HoldID)

    /// What dictionaries ask for. Every other key that an order's stock is looked up by is a hold,
    /// whose id has a faster hash.
    package func _rawHashValue(seed: Int) -> Int {
        switch self {
        case .item(let key):
            var hasher = Hasher()
            key.hash(into: &hasher)
            return hasher.finalize() ^ seed
        case .hold(let hold): return hold.raw._rawHashValue(seed: seed)
        }
    }

    package static var tables: [String] { ["stock", "holds"] }

    package var table: Int {
        switch self {
        case .item: 0
        case .hold: 1
        }
    }

    /// An item's key is `warehouse/sku`: one warehouse's stock lies together.
    package func writeKey(to bytes: inout [UInt8]) {
        switch self {
        case .item(let key):
            bytes.append(contentsOf: key.warehouse.code.utf8)
            bytes.append(UInt8(ascii: "/"))
            bytes.append(contentsOf: key.sku.code.utf8)
        case .hold(let hold): hold.raw.append(to: &bytes)
        }
    }

    package init?(table: Int, bytes: [UInt8]) {
        if table == 1 {
            guard let raw = UUIDv7(bytes: bytes) else { return nil }
            self = .hold(HoldID(raw))
        } else {
            let parts = bytes.split(separator: UInt8(ascii: "/"), maxSplits: 1)
            guard parts.count == 2,
                let warehouse = Warehouse(String(decoding: parts[0], as: UTF8.self)),
                let sku = SKU(String(decoding: parts[1], as: UTF8.self))
            else { return nil }
            self = .item(StockKey(sku, warehouse))
        }
    }

    package var bucket: UInt16 {
        switch self {
        case .item: Murmur3.bucket(bytes)
        case .hold(let hold): hold.raw.bucket
        }
    }
}

package enum InventoryState: EntityState {
    case absent
    case item(Item)
    /// In a box of its own: a state is copied at every step.
    indirect case hold(Hold)

    /// Units of one article. Never negative, and `held + allocated` never exceeds `onHand`.
    package struct Item: Sendable, Equatable {
        package var onHand: Int64 = 0
        /// Set aside for orders that are not paid for yet.
        package var held: Int64 = 0
        /// Sold, not yet sent.
        package var allocated: Int64 = 0

        /// The availability that was announced last, and how often one was.
        package var announced: Int64 = 0
        package var announcements: Int64 = 0

        package var available: Int64 { onHand - held - allocated }

        package init() {}
    }

    package struct Hold: Sendable, Equatable {
        package var phase: Phase
        package var movement: StockEvent.Movement
        package var short: [ShortLine] = []

        package init(phase: Phase, movement: StockEvent.Movement, short: [ShortLine] = []) {
            self.phase = phase
            self.movement = movement
            self.short = short
        }

        package enum Phase: String, Sendable, CaseIterable {
            case held, refused, committed, shipped, released
        }
    }

    /// The item; one that nobody knows has no units.
    package var item: Item {
        if case .item(let item) = self { item } else { Item() }
    }

    package var due: Timestamp? { nil }

    package var isAtRest: Bool {
        switch self {
        case .absent, .item: false
        case .hold(let hold):
            switch hold.phase {
            case .refused, .shipped, .released: true
            case .held, .committed: false
            }
        }
    }
}

extension InventoryState: WireCoded {
    package func write(to writer: inout WireWriter) {
        switch self {
        case .absent: writer.field("kind", 0)
        case .item(let item):
            writer.field("kind", 1)
            writer.field("onHand", item.onHand)
            writer.field("held", item.held)
            writer.field("allocated", item.allocated)
            writer.field("announced", item.announced)
            writer.field("announcements", item.announcements)
        case .hold(let hold):
            writer.field("kind", 2)
            writer.slug("phase", hold.phase)
            writer.field("hold", hold.movement.hold)
            writer.field("order", hold.movement.order)
            writer.field("warehouse", hold.movement.warehouse.code)
            writer.list("lines", hold.movement.lines)
            writer.list("short", hold.short)
        }
    }

    package init(from reader: inout WireReader) throws(WireError) {
        switch try reader.int("kind") {
        case 0: self = .absent
        case 1:
            var item = Item()
            item.onHand = try reader.int("onHand")
            item.held = try reader.int("held")
            item.allocated = try reader.int("allocated")
            item.announced = try reader.int("announced")
            item.announcements = try reader.int("announcements")
            self = .item(item)
        case 2:
            let phase = try reader.slug("phase", of: Hold.Phase.self)
            let id: HoldID = try reader.id("hold")
            let order: OrderID = try reader.id("order")
            guard let warehouse = Warehouse(try reader.string("warehouse")) else {
                throw .badField("warehouse")
            }
            let lines = try reader.list("lines", of: StockLine.self)
            let movement = StockEvent.Movement(
                hold: id, order: order, warehouse: warehouse, lines: lines)
            self = .hold(
                Hold(phase: phase, movement: movement, short: try reader.list("short")))
        default: throw .badField("kind")
        }
    }
}
