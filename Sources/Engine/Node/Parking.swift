// SPDX-License-Identifier: Apache-2.0
/// Inputs that end the process or can't be read are parked, so that the others go on, and taken
/// again, in their order, when an operator releases them.

import Kernel
public import Ports

/// The parked inputs of a runner. A parked fact parks the later ones for the same entity.
@usableFromInline package struct Parking {
    /// How often an input was running when the process died.
    @usableFromInline package var deaths: [InputID: Int] = [:]
    /// Entities whose facts wait behind a parked one.
    @usableFromInline var keys: Set<RowKey> = []
    /// Rows to be written with the next commit.
    @usableFromInline var changes: [RowChange] = []
    /// What the batch added to `keys`.
    private var freshKeys: [RowKey] = []
    /// What the batch parked for a reason of its own, not because it waits behind another.
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

    /// True when nothing is parked and no input ended the process: the usual case.
    @inlinable var isEmpty: Bool { deaths.isEmpty && keys.isEmpty }

    @inlinable func isPoison(_ input: InputID) -> Bool {
        (deaths[input] ?? 0) >= attemptsMax
    }

    /// Parks `item`: behind all others or, when it is being taken again, where it was.
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

extension Parking {
    /// Releases everything that is parked in `store`, and removes the counts of poison inputs: the
    /// next node that opens it takes the facts again, each entity's in their order, and runs poison
    /// commands if they are sent again. No node may have the store open. Returns how many of each
    /// there were.
    package static func release(in store: any Store) throws -> (facts: Int, deaths: Int) {
        var batch = Batch(epoch: try store.open().epoch)
        try store.eachRow(in: table) { row in
            batch.rows.append(
                RowChange(
                    table: table, key: row.key, value: row.value, due: Timestamp(milliseconds: 0)))
        }
        let facts = batch.rows.count
        try store.eachRow(in: deathsTable) { row in
            batch.rows.append(RowChange(table: deathsTable, key: row.key, value: nil))
        }
        guard batch.isEmpty || store.commit(batch) == .committed else {
            throw StoreFailure.unavailable
        }
        return (facts, batch.rows.count - facts)
    }
}

extension Store {
    /// Hands every row of `table` to `body`, in key order, some at a time.
    func eachRow(in table: String, _ body: (Row) throws -> Void) throws {
        var after: [UInt8]?
        repeat {
            let found = try rows(in: table, after: after, isDueOnly: false, limit: 10_000)
            for row in found { try body(row) }
            after = found.count < 10_000 ? nil : found.last?.key
        } while after != nil
    }
}
