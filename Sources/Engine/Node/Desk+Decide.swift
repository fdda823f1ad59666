// SPDX-License-Identifier: Apache-2.0
/// Deciding a wave: gather the keys of all its commands, load them at once, decide one by one.

public import DequeModule
public import Kernel
public import Ports

extension Desk {
    @inlinable public func load(from store: any Store) throws {
        self.store = store
        var rowsWanted: [RowKey] = []
        var cellsWanted: [Entry] = []
        var repliesWanted: [RowKey] = []
        named.removeAll(keepingCapacity: true)
        for item in pending {
            for key in item.keys {
                if let cell = cells[key] {
                    named.append(cell)
                    continue
                }
                let cell = insert(key)
                named.append(cell)
                guard let row = possibleRow(key) else { continue }
                rowsWanted.append(row)
                cellsWanted.append(cell)
            }
            guard let request = item.submission?.request, !replies.knows(request.identity) else {
                continue
            }
            if let position = replies.unstored[request.identity] {
                try replies.adopt(position: position, from: store)
            } else {
                repliesWanted.append(RowKey(repliesTable, request.identity.bytes))
            }
        }
        if !rowsWanted.isEmpty {
            for (cell, row) in zip(cellsWanted, try store.load(rowsWanted)) {
                if let row { try adopt(row, into: cell) }
            }
        }
        if !repliesWanted.isEmpty {
            for case let row? in try store.load(repliesWanted) {
                try replies.adopt(row, from: store)
            }
        }
    }

    /// Where `key`'s row would stand; nil when it surely has none.
    @inlinable public func possibleRow(_ key: Key) -> RowKey? {
        let bytes = key.bytes
        return greatest[key.table].lexicographicallyPrecedes(bytes)
            ? nil : RowKey(tables[key.table], bytes)
    }

    /// A cell without a past, in the cache.
    @inlinable public func insert(_ key: Key) -> Entry {
        let cell = Entry(key, S.Rules.initial)
        cell.timer = stubs.removeValue(forKey: key)
        cells[key] = cell
        arrivals.append(cell)
        fresh.append(cell)
        return cell
    }

    @inlinable public func adopt(_ row: Row, into cell: Entry) throws {
        try StateRow.fill(cell, from: row.value)
        cell.started = S.effect(owedBy: cell.state, at: cell.key)?.attempt ?? 0
    }

    @inlinable public func decide(_ moments: inout Moments, note: any PoisonNote) throws {
        swap(&pending, &deciding)
        defer { deciding.removeAll(keepingCapacity: true) }
        var next = 0
        for item in deciding {
            let first = next
            next += item.keys.count
            if let input = item.input {
                if item.submission != nil, !parking.isEmpty, parking.isPoison(input) {
                    refuse(item)
                    continue
                }
                note.begin(input)
            } else {
                note.end()
            }
            if let submission = item.submission, submission.ticket == nil {
                unasked.append(submission)
            }
            try run(item, first, moments.next(for: item.principal))
        }
        note.end()
    }

    /// Decides one command; `first` is the place of its first entity in `named`.
    @inlinable public func run(_ item: Pending, _ first: Int, _ moment: Moment) throws {
        if let submission = item.submission, let request = submission.request,
            replies.answer(submission, request)
        {
            return
        }
        let keys = item.keys
        let states = keys.indices.map { named[first + $0].state }
        var decided: [S.Rules.Event] = []
        do throws(S.Rules.Rejection) {
            let events = try S.Rules.decide(
                item.command, States(keys: keys, values: states), moment)
            // Last of all: what would be refused anyway is told its own reason (RFC 9110, 13.2.1).
            if let expected = item.submission?.request?.expected,
                !expected.isMet(by: version(of: named[first]))
            {
                if let ticket = item.submission?.ticket { replies.unmet.append(ticket) }
                return
            }
            decided = events
            remember(item, nil)
        } catch {
            remember(item, error)
        }
        for event in decided { try apply(event, item, first) }
    }

