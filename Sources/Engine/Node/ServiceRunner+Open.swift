// SPDX-License-Identifier: Apache-2.0
/// Starting: the rows are what they were at the checkpoint, so the log is replayed from there.
/// Starting after a crash and starting after a stop are the same thing.

public import DequeModule
public import Kernel
public import Ports

extension ServiceRunner {
    @inlinable func open(_ contents: StoreContents, store: any Store) throws {
        epoch = contents.epoch
        let stored = contents.heads[log]
        head = stored?.position ?? 0
        committedHead = head
        chainHead = stored?.chain ?? []
        let storedReplies = contents.heads[replies.log]
        replies.head = storedReplies?.position ?? 0
        replies.committedHead = replies.head
        replies.chainHead = storedReplies?.chain ?? []
        var checkpoint = Checkpoint(through: 0, repliesThrough: 0, greatest: greatest)
        if let row = try store.load([RowKey(Checkpoint.table, Array(log.description.utf8))])[0] {
            checkpoint = try Checkpoint(value: row.value)
        }
        guard checkpoint.greatest.count == greatest.count, checkpoint.through <= head else {
            throw StoreFailure.corrupt
        }
        greatest = checkpoint.greatest
        replies.markedThrough = checkpoint.repliesThrough
        replies.committedGenerations = checkpoint.generations
        replies.generations = checkpoint.generations
        let oldest = try store.frames(of: replies.log, after: 0, limit: 1).first
        replies.droppedThrough = (oldest?.first ?? 1) - 1
        try openTimers(store)
        try replay(after: checkpoint.through, from: store)
        try replayReplies(
            after: max(checkpoint.repliesThrough, checkpoint.generations.olderFirst - 1),
            from: store)
        // In the order of the log, so that two processes wake what is due at one moment alike.
        for (_, entity) in unstored { schedule(entity, at: Timestamp(milliseconds: 0)) }
        undoEntries.removeAll()
        fresh.removeAll()
        batch += 1
        let open = openKeys().map { (bytes: $0.bytes, key: $0) }
            .sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        toResume = Deque(open.map(\.key))
    }

    /// The entities whose row says that something is due.
    @inlinable func openTimers(_ store: any Store) throws {
        for (index, table) in tables.enumerated() {
            var after: [UInt8]?
            while true {
                let rows = try store.rows(in: table, after: after, isDueOnly: true, limit: 10_000)
                for row in rows {
                    guard let due = row.due, let key = Key(table: index, bytes: row.key) else {
                        throw StoreFailure.corrupt
                    }
                    let timer = Timer(key, due: due)
                    if makesCalls {
                        let state = try StateRow.read(row.value, of: State.self).state
                        timer.call = S.call(of: state).map(TimedCall.init)
                    }
                    stubs[key] = timer
                    timers.insert(timer)
                }
                guard rows.count == 10_000, let last = rows.last else { break }
                after = last.key
            }
        }
    }

    @inlinable func openKeys() -> [Key] {
        stubs.keys + entities.values.filter { $0.timer?.isScheduled == true }.map(\.key)
    }

    @inlinable func replay(after checkpoint: Int64, from store: any Store) throws {
        var position = checkpoint
        while position < committedHead {
            let frames = try store.frames(of: log, after: position, limit: 20_000)
            guard let last = frames.last else { throw StoreFailure.corrupt }
            for frame in frames { try replay(frame, after: position, from: store) }
            position = last.last
        }
    }

    @inlinable func replay(_ frame: Frame, after checkpoint: Int64, from store: any Store) throws {
        var events: [(Record, S.Rules.Event)] = []
        for record in try frame.records() where record.position > checkpoint {
            var reader = record.reader
            let name = try codec.name(of: record)
            events.append((record, try S.Rules.Event.read(name, from: &reader)))
        }
        try loadEntities(of: events.flatMap { S.Rules.changes($0.1) }, from: store)
        for (record, event) in events { replay(event, record) }
    }

    @inlinable func replay(_ event: S.Rules.Event, _ record: Record) {
        for (index, key) in S.Rules.changes(event).enumerated() {
            guard let entity = entities[key], entity.seen < record.position else { continue }
            entity.state = S.Rules.evolve(entity.state, event, at: key)
            entity.seen = record.position
            entity.batch = batch
            if index == 0 {
                entity.version = record.version
                entity.last = record.position
            }
            if entity.firstDirty == 0 {
                entity.firstDirty = record.position
                unstored.append((record.position, entity))
            }
            entity.started = S.effect(owedBy: entity.state, at: key)?.attempt ?? entity.started
            entity.isUndecided = S.isUndecided(entity.state)
        }
    }

    @inlinable func loadEntities(of keys: [Key], from store: any Store) throws {
        var wanted: [RowKey] = []
        var loading: [Entry] = []
        for key in keys where entities[key] == nil {
            let entity = insert(key)
            loading.append(entity)
            wanted.append(RowKey(tables[key.table], key.bytes))
        }
        for (entity, row) in zip(loading, try store.load(wanted)) {
            if let row { try adopt(row, into: entity) }
        }
    }

    @inlinable func replayReplies(after checkpoint: Int64, from store: any Store) throws {
        var position = checkpoint
        while position < replies.committedHead {
            let frames = try store.frames(of: replies.log, after: position, limit: 20_000)
            guard let last = frames.last else { throw StoreFailure.corrupt }
            for frame in frames {
                for (index, reply) in try StoredReply.all(in: frame).enumerated() {
                    let place = frame.first + Int64(index)
                    if place > checkpoint { replies.index.insert(reply.identity, at: place) }
                }
            }
            position = last.last
        }
    }

    @usableFromInline func isCommitted(in contents: StoreContents) -> Bool? {
        guard head > committedHead || replies.head > replies.committedHead else { return nil }
        return (contents.heads[log]?.position ?? 0) == head
            && (contents.heads[replies.log]?.position ?? 0) == replies.head
    }

    @usableFromInline func publishUnstored(to recent: any RecentRows) {
        for entity in entities.values { publish(entity, to: recent) }
    }

    @usableFromInline func begin(epoch: Int64) { self.epoch = epoch }

    /// Removes what is left of answers that are not kept any more: from the log, and from the table
    /// that nothing leads through. At least twice as many as are added, and in the order of their
    /// keys. What a commit pays is a few pages, hardly more for many answers than for one: so many
    /// at a time, and rather in a commit for which no caller waits.
    @usableFromInline func expireReplies(from store: any Store, into batch: inout Batch) throws {
        replies.stagedDrop = nil
        replies.stagedEmpty = replies.isEmptied
        replies.isRemoving = false
        guard replies.committedHead > 0 else { return }
        let added = replies.fresh.count
        replies.removable = min(replies.removable, 1_024) + 2 * added + 4
        let count = replies.removable
        guard count >= (added == 0 ? 256 : 1_024) else { return }
        replies.isRemoving = true
        let generations = replies.generations
        // The last frame stays, and the frames of the batch are none yet.
        let end = min(
            generations.olderFirst - 1, replies.committedHead - 1,
            replies.droppedThrough + Int64(count))
        if end > replies.droppedThrough {
            batch.dropped[replies.log] = end
            replies.stagedDrop = end
        }
        guard !replies.isEmptied || replies.hasTurned else { return }
        let table = repliesTables[generations.emptiedSlot]
        let rows = try store.rows(in: table, after: nil, isDueOnly: false, limit: count)
        for row in rows { batch.rows.append(RowChange(table: table, key: row.key, value: nil)) }
        replies.stagedEmpty = rows.count < count
    }
}
