// SPDX-License-Identifier: Apache-2.0
/// Deciding a wave: gather the keys of all its commands, load them at once, decide one by one.

public import DequeModule
public import Kernel
public import Ports

extension ServiceRunner {
    @inlinable func load(from store: any Store) throws {
        self.store = store
        var rowsWanted: [RowKey] = []
        var entitiesWanted: [Entry] = []
        var repliesWanted: [RowKey] = []
        named.removeAll(keepingCapacity: true)
        // By index: to copy a generic struct asks the runtime for its layout, 250 ns each time.
        for index in pending.indices {
            for key in pending[index].keys {
                if let entity = entities[key] {
                    named.append(entity)
                    continue
                }
                let entity = insert(key)
                named.append(entity)
                guard let row = possibleRow(key) else { continue }
                rowsWanted.append(row)
                entitiesWanted.append(entity)
            }
            guard case .submission(let submission) = pending[index].origin,
                let request = submission.request, !replies.knows(request.identity)
            else { continue }
            if let position = replies.recent(request.identity) {
                try replies.adopt(position: position, from: store)
            } else {
                repliesWanted.append(contentsOf: possibleReplies(to: request.identity))
            }
        }
        if !rowsWanted.isEmpty {
            for (entity, row) in zip(entitiesWanted, try store.load(rowsWanted)) {
                if let row { try adopt(row, into: entity) }
            }
        }
        if !repliesWanted.isEmpty {
            for case let row? in try store.load(repliesWanted) {
                try replies.adopt(row, from: store)
            }
        }
        if S.postponesAnswers { try loadPending(on: named, from: store) }
    }

    /// Where an index row for `identity` may stand.
    @inlinable func possibleReplies(to identity: InputID) -> [RowKey] {
        let bytes = identity.bytes
        let generations = replies.generations
        let current = RowKey(repliesTables[generations.slot], bytes)
        return generations.hasOlder
            ? [current, RowKey(repliesTables[generations.olderSlot], bytes)] : [current]
    }

    /// Where `key`'s row would stand; nil when it surely has none.
    @inlinable func possibleRow(_ key: Key) -> RowKey? {
        scratch.removeAll(keepingCapacity: true)
        key.writeKey(to: &scratch)
        return greatest[key.table].lexicographicallyPrecedes(scratch)
            ? nil : RowKey(tables[key.table], Array(scratch))
    }

    /// A new entity in the cache, in its initial state.
    @inlinable func insert(_ key: Key) -> Entry {
        let entity = Entry(key, S.Rules.initial)
        insert(entity)
        return entity
    }

    @inlinable func insert(_ entity: Entry) {
        if !stubs.isEmpty { entity.timer = stubs.removeValue(forKey: entity.key) }
        entities[entity.key] = entity
        arrivals.append(entity)
        fresh.append(entity)
    }

    /// The entity at `key` as the store has it, outside of the cache.
    @inlinable func stored(_ key: Key) throws -> Entry {
        let entity = Entry(key, S.Rules.initial)
        guard let place = possibleRow(key) else { return entity }
        let row = try store?.load([place]).first
        if let row, let row { try adopt(row, into: entity) }
        return entity
    }

    @inlinable func adopt(_ row: Row, into entity: Entry) throws {
        try StateRow.fill(entity, from: row.value)
        entity.started = S.effect(owedBy: entity.state, at: entity.key)?.attempt ?? 0
        entity.isUndecided = S.isUndecided(entity.state)
    }

    @inlinable func decide(_ moments: inout Moments, note: any PoisonNote) throws {
        batchTime = moments.at
        swap(&pending, &deciding)
        defer { deciding.removeAll(keepingCapacity: true) }
        var next = 0
        for index in deciding.indices {
            let first = next
            next += deciding[index].keys.count
            var submission: Submission?
            if case .submission(let asked) = deciding[index].origin { submission = asked }
            if let input = deciding[index].input {
                if let submission, !parking.isEmpty, parking.isPoison(input) {
                    refuse(submission)
                    continue
                }
                note.begin(input)
            } else {
                note.end()
            }
            if let submission, submission.ticket == nil { unasked.append(submission) }
            var credit = CallCredit.all
            if makesCalls {
                guard let granted = self.credit(for: named[first], deciding[index].origin) else {
                    continue
                }
                credit = granted
            }
            var elapsed: Timestamp?
            if case .time(_, let due) = deciding[index].origin { elapsed = due }
            let principal = submission?.principal ?? .house
            let callers = waiting.count
            try run(
                index, first, submission,
                moments.next(for: principal, credit: credit, elapsed: elapsed))
            // Only now: what the command itself changed is its caller's to see.
            if waiting.count > callers { waiting[callers].entity?.lastCaller = callers + 1 }
        }
        note.end()
    }

    /// Decides the `index`-th command of the wave; `first` is the place of its first entity in
    /// `named`.
    @inlinable func run(
        _ index: Int, _ first: Int, _ submission: Submission?, _ moment: Moment
    ) throws {
        if let submission, let request = submission.request {
            switch replies.answer(submission, request) {
            case .nothing: break
            case .answered: return
            case .pending(let stored): return try join(stored, submission)
            }
        }
        var states = States(keys: deciding[index].keys) { named[first + $0].state }
        let further = S.Rules.keys(deciding[index].command, given: states)
        if !further.isEmpty { states = try states.adding(further) { try changed($0).state } }
        var decided: [S.Rules.Event] = []
        do throws(S.Rules.Rejection) {
            let events = try S.Rules.decide(deciding[index].command, states, moment)
            // Checked last: a rejection by the rules goes first (RFC 9110, 13.2.1).
            if let expected = submission?.request?.expected,
                !expected.isMet(by: version(of: named[first]))
            {
                if let ticket = submission?.ticket { replies.unmet.append(ticket) }
                return
            }
            decided = events
            if let submission { remember(submission, index, first, nil) }
        } catch {
            if let submission { remember(submission, index, first, error) }
        }
        for event in decided { try apply(event, index, first) }
    }