    /// The entity at `key`, which an event changes. An event may change entities that its command
    /// did not name, such as the articles of a hold: those are loaded here.
    @inlinable public func changed(_ key: Key) throws -> Entry {
        if let cell = cells[key] { return cell }
        let cell = insert(key)
        guard let place = possibleRow(key) else { return cell }
        let row = try store?.load([place]).first
        if let row, let row { try adopt(row, into: cell) }
        return cell
    }

    @inlinable public func remember(_ item: Pending, _ rejection: S.Rules.Rejection?) {
        guard let submission = item.submission,
            submission.ticket != nil || (rejection == nil && submission.request != nil)
        else { return }
        if rejection == nil, let request = submission.request { replies.promise(request) }
        waiting.append(Waiting(submission, item, rejection))
    }

    @inlinable public func refuse(_ item: Pending) {
        guard let submission = item.submission, let ticket = submission.ticket else { return }
        replies.refused.append((ticket, EngineProblem.parked.reply()))
    }

    /// What callers know a state by, and expect of it.
    @inlinable public func version(of cell: Entry) -> Int64 {
        S.isChangedByOthers ? cell.seen : cell.version
    }

    @inlinable public func apply(
        _ event: S.Rules.Event, _ item: Pending, _ first: Int
    ) throws {
        let keys = S.Rules.changes(event)
        head += 1
        for (index, key) in keys.enumerated() {
            // As a rule an event changes what its command named, in the same order.
            let cell =
                index < item.keys.count && item.keys[index] == key
                ? named[first + index] : try changed(key)
            if cell.batch != batch {
                cell.batch = batch
                memories.append(Memory(cell))
                touched.append(cell)
            }
            if index == 0 { write(event, to: cell, item) }
            cell.state = S.Rules.evolve(cell.state, event, at: key)
            cell.seen = head
            if cell.firstDirty == 0 {
                cell.firstDirty = head
                unstored.append((head, cell))
            }
        }
    }

    @inlinable public func write(_ event: S.Rules.Event, to cell: Entry, _ item: Pending) {
        let previous = cell.last
        cell.version += 1
        cell.last = head
        let start = records.bytes.count
        records.bytes.append(event.wireName.code)
        records.bytes.append(UInt8(cell.key.table))
        records.bytes.appendVarint(unsigned: UInt64(cell.key.bucket))
        let countAt = records.bytes.count
        records.bytes.append(0)
        cell.key.writeKey(to: &records.bytes)
        let count = records.bytes.count - countAt - 1
        precondition(count < 128, "an entity key has fewer than 128 bytes")
        records.bytes[countAt] = UInt8(count)
        records.bytes.appendVarint(cell.version)
        records.bytes.appendVarint(previous == 0 ? 0 : head - previous)
        RecordCoding.write(cause: item.cause, to: &records)
        records.optional("trace", item.trace)
        event.write(to: &records)
        recordEnds.append(records.bytes.count)
        precondition(records.bytes.count > start, "a record has bytes")
        news.append(
            News(position: head, fact: event, trace: item.trace))
    }
}

extension InputID {
    public var bytes: [UInt8] { UUIDv7(high: high, low: low).bytes }
}

/// Problems that the engine itself answers with.
public enum EngineProblem {
    public static let parked = Problem(
        500, "parked",
        "This request repeatedly ended the process and was set aside for an operator.")
    public static let keyReused = Problem(
        422, "idempotency-key-reused", "This idempotency key was used for another request.")
    public static let preconditionFailed = Problem(
        412, "precondition-failed", "It is not, or no longer, at a version that If-Match names.")
    public static let overloaded = Problem(
        503, "overloaded", "The house has more to do than it can take on; try again shortly.")
    public static let storageFull = Problem(
        503, "storage-full", "No room is left to store anything; reading goes on.")
    public static let storageUnavailable = Problem(
        503, "storage-unavailable", "The store did not take the change; nothing was done.")
    public static let outcomeUnknown = Problem(
        503, "outcome-unknown",
        "The store did not say whether it took the change; repeat the request with its key.")
    public static let stopping = Problem(
        503, "stopping", "The house is stopping; try again shortly.")

    public static let all = [
        parked, keyReused, preconditionFailed, overloaded, storageFull, storageUnavailable,
        outcomeUnknown, stopping,
    ]
}