    /// The entity at `key`, which a decision reads further or an event changes. An event may change
    /// entities that its command did not name, such as the articles of a hold: those are loaded
    /// here.
    @inlinable func changed(_ key: Key) throws -> Entry {
        if let entity = entities[key] { return entity }
        // Cached when it is read, not before: what could not be read is not empty.
        let entity = try stored(key)
        insert(entity)
        return entity
    }

    @inlinable func remember(
        _ submission: Submission, _ index: Int, _ first: Int, _ rejection: S.Rules.Rejection?
    ) {
        guard submission.ticket != nil || (rejection == nil && submission.request != nil) else {
            return
        }
        if rejection == nil, let request = submission.request { replies.promise(request) }
        let hasEntity = rejection == nil && !deciding[index].keys.isEmpty
        waiting.append(
            Waiting(
                submission, deciding[index].command, hasEntity ? named[first] : nil, rejection))
    }

    /// A command changes `entity`: those who asked before it are told what it was until then.
    @inlinable func supersede(_ entity: Entry) {
        let earlier = Entity(state: entity.state, version: version(of: entity))
        var place = entity.lastCaller
        entity.lastCaller = 0
        while place > 0, superseded[place - 1] == nil {
            superseded[place - 1] = earlier
            place = waiting[place - 1].previous
        }
    }

    @inlinable func refuse(_ submission: Submission) {
        guard let ticket = submission.ticket else { return }
        replies.refused.append((ticket, EngineProblem.parked.reply()))
    }

    /// The version that callers see, and name in If-Match.
    @inlinable func version(of entity: Entry) -> Int64 {
        S.isChangedByOthers ? entity.seen : entity.version
    }

    @inlinable func apply(
        _ event: S.Rules.Event, _ index: Int, _ first: Int
    ) throws {
        head += 1
        switch S.Rules.changes(event) {
        case .one(let key): try change(key, 0, event, index, first)
        case .many(let keys):
            for (number, key) in keys.enumerated() {
                try change(key, number, event, index, first)
            }
        }
    }

    /// Changes the entity at `key`, the event's `number`-th; the event follows from the wave's
    /// `index`-th command.
    @inlinable func change(
        _ key: Key, _ number: Int, _ event: S.Rules.Event, _ index: Int, _ first: Int
    ) throws {
        // As a rule an event changes what its command named, in the same order.
        let entity =
            number < deciding[index].keys.count && deciding[index].keys[number] == key
            ? named[first + number] : try changed(key)
        if entity.lastCaller > 0, case .submission = deciding[index].origin { supersede(entity) }
        if entity.batch != batch {
            entity.batch = batch
            undoEntries.append(UndoEntry(entity))
            touched.append(entity)
        }
        if number == 0 { write(event, to: entity, deciding[index].origin) }
        entity.state = S.Rules.evolve(entity.state, event, at: key)
        entity.seen = head
        if S.postponesAnswers, entity.isUndecided { try recallPending(on: entity) }
        if makesCalls { claimSlot(for: entity) }
        if entity.firstDirty == 0 {
            entity.firstDirty = head
            unstored.append((head, entity))
        }
    }

    @inlinable func write(_ event: S.Rules.Event, to entity: Entry, _ origin: Origin) {
        let previous = entity.last
        entity.version += 1
        entity.last = head
        let key = entity.key
        records.binary.append(event.code)
        records.binary.append(UInt8(key.table))
        records.binary.appendVarint(unsigned: UInt64(key.bucket))
        scratch.removeAll(keepingCapacity: true)
        key.writeKey(to: &scratch)
        precondition(scratch.count < 128, "an entity key has fewer than 128 bytes")
        records.binary.append(UInt8(scratch.count))
        records.binary.append(contentsOf: scratch)
        records.binary.appendVarint(entity.version)
        records.binary.appendVarint(previous == 0 ? 0 : head - previous)
        let (cause, trace) = write(origin)
        records.optional("trace", trace)
        event.write(to: &records)
        recordEnds.append(records.binary.count)
        if let alarm = S.alarm(of: event) { alarms.append(alarm) }
        newFacts.append(
            LoggedFact(
                position: head, fact: event,
                provenance: Provenance(at: batchTime, cause: cause, trace: trace)))
    }

    /// Writes what brought the event about; gives that, and the trace context that it came with.
    @inlinable func write(_ origin: Origin) -> (Cause, trace: String?) {
        switch origin {
        case .time(_, let elapsed):
            records.binary.append(elapsed == nil ? 0 : 4)
            return (elapsed == nil ? .time : .elapsedTime, nil)
        case .submission(let submission):
            let identity = submission.request?.identity ?? InputID(high: 0, low: 0)
            RecordCoding.write(cause: identity, to: &records.binary)
            return (.command(identity), submission.trace)
        case .fact(let source, let position, let trace):
            records.binary.append(contentsOf: sources[source].cause)
            records.binary.appendVarint(position)
            return (.fact(sources[source].log, position), trace)
        }
    }
}

extension InputID {
    @inlinable var bytes: [UInt8] { UUIDv7(high: high, low: low).bytes }
}
